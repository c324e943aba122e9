"""Brings a mesh map's expression into a parametric triplane ("get_triplane" of the authors).

The texture plane is drawn over the front plane where the mesh map says, a network refines the
drawing, and the refined window is blended back into the front plane.
"""

# B batch, C channels, H map rows, W map columns, R plane side

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from avatarartist_core.nn.face_box import FaceBox
from avatarartist_core.nn.texels import read_plane


@dataclass(frozen=True, eq=False)
class FaceMasks:
    """What a mesh map covers; each (B, 1, H, W) float32 of 0 and 1.

    Attributes:
        drawn: the mesh itself.
        full: the mesh and all its holes (mouth, eyes).
        copied: the mesh and its upper holes; the lower mouth is left to the network.
    """

    drawn: Tensor
    full: Tensor
    copied: Tensor


def face_masks(mesh_map: Tensor, box: FaceBox) -> FaceMasks:
    """Find the mesh, its holes, and which of them are copied from the texture.

    Args:
        mesh_map: (B, H, W, 3) u and v in [-1, 1], and a mask that is set above 0.5.
        box: says from which row on holes are copied.
    """
    drawn = mesh_map[..., 2] > 0.5
    holes = find_holes(drawn)
    low = torch.arange(holes.shape[1], device=holes.device) < box.first_copied_row(holes.shape[1])
    upper = holes & ~low[:, None]
    drawn, full, copied = (mask[:, None].float() for mask in (drawn, drawn | holes, drawn | upper))
    return FaceMasks(drawn, full, copied)


def find_holes(drawn: Tensor) -> Tensor:
    """Find what the outside cannot reach: empty pixels not 4-connected to the pixel (0, 0).

    Args:
        drawn: (B, H, W) bool.

    Returns:
        (B, H, W) bool on the same device.
    """
    empty = (~drawn).to("cpu", torch.uint8).numpy()
    holes = np.zeros(empty.shape, bool)
    for one, found in zip(empty, holes, strict=True):
        _, regions = cv2.connectedComponents(one, connectivity=4)
        found[:] = (one > 0) & (regions != regions[0, 0])
    return torch.from_numpy(holes).to(drawn.device)


def draw_texture(texture: Tensor, mesh_map: Tensor) -> Tensor:
    """Read a (B, C, R, R) texture plane at the map's u and v; returns (B, C, H, W)."""
    return read_plane(texture, mesh_map[..., :2]).to(texture.dtype)


def draw_face(
    texture: Tensor, front: Tensor, mesh_map: Tensor, masks: FaceMasks, box: FaceBox, size: int
) -> Tensor:
    """Draw the textured mesh over the face window of the front plane.

    Args:
        texture: (B, C, R, R) texture plane, or a feature map of the texture network.
        front: (B, C, R, R) front plane, or a feature map of the static network; its own side.
        mesh_map: (B, H, W, 3).
        masks: of this map.
        box: the window the map covers.
        size: side of the drawing.

    Returns:
        (B, C, size, size).
    """
    rows, columns = box.window(front.shape[-1])
    behind = resize(front[..., rows, columns], size)
    alpha = resize(masks.drawn, size).to(texture.dtype)
    return torch.lerp(behind, resize(draw_texture(texture, mesh_map), size), alpha)


def copy_masks(masks: FaceMasks, sizes: tuple[int, ...]) -> list[Tensor]:
    """Return the copy mask at each of these sides: (B, 1, size, size)."""
    return [resize(masks.copied, size) for size in sizes]


def blend_face(planes: Tensor, refined: Tensor, masks: FaceMasks, box: FaceBox) -> Tensor:
    """Lay the refined face into the window of the front plane; the other planes stay.

    Args:
        planes: (B, 3, C, R, R), the front plane first.
        refined: (B, C, H, W) of any side.
        masks: of the map; ``full`` is what is laid.
        box: the window the map covers.

    Returns:
        (B, 3, C, R, R).
    """
    rows, columns = box.window(planes.shape[-1])
    side = rows.stop - rows.start
    alpha = resize(masks.full, side).to(planes.dtype)
    blended = planes.clone()
    blended[:, 0, :, rows, columns] = torch.lerp(
        planes[:, 0, :, rows, columns], resize(refined, side), alpha
    )
    return blended


def resize(pictures: Tensor, size: int) -> Tensor:
    """Resize (B, C, H, W) bilinearly to a square, averaging what shrinks."""
    if pictures.shape[-2:] == (size, size):
        return pictures
    return interpolate(pictures, (size, size), mode="bilinear", antialias=True)
