"""Between tensors in [-1, 1] and pictures of bytes."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from avatarartist_core.data import Picture


def to_pictures(images: Tensor, size: int) -> list[Picture]:
    """Turn what a network drew into frames.

    Args:
        images: (B, 3 or 4, H, H); values outside [-1, 1] are cut off.
        size: side of the frames; another than H is resampled with antialiasing.

    Returns:
        B pictures (size, size, 3 or 4), rounded down as the released code does.
    """
    if images.shape[-1] != size:
        images = interpolate(
            images.float(), (size, size), mode="bicubic", antialias=True, align_corners=False
        )
    bytes_ = ((images.float() * 0.5 + 0.5).clamp(0, 1) * 255).to(torch.uint8)
    frames = bytes_.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return list(frames)


def to_image(picture: Picture, size: int) -> Tensor:
    """Turn a (H, W, 3) picture into a (1, 3, size, size) tensor in [-1, 1]."""
    image = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()
    if image.shape[-2:] != (size, size):
        image = interpolate(
            image, (size, size), mode="bicubic", antialias=True, align_corners=False
        ).clamp(0, 255)
    return image / 127.5 - 1
