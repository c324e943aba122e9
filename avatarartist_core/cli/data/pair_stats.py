"""What ``aa data stats`` says of a folder of pairs."""

from __future__ import annotations

from pathlib import Path

from avatarartist_core.cli.console import result_json, terminal


def tell_pairs(folder: Path, *, json: bool) -> None:
    """Say what pairs a folder holds, and mean and deviation of their planes."""
    from avatarartist_core.cli.tables import table
    from avatarartist_core.datasets.pairs.reading import PairSet

    found = PairSet(folder)
    config, planes = found.config, found.statistics
    rows: list[tuple[str, object]] = [
        ("pairs", len(found)),
        ("domain", config.domain),
        ("generator", config.generator.name),
        ("weights", getattr(config.generator, "weights", "")),
        ("labels", config.labels),
        ("triplanes", "kept, fp16" if config.planes == "fp16" else "drawn again from the noise"),
        ("truncation", config.truncation),
        ("seed", config.seed),
    ]
    if json:
        numbers = {
            "mean": planes.mean.tolist(),
            "std": planes.deviation.tolist(),
            "channel_mean": planes.channel_mean.tolist(),
            "channel_std": planes.channel_deviation.tolist(),
        }
        result_json({"kind": "pairs", **dict(rows), "triplanes": config.planes, **numbers})
        return
    out = terminal()
    shown = table("", "", bold=0, header=False)
    for name, value in rows:
        shown.add_row(name, str(value))
    out.print(shown)
    statistics = table("plane", "mean", "deviation", bold=0)
    names = ("texture", "xy", "xz", "zx")
    for name, mean, deviation in zip(names, planes.mean, planes.deviation, strict=True):
        statistics.add_row(name, f"{mean:.4f}", f"{deviation:.4f}")
    out.print(statistics)
