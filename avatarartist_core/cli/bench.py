"""``aa bench``: how fast a component is, and what share of the machine it uses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from avatarartist_core.cli import options as given
from avatarartist_core.cli.console import result_json, say, terminal

if TYPE_CHECKING:
    from rich.table import Table

    from avatarartist_core.benchmarks.measured import Measured, PartCost, Phase

app = typer.Typer(no_args_is_help=True, help="Measure how fast components are.")


@app.callback()
def root() -> None:
    """Measure how fast components are, beside the peak of this machine."""


@app.command("renderer")
def renderer(
    name: Annotated[
        str,
        typer.Argument(
            help="A renderer (aa plugins list).",
            autocompletion=given.installed_names("renderers"),
            show_default=False,
        ),
    ],
    weights: given.Weights = None,
    settings: given.Settings = None,
    portrait: Annotated[
        Path | None,
        typer.Option(
            "--portrait",
            help="Make the avatar of this picture, with a generator that fits. Default: the "
            "renderer's own or a made-up one.",
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    frames: Annotated[
        int, typer.Option("--frames", "-n", min=1, help="Frames drawn after the first.")
    ] = 8,
    size: given.Size = None,
    device: given.Device = None,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads",
            min=1,
            max=1024,
            help="Threads of networks on the CPU. Default: one a core.",
            rich_help_panel=given.PARTS,
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="An earlier result (--json) to divide by.",
            rich_help_panel=given.OUT,
            show_default=False,
        ),
    ] = None,
    json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Time a renderer: the first frame, the frames after it, and the parts of its network.

    Each part is shown with its arithmetic and its share of this machine's peak, which is measured
    in the same run. Close other programs: they slow both.
    """
    from avatarartist_core.benchmarks.against import differences, ratios, read_result
    from avatarartist_core.benchmarks.plan import resolve_bench
    from avatarartist_core.cli.configure import configured
    from avatarartist_core.cli.installed import installed

    asked = configured(
        None,
        settings,
        "bench",
        portrait=portrait or Path("made-up"),
        renderer=name,
        weights=weights,
        device=device,
        size=size,
    )
    before = read_result(against, "renderer") if against else None
    plan = resolve_bench(
        asked, installed(quiet=quiet), portrait=portrait, frames=frames, threads=threads
    )

    from avatarartist_core.benchmarks.renderer import bench_renderer
    from avatarartist_core.cli.progress import drawing
    from avatarartist_core.running.events import finish

    with drawing(quiet=quiet) as draw:
        measured = finish(bench_renderer(plan), draw)
    values = measured.as_json()
    found = ratios(values, before) if before else {}
    differing = differences(values, before) if before else []
    if json:
        more = {"against": {"ratios": found, "differences": differing}} if before else {}
        result_json({**values, **more})
        return
    _show(measured, found)
    if not quiet:
        for note in (*measured.notes, *differing):
            say(note, style="yellow")


def _show(measured: Measured, found: dict[str, float]) -> None:
    """Write the tables to stdout: the figures, then the parts of the first and of each frame."""
    from rich.text import Text

    from avatarartist_core.cli.tables import table

    out = terminal()
    peak = max(measured.peak, key=lambda name: measured.peak[name])
    facts = measured.machine
    shown = table("", "", "", bold=0, header=False)
    rows: list[tuple[str, str, str]] = [
        ("renderer", f"{measured.renderer['name']}, {measured.size}x{measured.size}", ""),
        ("avatar", measured.avatar, ""),
        ("machine", f"{facts.get('gpu', facts['processor'])}, threads: {facts['threads']}", ""),
        ("peak", f"{measured.peak[peak]:.0f} GFLOP/s ({peak})", ""),
        ("load", f"{measured.load:.2f} s", "load"),
        ("first frame", f"{measured.first.seconds:.2f} s", "first"),
        (
            "each frame after it",
            f"{measured.following.seconds * 1e3:.1f} ms, {measured.rate:.2f} frames/s",
            "following",
        ),
    ]
    if measured.memory is not None:
        rows.append(("memory", f"{measured.memory:.0f} MiB", "memory"))
    if measured.device_memory is not None:
        rows.append(("memory of the GPU", f"{measured.device_memory:.0f} MiB", "device_memory"))
    for name, value, figure in rows:
        shown.add_row(name, value, _ratio(found.get(figure)))
    out.print(shown)
    for key, title, phase in (
        ("first", "first frame", measured.first),
        ("following", "each frame after it", measured.following),
    ):
        if phase.parts:
            out.print(Text(title, "bold"))
            out.print(_parts(key, phase, found))


def _parts(key: str, phase: Phase, found: dict[str, float]) -> Table:
    """Lay out the parts of one phase, their sum, and what lies outside of them."""
    from avatarartist_core.cli.tables import table

    columns = ["part", "ms", "of it", "GFLOP", "GFLOP/s", "of peak"]
    shown = table(*columns, *(["to before"] if found else []), bold=0)
    for part in phase.parts:
        shown.add_row(*_row(part, phase), _ratio(found.get(f"{key}/{part.name}")))
    share = phase.sum / phase.seconds
    gflop = sum(part.gflop for part in phase.parts)
    shown.add_section()
    shown.add_row("sum of parts", f"{phase.sum * 1e3:.1f}", f"{share:.1%}", f"{gflop:.1f}")
    outside = phase.seconds - phase.sum
    shown.add_row("outside of parts", f"{outside * 1e3:.1f}", f"{1 - share:.1%}")
    shown.add_row("wall time", f"{phase.seconds * 1e3:.1f}", "", "", "", "", _ratio(found.get(key)))
    return shown


def _row(part: PartCost, phase: Phase) -> list[str]:
    return [
        part.name,
        f"{part.seconds * 1e3:.1f}",
        f"{part.seconds / phase.seconds:.1%}",
        f"{part.gflop:.2f}" if part.gflop else "-",
        "-" if part.rate is None else f"{part.rate:.0f}",
        "-" if part.share is None else f"{part.share:.0%}",
    ]


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} x"
