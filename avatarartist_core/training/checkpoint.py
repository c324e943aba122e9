"""Checkpoints: a folder each, written beside its place and renamed into it; safetensors and JSON.

``checkpoints/step-00001000/``: ``networks/NAME.safetensors``, ``averages/NAME.safetensors``,
``optimisers/NAME.safetensors`` and ``state.json``, which lists every file with its size.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from avatarartist_core.errors import InputError, OutputError, WeightsError
from avatarartist_core.weights.draft import is_full_disk

FOLDER = "checkpoints"
STATE = "state.json"
FORMAT = 1
_NAME = "step-{:08d}"


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that is whole.

    Attributes:
        folder: where it lies.
        state: plain values of the run: ``step``, ``best`` and what else was given.
    """

    folder: Path
    state: Mapping[str, Any]

    @property
    def step(self) -> int:
        """Steps done when it was written."""
        return int(self.state["step"])

    def tensors(self, kind: str, name: str) -> dict[str, Tensor]:
        """Read the tensors of one network, average or optimiser.

        Raises:
            WeightsError: it has none of that name, or the file is damaged.
        """
        path = self.folder / kind / f"{name}.safetensors"
        if f"{kind}/{name}.safetensors" not in self.state["files"]:
            raise WeightsError(
                f"checkpoint {str(self.folder)!r} holds no {name!r} among its {kind}",
                "Was it made by another training stage?",
            )
        try:
            return load_file(path)
        except (OSError, SafetensorError) as error:
            raise WeightsError(f"{path} cannot be read: {error}", "Take another one.") from error


def save(
    home: Path, state: Mapping[str, Any], tensors: Mapping[str, Mapping[str, Tensor]]
) -> Checkpoint:
    """Write a checkpoint, whole or not at all.

    Args:
        home: folder of the run.
        state: plain values; ``step`` names the checkpoint.
        tensors: by ``"kind/name"``.

    Raises:
        OutputError: it could not be written.
    """
    place = home / FOLDER / _NAME.format(state["step"])
    draft = place.with_name(f".{place.name}")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        sizes = {}
        for name, group in tensors.items():
            path = draft / f"{name}.safetensors"
            path.parent.mkdir(parents=True, exist_ok=True)
            save_file({key: own(value) for key, value in group.items()}, path)
            _flush(path)
            sizes[f"{name}.safetensors"] = path.stat().st_size
        whole = {"format": FORMAT, **state, "files": sizes}
        path = draft / STATE
        path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
        _flush(path)
        shutil.rmtree(place, ignore_errors=True)
        draft.replace(place)
        _flush(place.parent)
    except Exception as error:
        shutil.rmtree(draft, ignore_errors=True)
        if isinstance(error, OSError) or is_full_disk(error):
            raise OutputError(
                f"checkpoint {str(place)!r} could not be written: {error}",
                "Free some space and go on with --resume.",
            ) from error
        raise
    return Checkpoint(place, whole)


def checkpoints(home: Path) -> list[Checkpoint]:
    """List the whole checkpoints of a run, oldest first; what a killed run left is passed over."""
    return [found for path in sorted(_folders(home / FOLDER)) if (found := _read(path))]


def checkpoint_at(place: Path) -> Checkpoint:
    """Find the checkpoint that a path means: it, or the newest of a run's folder.

    Raises:
        InputError: there is none.
    """
    if found := _read(place) or next(iter(reversed(checkpoints(place))), None):
        return found
    raise InputError(
        f"{str(place)!r} holds no checkpoint",
        "Name the folder of a run, or one of its checkpoints/step-... folders.",
    )


def prune(home: Path, last: int, best: int | None) -> None:
    """Remove all checkpoints but the newest ``last`` and that of step ``best``."""
    for old in checkpoints(home)[:-last]:
        if old.step != best:
            shutil.rmtree(old.folder, ignore_errors=True)


def restore(network: nn.Module, tensors: Mapping[str, Tensor], what: str) -> None:
    """Put tensors into a network, every one in its place.

    Raises:
        WeightsError: names or shapes are others.
    """
    wanted = network.state_dict()
    wrong = sorted(wanted.keys() ^ tensors.keys()) or sorted(
        name for name, value in wanted.items() if value.shape != tensors[name].shape
    )
    if wrong:
        raise WeightsError(
            f"the checkpoint does not fit {what}: {wrong[0]!r}"
            f"{f' and {len(wrong) - 1} more' if len(wrong) > 1 else ''}",
            "Train with the configuration that it was made with (run.toml beside checkpoints/).",
        )
    network.load_state_dict(dict(tensors))


def own(tensor: Tensor) -> Tensor:
    """Copy a tensor to memory of its own on the CPU, as the file format wants it."""
    return tensor.detach().to("cpu", copy=True).contiguous()


def _read(folder: Path) -> Checkpoint | None:
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        whole = state["format"] == FORMAT and all(
            (folder / name).stat().st_size == size for name, size in state["files"].items()
        )
        return Checkpoint(folder, state) if whole and isinstance(state["step"], int) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _folders(home: Path) -> Iterator[Path]:
    if home.is_dir():
        yield from (path for path in home.iterdir() if not path.name.startswith("."))


def _flush(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError:
        pass  # some systems flush only what is open for writing
    finally:
        os.close(number)
