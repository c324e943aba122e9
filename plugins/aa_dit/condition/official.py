"""The published encoders' own files, and their key names in the version of the library here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aa_dit.condition.clip import ClipTower
from aa_dit.condition.dino import DinoTower
from aa_dit.condition.pixels import EncoderName
from aa_dit.config import TowerShape
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.keys import KeyMap, shapes_of
from avatarartist_core.weights.reading import read_tensors

FILES = ("model.safetensors", "pytorch_model.bin")
"""Where a folder of the library holds the weights, the first that is there."""

CONFIG = "config.json"

TOWERS: dict[EncoderName, type[ClipTower | DinoTower]] = {"clip": ClipTower, "dino": DinoTower}

RENAMED = {
    ".attention.q_proj.": ".attention.attention.query.",
    ".attention.k_proj.": ".attention.attention.key.",
    ".attention.v_proj.": ".attention.attention.value.",
    ".attention.o_proj.": ".attention.output.dense.",
}
"""Names inside DINOv2 of transformers 5, and those of earlier versions and of published files."""

DROPPED = {"clip": ("vision_model.embeddings.position_ids",), "dino": ()}
"""Counting numbers that older versions wrote down; no weights."""

SIZES = {
    "clip": {
        "hidden_size": "width",
        "intermediate_size": "mlp",
        "num_hidden_layers": "layers",
        "num_attention_heads": "heads",
        "patch_size": "patch",
        "image_size": "side",
        "projection_dim": "projection",
    },
    "dino": {
        "hidden_size": "width",
        "num_hidden_layers": "layers",
        "num_attention_heads": "heads",
        "patch_size": "patch",
        "image_size": "trained_side",
    },
}
"""Sizes in ``config.json`` that must be those of the tower, by the tower's name for them."""


def read_tower(folder: Path, encoder: EncoderName, shape: TowerShape) -> dict[str, Tensor]:
    """Read a published encoder's folder.

    Args:
        folder: holds ``config.json`` beside ``model.safetensors`` or ``pytorch_model.bin``.
        encoder: which of the two.
        shape: what it must be.

    Returns:
        Every tensor under its published name.

    Raises:
        WeightsError: a file is missing or damaged, or of another encoder.
    """
    _check_config(folder / CONFIG, encoder, shape)
    path = next((folder / name for name in FILES if (folder / name).exists()), None)
    if path is None:
        raise WeightsError(
            f"{folder} holds no {' or '.join(FILES)}", "Give the folder with the encoder's weights."
        )
    state = read_tensors(path)
    tower_from_official(state, encoder, shape, what=str(path))
    return {name: value for name, value in state.items() if name not in DROPPED[encoder]}


def tower_from_official(
    state: Mapping[str, Tensor], encoder: EncoderName, shape: TowerShape, what: str = "the file"
) -> ClipTower | DinoTower:
    """Build an encoder of published tensors, which it uses and does not copy.

    Args:
        state: tensors by published name.
        encoder: which of the two.
        shape: its sizes.
        what: what is read, for messages.

    Raises:
        WeightsError: a tensor is missing, not known or of another shape.
    """
    with torch.device("meta"):
        tower = TOWERS[encoder](shape)
    wanted = shapes_of(tower.model.state_dict())
    keys = tower_keys(wanted, encoder)
    tower.model.load_state_dict(keys.to_ours(state, wanted, what), assign=True)
    _count_positions(tower)
    return tower.eval()


def tower_to_official(tower: ClipTower | DinoTower) -> dict[str, Tensor]:
    """Return an encoder's tensors by published name."""
    encoder: EncoderName = "clip" if isinstance(tower, ClipTower) else "dino"
    state = tower.model.state_dict()
    return tower_keys(state, encoder).to_official(state)


def tower_keys(names: Mapping[str, Any], encoder: EncoderName) -> KeyMap:
    """Pair published names with those of the library's version here."""
    return KeyMap({_published(name): name for name in names}, dropped=DROPPED[encoder])


def _published(name: str) -> str:
    for here, before in RENAMED.items():
        name = name.replace(here, before)
    return name


def _count_positions(tower: nn.Module) -> None:
    """Fill the counting numbers, which are in no file."""
    for module in tower.modules():
        for name, buffer in list(module.named_buffers(recurse=False)):
            if buffer.is_meta:
                counted = torch.arange(buffer.numel(), device="cpu").view(buffer.shape)
                module.register_buffer(name, counted.to(buffer.dtype), persistent=False)


def _check_config(path: Path, encoder: EncoderName, shape: TowerShape) -> None:
    """Read the folder's config as plain values and compare the sizes it tells.

    Raises:
        WeightsError: it cannot be read, or tells other sizes.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"{path} cannot be read: {error}", "Give the folder as it is published."
        ) from error
    if not isinstance(told, dict):
        raise WeightsError(f"{path} holds no sizes", "Give the folder as it is published.")
    for name, ours in SIZES[encoder].items():
        if name in told and told[name] != getattr(shape, ours):
            raise WeightsError(
                f"{path}: {name} is {told[name]}, needs {getattr(shape, ours)}",
                "It is another encoder; give the one that the networks were trained with.",
            )
