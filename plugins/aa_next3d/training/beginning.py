"""Planes that can be read from the first step: three channels are colour, one is density.

The decoder's first hidden units pass channels through: softplus(x) - softplus(-x) is x. Channels 0
to 2 become the colours' logits and channel 3 the density, so the generator need not first invent a
code that the decoder understands. What the architecture can express stays the same.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aa_next3d.gan import Next3D
from avatarartist_core.heads.evidence import outlines
from avatarartist_core.heads.find import head_model
from avatarartist_core.motion import ARKIT
from avatarartist_core.nn.volume.decoder import FeatureDecoder

COLOUR_GAIN, DENSITY_GAIN = 2.0, 12.0
COLOURS, DENSITY = (0, 1, 2), 3
QUIET = 0.25
"""What is left of the random weights beside the passages."""


def begin(generator: Next3D, topology: str) -> None:
    """Let a fresh generator begin plainly; a residual one with the outlines of the mean head."""
    if generator.base is None:
        begin_plain(generator.field)
        return
    head = head_model(topology)
    mean = head.vertices(np.zeros(1, np.float32), np.zeros(len(ARKIT), np.float32))
    for backbone in (generator.texture, generator.static):  # chance must not outshout the outlines
        for name, weight in backbone.named_parameters():
            if name.endswith("to_image.weight"):
                weight.data.mul_(QUIET)
    generator.base[0, DENSITY] = 1
    generator.base[1:, DENSITY] = torch.from_numpy(
        outlines(mean, head.window, generator.base.shape[-1])
    )


@torch.no_grad()
def begin_plain(field: FeatureDecoder) -> None:
    """Lay passages into a fresh decoder of at least 4 channels and 8 hidden units."""
    hidden, channels = field.hidden_weight.shape
    if channels <= DENSITY or hidden < 2 * (DENSITY + 1):
        raise ValueError(f"{channels} channels and {hidden} hidden units are too few")
    field.out_weight.mul_(QUIET)
    for channel in (*COLOURS, DENSITY):
        is_density = channel == DENSITY
        out = 0 if is_density else 1 + channel
        gain = DENSITY_GAIN if is_density else COLOUR_GAIN
        _pass(field, channel, out, gain)


def _pass(field: FeatureDecoder, channel: int, out: int, gain: float) -> None:
    """Make ``out`` rise by ``gain`` with a channel, by two hidden units of its own."""
    pair = slice(2 * channel, 2 * channel + 2)
    signs: Tensor = torch.tensor([1.0, -1.0]).to(field.hidden_weight)
    field.hidden_weight[pair] = 0
    field.hidden_weight[pair, channel] = signs * field.hidden_weight.shape[1] ** 0.5
    field.out_weight[:, pair] = 0
    field.out_weight[out] *= 0.5
    field.out_weight[out, pair] = signs * gain * field.out_weight.shape[1] ** 0.5
