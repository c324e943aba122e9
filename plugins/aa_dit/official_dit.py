"""The transformer's weights in the layout of the released checkpoint, read and written."""

from collections.abc import Mapping
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor

from aa_dit.config import DiTShape
from aa_dit.official import POSITION_KEYS, dit_pairs
from aa_dit.positions import position_table
from aa_dit.transformer import DiT
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.keys import KeyMap, shapes_of

WHAT = "the transformer"


def dit_from_official(state_dict: Mapping[str, Tensor], **sizes: Any) -> DiT:
    """Build the transformer that a state dict of the authors' code belongs to.

    The shape is read off the tensors. What they do not tell is the released network's unless
    ``sizes`` says otherwise: heads (16), resampler_head_width (64), and latent_side (32) when the
    position table is missing. The table itself follows from the shape and is not read.

    Args:
        state_dict: every parameter under its official name. The network takes the tensors over
            as they are, without copying them.
        sizes: fields of ``DiTShape``.

    Raises:
        WeightsError: keys are missing or unexpected, or a tensor has another shape.
    """
    shape = _shape_of(state_dict, sizes)
    with torch.device("meta"):
        model = DiT(**shape.model_dump())
    model.register_buffer("positions", position_table(shape), persistent=False)
    names = KeyMap(dit_pairs(shape), dropped=POSITION_KEYS)
    state = names.to_ours(state_dict, shapes_of(model.state_dict()), WHAT)
    model.load_state_dict(state, assign=True)
    return model.eval()


def dit_to_official(model: DiT) -> dict[str, Tensor]:
    """Return the state dict that the authors' code would hold, its position table included.

    Raises:
        WeightsError: the network has positions that the authors' code does not know.
    """
    if model.shape.position != "square":
        raise WeightsError(
            f"a transformer with position {model.shape.position!r} has no official layout",
            hint="Only networks made with position 'square' can be exported.",
        )
    state = KeyMap(dit_pairs(model.shape)).to_official(model.state_dict())
    return {POSITION_KEYS[0]: position_table(model.shape), **state}


def _shape_of(state: Mapping[str, Tensor], sizes: Mapping[str, Any]) -> DiTShape:
    """Read the sizes off the tensors; ``sizes`` and the released network's fill the gaps."""
    patches = _tensor(state, "x_embedder.proj.weight", 4)
    width, channels, patch = patches.shape[0], patches.shape[1], patches.shape[2]
    inner = len(_tensor(state, "y_embedder.layers.0.0.to_q.weight", 2))
    head_width = sizes.get("resampler_head_width", 64)
    read: dict[str, Any] = {
        "latent_channels": channels,
        "width": width,
        "patch": patch,
        "depth": _layers(state, "blocks."),
        "mlp_ratio": len(_tensor(state, "blocks.0.mlp.fc1.weight", 2)) // width,
        "clip_channels": _tensor(state, "y_embedder.proj_in.weight", 2).shape[1],
        "dino_channels": _tensor(state, "dino_embedder.proj_in.weight", 2).shape[1],
        "clip_tokens": _tensor(state, "y_embedder.latents", 3).shape[1],
        "dino_tokens": _tensor(state, "dino_embedder.latents", 3).shape[1],
        "resampler_depth": _layers(state, "y_embedder.layers."),
        "resampler_heads": max(1, inner // head_width),
        "resampler_head_width": head_width,
        "position": "square",
    }
    table = next((state[key] for key in POSITION_KEYS if key in state), None)
    if table is not None and table.ndim == 3:
        planes = sizes.get("planes", 4)
        read["latent_side"] = patch * int((table.shape[1] / planes) ** 0.5)
    try:
        return DiTShape.model_validate({**read, **sizes})
    except ValidationError as error:
        faults = [fault["msg"].removeprefix("Value error, ") for fault in error.errors()]
        raise WeightsError(
            f"these sizes make no transformer: {'; '.join(faults)}",
            hint="Give the sizes that tensors cannot tell: heads, resampler_head_width.",
        ) from None


def _tensor(state: Mapping[str, Tensor], key: str, axes: int) -> Tensor:
    value = state.get(key)
    if value is None or value.ndim != axes:
        fault = "is missing" if value is None else f"has shape {tuple(value.shape)}"
        raise WeightsError(
            f"not the weights of {WHAT}: {key!r} {fault}",
            hint="Give the state dict of the released DiT.pth (its 'state_dict_ema').",
        )
    return value


def _layers(state: Mapping[str, Tensor], prefix: str) -> int:
    """Count the numbered layers below ``prefix``."""
    return len({key.removeprefix(prefix).split(".")[0] for key in state if key.startswith(prefix)})
