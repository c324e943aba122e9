"""A stage run to its end with its progress shown, and a line about what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from avatarartist_core.cli.console import counted, say
from avatarartist_core.cli.progress import drawing
from avatarartist_core.running.events import Stage, finish

if TYPE_CHECKING:
    from avatarartist_core.data import Event
    from avatarartist_core.running.made import Made


def drawn(stage: Stage[Made], *, quiet: bool) -> Made:
    """Run a stage; an interrupt leaves a note of how to go on."""
    reached: set[str] = set()
    with drawing(quiet=quiet) as draw:

        def show(event: Event) -> None:
            reached.add(event.stage)
            draw(event)

        try:
            return finish(stage, show)
        except KeyboardInterrupt as interrupt:
            if "render" in reached:
                interrupt.add_note("the same command with --resume goes on")
            raise


def summary(made: Made, *, quiet: bool) -> None:
    """Say on one line what was made and how long it took."""
    if quiet:
        return
    words = []
    if made.frames:
        words.append(counted(made.frames, "frame"))
    if made.size:
        words.append(f"{made.size}x{made.size}")
    if made.fps:
        words.append(f"{made.fps:g} a second")
    words.append(f"made in {made.total_seconds:.1f} s")
    drawing_time = made.seconds.get("render", 0.0) + made.seconds.get("encode", 0.0)
    if drawing_time and made.frames > 1:
        words.append(f"{made.frames / drawing_time:.0f} frames a second drawn and encoded")
    say(", ".join(words), style="dim")
