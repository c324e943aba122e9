"""Names the published StyleGAN2-style checkpoints give to these parts, beside ours.

Every part's tensors are listed as (official, ours) below a pair of prefixes; the constant filter
that a checkpoint repeats in every layer is listed apart, since ours is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from avatarartist_core.errors import WeightsError
from avatarartist_core.nn.stylegan.fir import fir_kernel
from avatarartist_core.weights.keys import KeyMap

FILTER = "resample_filter"
"""Last part of the official names of the [1, 3, 3, 1] filter."""


@dataclass(frozen=True)
class Names:
    """Names of one part.

    Attributes:
        pairs: official to ours.
        filters: official names of the constant filter.
    """

    pairs: dict[str, str] = field(default_factory=dict)
    filters: tuple[str, ...] = ()

    def __add__(self, other: Names) -> Names:
        """Join the names of two parts."""
        return Names(self.pairs | other.pairs, self.filters + other.filters)

    def under(self, official: str, ours: str) -> Names:
        """Put every name below a prefix (with its dot, or empty)."""
        pairs = {official + theirs: ours + own for theirs, own in self.pairs.items()}
        return Names(pairs, tuple(official + name for name in self.filters))


def joined(parts: Iterable[Names]) -> Names:
    """Join the names of several parts."""
    return sum(parts, Names())


def linear() -> Names:
    """Name an ``EqualLinear``."""
    return Names({"weight": "weight", "bias": "bias"})


def convolution(*, bias: bool = True) -> Names:
    """Name an ``EqualConv2d``."""
    return Names({name: name for name in ("weight", "bias")[: 1 + bias]}, (FILTER,))


def synthesis_layer() -> Names:
    """Name a ``SynthesisLayer``."""
    same = {name: name for name in ("weight", "bias", "noise_strength")}
    style = linear().under("affine.", "style.")
    return Names(same | {"noise_const": "fixed_noise"}, (FILTER,)) + style


def to_image() -> Names:
    """Name a ``ToImage``."""
    return Names({"weight": "weight", "bias": "bias"}) + linear().under("affine.", "style.")


def synthesis_block(*, is_first: bool = False) -> Names:
    """Name a ``SynthesisBlock``; the first one of a network holds the constant."""
    layer = synthesis_layer()
    start = Names({"const": "constant"}) if is_first else layer.under("conv0.", "first.")
    block = start + layer.under("conv1.", "second.") + to_image().under("torgb.", "to_image.")
    return block + Names(filters=(FILTER,))


def synthesis_network(sides: Sequence[int]) -> Names:
    """Name a ``SynthesisNetwork`` whose blocks have these sides, from 4."""
    return joined(
        synthesis_block(is_first=place == 0).under(f"b{side}.", f"blocks.{place}.")
        for place, side in enumerate(sides)
    )


def super_resolution(blocks: int = 2) -> Names:
    """Name a ``SuperResolution``."""
    block = synthesis_block()
    return joined(block.under(f"block{place}.", f"blocks.{place}.") for place in range(blocks))


def mapping(layers: int = 2, *, average: bool = True) -> Names:
    """Name a ``LatentMapping``, or without the average a ``MappingNetwork``."""
    tracked = Names({"w_avg": "average"}) if average else Names()
    slow = joined(linear().under(f"fc{place}.", f"layers.{place}.") for place in range(layers))
    return tracked + linear().under("embed.", "embed.") + slow


def encoder_block() -> Names:
    """Name an ``EncoderBlock`` of the raster encoder."""
    first = convolution(bias=False).under("fromrgb.", "from_raster.") + Names(filters=(FILTER,))
    rest = (("conv1.", "first."), ("conv2.", "second."))
    return first + joined(convolution().under(*prefixes) for prefixes in rest)


def raster_encoder(blocks: int = 5) -> Names:
    """Name a ``RasterEncoder``."""
    block = encoder_block()
    return joined(block.under(f"encoder.{place}.", f"blocks.{place}.") for place in range(blocks))


class StyleKeyMap:
    """A ``KeyMap`` for networks with constant filters: checked when read, made when written.

    Args:
        names: of the whole network.
        aliases: as ``KeyMap``'s.
        dropped: as ``KeyMap``'s.
    """

    def __init__(
        self, names: Names, aliases: Mapping[str, str] | None = None, dropped: Iterable[str] = ()
    ) -> None:
        self.filters = frozenset(names.filters)
        self.keys = KeyMap(names.pairs, aliases, {*dropped, *self.filters})

    def to_ours(
        self, state: Mapping[str, Tensor], shapes: Mapping[str, Sequence[int]], what: str
    ) -> dict[str, Tensor]:
        """Rename a checkpoint's tensors; see ``KeyMap.to_ours``.

        Raises:
            WeightsError: also when a filter is missing or not [1, 3, 3, 1].
        """
        renamed = self.keys.to_ours(state, shapes, what)
        for name in sorted(self.filters):
            found = state.get(name)
            if found is None or not _is_binomial(found):
                raise WeightsError(
                    f"{what}: {name} is {'missing' if found is None else 'another filter'}",
                    "Only networks made with the filter [1, 3, 3, 1] can be read.",
                )
        return renamed

    def to_official(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Rename our tensors to a checkpoint's layout, its filters made again."""
        official = self.keys.to_official(state)
        return official | {name: fir_kernel(torch.zeros(())) for name in sorted(self.filters)}


def _is_binomial(found: Tensor) -> bool:
    kernel = fir_kernel(torch.zeros(()))
    return found.shape == kernel.shape and bool(torch.allclose(found.float().cpu(), kernel))
