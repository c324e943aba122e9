"""``aa train --dry-run``: what a run would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avatarartist_core.cli.console import result, result_json, say, terminal
from avatarartist_core.cli.tables import table

if TYPE_CHECKING:
    from avatarartist_core.entries import StageEntry
    from avatarartist_core.training.config import StageConfig
    from avatarartist_core.training.estimate import Estimate

_GIBI = 1 << 30
LARGE = 20_000_000
"""Parameters from which fewer samples than a step has are measured on the CPU."""
FEW = 1


def show_estimate(entry: StageEntry, config: StageConfig, device: str, *, json: bool) -> None:
    """Count, measure a step on made-up samples, and show both."""
    from avatarartist_core.lazy import build
    from avatarartist_core.training.estimate import count, measure

    stage = build(entry, config.without_data(), device)
    counted = count(stage)
    samples = config.batch
    if device == "cpu" and counted.learning > LARGE:
        samples = min(FEW, config.batch)
        say(f"measuring a step of {samples} samples; a large network takes a minute")
    estimate = measure(stage, samples)
    if json:
        result_json(_values(estimate))
        return
    shown = table("network", "parameters", bold=0)
    for name, size in estimate.parameters.items():
        shown.add_row(name, f"{size:,}")
    terminal().print(shown)
    for line in _lines(estimate, device):
        result(line)


def _lines(estimate: Estimate, device: str) -> list[str]:
    return [
        f"steps: {estimate.steps:,} of {estimate.batch} samples",
        f"memory: {_size(estimate.peak_bytes)} at least, {_size(estimate.kept_bytes)} of it for "
        "weights, averages, gradients and moments",
        f"time on this machine ({device}): {estimate.step_seconds:.3g} s a step, "
        f"{_hours(estimate.total_seconds)} in all"
        + (
            ""
            if estimate.measured == estimate.batch
            else f" (a step of {estimate.measured} was measured)"
        ),
    ]


def _values(estimate: Estimate) -> dict[str, object]:
    return {
        "parameters": estimate.parameters,
        "steps": estimate.steps,
        "batch": estimate.batch,
        "measured_samples": estimate.measured,
        "kept_bytes": estimate.kept_bytes,
        "peak_bytes": estimate.peak_bytes,
        "step_seconds": round(estimate.step_seconds, 4),
        "total_seconds": round(estimate.total_seconds, 1),
    }


def _size(count: int) -> str:
    return f"{count / _GIBI:.2f} GiB"


def _hours(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"
