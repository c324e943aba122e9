"""Starting weights of the transformer parts, as SegFormer draws them."""

from __future__ import annotations

import math

from torch import nn

DEVIATION = 0.02  # of linear layers


def initialise(part: nn.Module) -> None:
    """Draw linear layers from a narrow truncated normal and convolutions by their fan-out.

    Biases start at 0, norms as they are made. The motion's attention is drawn like the rest and
    does not start at 0 (official renderer, section 9, item 3).
    """
    for layer in part.modules():
        if isinstance(layer, nn.Linear):
            nn.init.trunc_normal_(layer.weight, std=DEVIATION)
        elif isinstance(layer, nn.Conv2d):
            height, width = layer.kernel_size
            fan_out = height * width * layer.out_channels // layer.groups
            nn.init.normal_(layer.weight, std=math.sqrt(2 / fan_out))
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
