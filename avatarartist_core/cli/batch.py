"""A folder of portraits, one after the other; what happened to each is told at the end."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.text import Text

from avatarartist_core.cli.console import result, result_json, say, terminal
from avatarartist_core.cli.progress import drawing
from avatarartist_core.cli.tables import table
from avatarartist_core.errors import AvatarArtistError, InputError, OutputError, UsageError
from avatarartist_core.motion.find import find_motion
from avatarartist_core.output.formats import FORMATS
from avatarartist_core.pipeline import animate, finish
from avatarartist_core.plan import Plan
from avatarartist_core.prepare.decode import ENDINGS
from avatarartist_core.running.kit import Kit
from avatarartist_core.running.made import Made
from avatarartist_core.running.naming import BATCH_FOLDER, batch_outputs, video_suffix


@dataclass(frozen=True)
class Outcome:
    """What happened to one portrait: what was made, or the reason why not."""

    portrait: Path
    made: Made | None = None
    reason: str = ""
    hint: str = ""


def run_folder(plan: Plan, *, overwrite: bool, resume: bool, json: bool, quiet: bool) -> None:
    """Make every portrait of the folder; exit code 1 when one could not be made.

    Raises:
        InputError: the folder holds no picture.
        UsageError: the output is a file, or there is no such motion.
        OutputError: the output's folder cannot be made.
    """
    find_motion(plan.config.motion)
    portraits = pictures_in(plan.config.portrait)
    folder = plan.config.output or BATCH_FOLDER
    named_as_file = folder.suffix.lower() in {form.suffix for form in FORMATS if form.suffix}
    if folder.is_file() or (named_as_file and not folder.is_dir()):
        raise UsageError(
            f"--output {folder} is a file, but PORTRAIT is a folder",
            "Name a folder: --output videos/",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot make the folder {folder}: {(error.strerror or str(error)).lower()}",
            "Choose another --output.",
        ) from error
    kit, outcomes = Kit(), []
    outputs = batch_outputs(portraits, folder, video_suffix(plan.config))
    for number, (portrait, output) in enumerate(zip(portraits, outputs, strict=True), 1):
        if not quiet:
            say(f"{number}/{len(portraits)} {portrait.name}", style="bold")
        config = plan.config.model_copy(update={"portrait": portrait, "output": output})
        one = replace(plan, config=config)
        try:
            outcomes.append(_made(one, kit, overwrite=overwrite, resume=resume, quiet=quiet))
        except KeyboardInterrupt as interrupt:
            interrupt.add_note(f"{number - 1} of {len(portraits)} done; --resume goes on")
            raise
    if not quiet:
        _tell(outcomes)
    if json:
        result_json([_as_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            if outcome.made:
                result(outcome.made.output)
    raise typer.Exit(0 if all(outcome.made for outcome in outcomes) else 1)


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures of a folder by name.

    Raises:
        InputError: there is none.
    """
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
    )
    if not found:
        raise InputError(
            f"the folder {str(folder)!r} holds no picture",
            f"Pictures end in {', '.join(ENDINGS)}.",
        )
    return found


def _made(plan: Plan, kit: Kit, *, overwrite: bool, resume: bool, quiet: bool) -> Outcome:
    portrait, output = plan.config.portrait, plan.config.output
    began = time.monotonic()
    if resume and output is not None and output.exists():
        return Outcome(portrait, Made(output, notes=("was there already",)))
    try:
        with drawing(quiet=quiet) as draw:
            made = finish(animate(plan, kit=kit, overwrite=overwrite, resume=resume), draw)
    except AvatarArtistError as error:
        say(_told(portrait, f"error: {error}", quiet=quiet), style="red")
        return Outcome(portrait, None, str(error), error.hint)
    except Exception as error:  # noqa: BLE001 - the other portraits are still made
        said = f"{type(error).__name__}: {error}"
        after = f"error after {time.monotonic() - began:.1f} s: {said}"
        say(_told(portrait, after, quiet=quiet), style="red")
        return Outcome(portrait, None, said, "Run it alone with --debug for the traceback.")
    return Outcome(portrait, made)


def _told(portrait: Path, said: str, *, quiet: bool) -> str:
    """Put the picture's name before an error where no heading says it."""
    return f"{portrait.name}: {said}" if quiet else said


def _tell(outcomes: list[Outcome]) -> None:
    shown = table("portrait", "result", "seconds", "", bold=0)
    for outcome in outcomes:
        made = outcome.made
        if made is None:
            shown.add_row(outcome.portrait.name, Text("failed", "red"), "", outcome.reason)
        else:
            seconds = f"{made.total_seconds:.1f}" if made.seconds else ""
            words = "; ".join([made.output.name, *made.notes])
            shown.add_row(outcome.portrait.name, Text("made", "green"), seconds, words)
    terminal(stderr=True).print(shown)
    count = sum(outcome.made is not None for outcome in outcomes)
    say(f"{count} of {len(outcomes)} made")


def _as_json(outcome: Outcome) -> dict[str, object]:
    portrait = {"portrait": str(outcome.portrait)}
    if outcome.made is None:
        return {**portrait, "error": outcome.reason, "hint": outcome.hint}
    return {**portrait, **outcome.made.as_json()}
