"""Image conditions from a bundle's folder, or with fresh weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from aa_dit.condition.interface import ImageCondition
from aa_dit.config import ConditionShape
from avatarartist_core.weights.keys import KeyMap, shapes_of
from avatarartist_core.weights.reading import read_tensors

CLIP, DINO, SMALL = "clip.safetensors", "dino.safetensors", "condition.safetensors"
"""Files of a bundle: one of each published encoder, or one of the small pair."""


def fresh_condition(shape: ConditionShape) -> ImageCondition:
    """Make a condition with random weights, drawn from torch's own generator."""
    # the published pair takes seconds to import, so only what is asked for is
    if shape.kind == "small":
        from aa_dit.condition.small import SmallCondition

        return SmallCondition(shape)
    from aa_dit.condition.pretrained import ClipDinoCondition

    return ClipDinoCondition(shape)


def condition_from(folder: Path, shape: ConditionShape) -> ImageCondition:
    """Read the condition of a bundle.

    Args:
        folder: the bundle's folder, see ``CLIP``, ``DINO`` and ``SMALL``.
        shape: sizes of the condition.

    Raises:
        WeightsError: a file is missing, damaged or of another condition.
    """
    if shape.kind == "small":
        return _small(read_tensors(folder / SMALL), shape, str(folder / SMALL))
    import torch

    from aa_dit.condition.official import tower_from_official
    from aa_dit.condition.pretrained import ClipDinoCondition

    with torch.device("meta"):
        condition = ClipDinoCondition(shape)
    clip, dino = folder / CLIP, folder / DINO
    for_clip = tower_from_official(read_tensors(clip), "clip", shape.clip, str(clip))
    for_dino = tower_from_official(read_tensors(dino), "dino", shape.dino, str(dino))
    condition.add_module("clip", for_clip)
    condition.add_module("dino", for_dino)
    return condition.requires_grad_(False).eval()


def _small(state: Mapping[str, Tensor], shape: ConditionShape, what: str) -> ImageCondition:
    condition = fresh_condition(shape)
    wanted = shapes_of(condition.state_dict())
    condition.load_state_dict(KeyMap({name: name for name in wanted}).to_ours(state, wanted, what))
    return condition.eval()
