"""One training run in its folder: begun, gone on with, or only estimated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from avatarartist_core import __version__
from avatarartist_core.entries import StageEntry
from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.lazy import build
from avatarartist_core.training.checkpoint import checkpoints
from avatarartist_core.training.config import StageConfig
from avatarartist_core.training.files import RUN, write_run
from avatarartist_core.training.progress import Told
from avatarartist_core.training.trainer import Trainer


def train(
    entry: StageEntry,
    config: StageConfig,
    home: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    overwrite: bool = False,
    tell: Callable[[Told], None],
) -> list[Path]:
    """Train a stage; returns what components can load.

    Args:
        entry: the stage.
        config: its options.
        home: folder of the run.
        device: where networks are.
        resume: go on where the run in that folder is; begins where there is none.
        overwrite: begin anew in a folder that holds a run.
        tell: called after every step.

    Raises:
        UsageError: there is a run, and neither ``resume`` nor ``overwrite`` was asked for.
        OutputError: the folder cannot be made.
        KeyboardInterrupt: Ctrl-C; a checkpoint was written.
    """
    there = checkpoints(home)
    if there and not (resume or overwrite):
        raise UsageError(
            f"{str(home)!r} holds a run of {there[-1].step} steps",
            "Go on with --resume, begin anew with --overwrite, or choose another --out.",
        )
    stage = build(entry, config, device)
    stage.count()  # says what is wrong with the data before anything is written
    trainer = Trainer(stage, home)
    if trainer.processes.is_first:
        try:
            home.mkdir(parents=True, exist_ok=True)
            if not resume:
                _clear(home)
            write_run(config, entry.name, home, {"avatarartist": __version__})
        except OSError as error:
            raise OutputError(
                f"cannot write to {str(home)!r}: {(error.strerror or str(error)).lower()}",
                "Choose another --out.",
            ) from error
    if resume:
        trainer.resume()
    about = f"aa train {entry.name}, {trainer.config.total} steps"
    try:
        trainer.run(tell)
    except KeyboardInterrupt:
        if trainer.step and trainer.processes.is_first:
            stage.export(trainer.averages.networks, home, about)
        raise
    if not trainer.processes.is_first:
        return []
    made: list[Path] = stage.export(trainer.averages.networks, home, about)
    return made


def _clear(home: Path) -> None:
    """Remove what an earlier run left, and nothing else."""
    import shutil

    for name in ("checkpoints", "pictures", "tensorboard", "bundle"):
        shutil.rmtree(home / name, ignore_errors=True)
    for name in ("log.jsonl", RUN):
        (home / name).unlink(missing_ok=True)
