"""Pictures as the image encoders were trained to see them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from avatarartist_core.data import Picture

EncoderName = Literal["clip", "dino"]

MEAN: dict[EncoderName, tuple[float, float, float]] = {
    "clip": (0.48145466, 0.4578275, 0.40821073),
    "dino": (0.485, 0.456, 0.406),
}
STD: dict[EncoderName, tuple[float, float, float]] = {
    "clip": (0.26862954, 0.26130258, 0.27577711),
    "dino": (0.229, 0.224, 0.225),
}
"""Mean and standard deviation of the colours (red, green, blue in [0, 1]) of the training data."""

GREY = 127
"""What lies behind a transparent picture."""


def seen_by(encoder: EncoderName, picture: Picture, resized: int, side: int) -> Tensor:
    """Resize, cut and standardise a picture.

    The bicubic resize is Pillow's, which rounds to whole grey levels as the encoders' own
    preprocessing did.

    Args:
        encoder: whose colours.
        picture: (H, W, 3) uint8 RGB, or (H, W, 4) with alpha.
        resized: length of the shorter edge before the centre is cut, pixels.
        side: side of the square that is cut from the centre, pixels.

    Returns:
        (3, side, side) float32; zero is the mean colour.
    """
    image = opaque(picture)
    shorter = min(image.size)
    # the longer edge is cut off to whole pixels, not rounded
    across, down = (
        resized if edge == shorter else int(resized * edge / shorter) for edge in image.size
    )
    if shorter != resized:
        image = image.resize((across, down), Image.Resampling.BICUBIC)
    left, top = (across - side) // 2, (down - side) // 2
    cut = np.asarray(image.crop((left, top, left + side, top + side)), dtype=np.float32)
    mean, std = (np.asarray(table[encoder], np.float32) for table in (MEAN, STD))
    standardised = (cut / np.float32(255) - mean) / std
    return torch.from_numpy(standardised).permute(2, 0, 1).contiguous()


def opaque(picture: Picture) -> Image.Image:
    """Lay a picture over grey where it is transparent."""
    image = Image.fromarray(picture)
    if image.mode == "RGB":
        return image
    if image.mode != "RGBA":
        raise ValueError(f"a picture of shape {picture.shape} is given, expected (H, W, 3 or 4)")
    behind = Image.new("RGBA", image.size, (GREY, GREY, GREY, 255))
    return Image.alpha_composite(behind, image).convert("RGB")
