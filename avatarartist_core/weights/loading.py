"""Networks in memory: read from a bundle or drawn at random, in the arithmetic asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import nn

from avatarartist_core.errors import AvatarArtistError, WeightsError
from avatarartist_core.weights.bundle import Bundle

M = TypeVar("M", bound=nn.Module)

FRESH_SEED = 20250326
"""Of untrained networks, so that two runs get the same ones."""


@contextmanager
def untrained() -> Iterator[None]:
    """Make what is built inside the same in every run, and leave torch's own chance alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(FRESH_SEED)
        yield


@contextmanager
def reading(bundle: Bundle) -> Iterator[None]:
    """Say in one sentence that a bundle cannot be loaded, whatever its networks raise inside.

    Raises:
        WeightsError: a file is missing or of another size, or loading failed.
    """
    for file in bundle.files:
        bundle.path(file.path)
    try:
        yield
    except AvatarArtistError:
        raise
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        said = str(error).strip().partition("\n")[0]
        raise WeightsError(
            f"bundle {bundle.name!r} of {bundle.component!r} cannot be loaded: {said}",
            f"Look at it: aa weights verify {bundle.name}; then import it again.",
        ) from error


def saved_model(bundle: Bundle, kind: Any, folder: str) -> Any:
    """Read a network that ``save_pretrained`` wrote into a folder of a bundle.

    Args:
        bundle: where it is.
        kind: its class, a diffusers model.
        folder: name of the folder.

    Raises:
        WeightsError: it is not whole.
    """
    with reading(bundle):
        return kind.from_pretrained(bundle.folder / folder)


def placed(network: M, device: str, kind: torch.dtype | None = None) -> M:
    """Put a network that only answers on its device, laid out as that device likes it."""
    # diffusers' own .to warns of precision even where nothing has to be kept
    nn.Module.to(network.eval().requires_grad_(False), device, kind)
    if device.startswith("cuda"):
        channels_last(network)
    return network


def channels_last(network: nn.Module) -> None:
    """Lay 2-D convolutions out with their channels last; 3-D ones, which torch refuses, stay."""
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def precision_of(word: str, device: str) -> torch.dtype:
    """Return the arithmetic for ``auto``, ``float32``, ``bfloat16`` or ``float16``."""
    if word != "auto":
        kind: torch.dtype = getattr(torch, word)
        return kind
    return torch.bfloat16 if device.startswith("cuda") else torch.float32
