"""Which way edges run, and smoothing along them: the ground of lines, strokes and hatching.

Vectors are pixel (x, y) with y down. Pictures outside their border continue the border's values.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit

from avatarartist_core.data import Floats


@dataclass(frozen=True, eq=False)
class Flow:
    """The directions of a picture.

    Attributes:
        tangent: (H, W, 2) unit vectors along the edges; the sign is free.
        energy: (H, W) strength of the edges there, the tensor's larger eigenvalue.
        anisotropy: (H, W) in [0, 1]: 0 where no direction prevails, 1 on a straight edge.
    """

    tangent: Floats
    energy: Floats
    anisotropy: Floats


def edge_flow(picture: Floats, sigma: float) -> Flow:
    """Find the directions by the smoothed structure tensor.

    Kyprianidis and Doellner, "Image Abstraction by Structure Adaptive Filtering", 2008, section 3.

    Args:
        picture: (H, W) or (H, W, C), any range; channels add their evidence.
        sigma: how far directions are averaged, in pixels.
    """
    layers = picture[..., None] if picture.ndim == 2 else picture
    gradients = [
        (cv2.Scharr(layer, cv2.CV_32F, 1, 0) / 32, cv2.Scharr(layer, cv2.CV_32F, 0, 1) / 32)
        for layer in cv2.split(np.ascontiguousarray(layers, np.float32))
    ]
    tensor = np.stack(
        [
            sum(gx * gx for gx, _ in gradients),
            sum(gx * gy for gx, gy in gradients),
            sum(gy * gy for _, gy in gradients),
        ],
        axis=-1,
    )
    tensor = cv2.GaussianBlur(tensor, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    e, f, g = tensor[..., 0], tensor[..., 1], tensor[..., 2]
    apart = np.sqrt((e - g) ** 2 + 4 * f * f)
    angle = 0.5 * np.arctan2(2 * f, e - g) + np.float32(np.pi / 2)
    tangent = np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)
    return Flow(tangent, (e + g + apart) / 2, apart / np.maximum(e + g, 1e-6))


def directed(flow: Flow, toward: Floats, trust: Floats) -> Floats:
    """Blend the flow with another field of directions.

    Args:
        flow: the directions of the picture.
        toward: (H, W, 2) or (2,) unit vectors, sign free.
        trust: (H, W) in [0, 1]: 1 keeps the flow, 0 takes ``toward``.

    Returns:
        (H, W, 2) unit vectors.
    """
    # Directions without sign are averaged at twice their angle.
    share = trust[..., None]
    both = share * _doubled(flow.tangent) + (1 - share) * _doubled(
        np.broadcast_to(toward, flow.tangent.shape)
    )
    angle = 0.5 * np.arctan2(both[..., 1], both[..., 0])
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)


def smooth_along(values: Floats, tangent: Floats, sigma: float) -> Floats:
    """Smooth (H, W) values along the stream lines of (H, W, 2) unit vectors, Gaussian weights."""
    step = np.float32(min(2.0, max(1.0, sigma / 4)))
    reach = max(1, round(2 * sigma / float(step)))
    weights = np.exp(-0.5 * (np.arange(reach + 1) * step / sigma) ** 2).astype(np.float32)
    return _along(
        np.ascontiguousarray(values, np.float32),
        np.ascontiguousarray(tangent, np.float32),
        weights,
        step,
    )


def _doubled(vectors: Floats) -> Floats:
    x, y = vectors[..., 0], vectors[..., 1]
    return np.stack([x * x - y * y, 2 * x * y], axis=-1)


@njit(cache=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def sampled(values: Floats, x: float, y: float) -> float:
    """Read (H, W) values between pixels, bilinearly."""
    height, width = values.shape
    x = min(max(x, 0.0), width - 1.001)
    y = min(max(y, 0.0), height - 1.001)
    left, top = int(x), int(y)
    fx, fy = np.float32(x - left), np.float32(y - top)
    upper = values[top, left] * (1 - fx) + values[top, left + 1] * fx
    lower = values[top + 1, left] * (1 - fx) + values[top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


@njit(cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _along(values: Floats, tangent: Floats, weights: Floats, step: np.float32) -> Floats:
    height, width = values.shape
    smooth = np.empty((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            total, weight = values[row, column] * weights[0], weights[0]
            for side in (-1.0, 1.0):
                x, y = np.float32(column), np.float32(row)
                dx = np.float32(tangent[row, column, 0] * side)
                dy = np.float32(tangent[row, column, 1] * side)
                for k in range(1, len(weights)):
                    x += dx * step
                    y += dy * step
                    if x < 0 or y < 0 or x > width - 1 or y > height - 1:
                        break
                    total += weights[k] * sampled(values, x, y)
                    weight += weights[k]
                    tx = tangent[int(y + 0.5), int(x + 0.5), 0]
                    ty = tangent[int(y + 0.5), int(x + 0.5), 1]
                    turn = np.float32(1.0) if tx * dx + ty * dy >= 0 else np.float32(-1.0)
                    dx, dy = tx * turn, ty * turn
            smooth[row, column] = total / weight
    return smooth
