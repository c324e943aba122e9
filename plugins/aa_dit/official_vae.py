"""The VAE's names in the authors' checkpoint, both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from aa_dit.config import VAEShape
from aa_dit.vae import TriplaneVAE
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.keys import KeyMap, conv_aliases, shapes_of

WHAT = "the triplane VAE"


def vae_from_official(state: Mapping[str, Tensor], side: int = 256) -> TriplaneVAE:
    """Build the VAE that a checkpoint in the authors' layout holds.

    The model uses the tensors given, it does not copy them.

    Args:
        state: tensors by the authors' names; a convolution may be there under its second name
            too (``X.weight`` besides ``X.conv.weight``).
        side: side of the planes it was trained for, which no tensor tells.

    Raises:
        WeightsError: a tensor is missing, not known or of another shape.
    """
    shape = shape_of(state, side)
    with torch.device("meta"):
        model = TriplaneVAE(**shape.model_dump())
    ours = vae_keys(shape.levels).to_ours(state, shapes_of(model.state_dict()), WHAT)
    model.load_state_dict(ours, assign=True)
    return model.eval()


def vae_to_official(model: TriplaneVAE) -> dict[str, Tensor]:
    """Return the tensors of a VAE in the authors' layout, second names included."""
    return vae_keys(model.shape.levels).to_official(model.state_dict())


def shape_of(state: Mapping[str, Tensor], side: int = 256) -> VAEShape:
    """Read the sizes of a VAE off the authors' tensors.

    Raises:
        WeightsError: a tensor that tells them is missing or of no use.
    """
    first, latent = _conv_of(state, "encoder.conv_first"), _conv_of(state, "post_quant_conv")
    levels = 0
    while f"encoder.conv_blocks.{levels}.down.conv.weight" in state:
        levels += 1
    try:
        return VAEShape(
            channels=first.shape[1],
            hidden=first.shape[0],
            levels=levels,
            latent_channels=latent.shape[0],
            side=side,
        )
    except ValueError as error:
        raise WeightsError(
            f"the tensors do not make {WHAT}: {error}", "Give the authors' VAE checkpoint."
        ) from error


def vae_keys(levels: int) -> KeyMap:
    """Pair the authors' names with ours for a VAE of so many levels."""
    pairs = {
        f"{official}.{tensor}": f"{ours}.{tensor}"
        for official, ours in _modules(levels)
        for tensor in ("weight", "bias")
    }
    return KeyMap(pairs, aliases=conv_aliases(pairs))


def _conv_of(state: Mapping[str, Tensor], name: str) -> Tensor:
    weight = state.get(f"{name}.conv.weight")
    if weight is None or weight.ndim != 5:
        raise WeightsError(
            f"the file does not hold {WHAT}: there is no 3-D convolution {name}.conv.weight",
            "Give the authors' VAE checkpoint.",
        )
    return weight


def _modules(levels: int) -> Iterator[tuple[str, str]]:
    yield "encoder.conv_first.conv", "encoder.first"
    for level in range(levels):
        official, ours = f"encoder.conv_blocks.{level}", f"encoder.stages.{level}"
        yield f"{official}.down.conv", f"{ours}.shrink"
        yield from _residual(f"{official}.res", f"{ours}.refine")
    yield "encoder.final_block.0", "encoder.norm"
    yield "encoder.final_block.2.conv", "encoder.last"
    yield "quant_conv.conv", "mix_moments"
    yield "post_quant_conv.conv", "mix_latent"
    for level in range(levels):
        official, ours = f"decoder.conv_blocks.{level}", f"decoder.stages.{level}"
        yield f"{official}.up.convt", f"{ours}.grow"
        yield from _residual(f"{official}.res1", f"{ours}.refine1")
        yield from _residual(f"{official}.res2", f"{ours}.refine2")
    yield "decoder.conv_out.conv", "decoder.last"


def _residual(official: str, ours: str) -> Iterator[tuple[str, str]]:
    for number in (1, 2):
        yield f"{official}.norm{number}", f"{ours}.norm{number}"
        yield f"{official}.conv{number}.conv", f"{ours}.conv{number}"
