"""Cameras of a triplane: the head stands still in its world, the camera moves round it.

Labels are those of EG3D: a row-major 4 x 4 cam2world (OpenCV axes, orthonormal rotation), then the
3 x 3 intrinsics in shares of the picture side, where the picture reaches from 0 to 1.
"""

import numpy as np

from avatarartist_core.cameras import cameras_for, seen_rotation
from avatarartist_core.data import CAMERA_DISTANCE, NECK, Cameras, Floats, HeadFit
from avatarartist_core.heads.window import FaceWindow

_FLIP = np.diag([1.0, -1.0, -1.0]).astype(np.float32)  # head axes to OpenCV camera axes


def portrait_camera(fit: HeadFit, side: int, window: FaceWindow) -> Floats:
    """Return the (25,) label under which the head is drawn where the portrait shows it.

    Args:
        fit: the head over the portrait's crop.
        side: side of that crop in pixels.
        window: the face window of the fit's topology.
    """
    front = cameras_for("front", 1, 1.0)
    still = np.zeros((1, 3), np.float32)
    label: Floats = world_cameras(front, fit.rotation[None], still, fit, side, window)[0]
    return label


def world_cameras(
    cameras: Cameras,
    rotation: Floats,
    translation: Floats,
    fit: HeadFit,
    side: int,
    window: FaceWindow,
) -> Floats:
    """Turn a viewer's cameras and a head's motion into cameras round a head at rest.

    The head turns about ``NECK``, as the viewer's camera turns it too; the picture is framed as
    the portrait was. A fit is weak perspective, a camera is not: they agree at the depth of the
    middle of the face. A viewer's longer focal length or other distance is kept.

    Args:
        cameras: T cameras of the viewer, whose world is the portrait's: see ``cameras_for``.
        rotation: (T, 3, 3) of the retargeted motion: the portrait's own at rest.
        translation: (T, 3) of the retargeted motion: 0 at rest.
        fit: the head over the portrait's crop.
        side: side of that crop in pixels.
        window: the face window of the topology.

    Returns:
        (T, 25) float32 labels in the world of ``window``.
    """
    neck = np.array(NECK, np.float32)
    placed = fit.rotation @ neck + _off_centre(fit, side) + translation
    seen = seen_rotation(cameras) @ rotation
    back = seen.transpose(0, 2, 1)
    away = np.linalg.norm(cameras.cam2world[:, :3, 3], axis=1)
    viewer = np.stack([np.zeros_like(away), np.zeros_like(away), away], 1)
    at = neck + np.einsum("tij,tj->ti", back, viewer - placed)

    cam2world = np.tile(np.eye(4, dtype=np.float32), (len(cameras), 1, 1))
    cam2world[:, :3, :3] = back @ _FLIP
    cam2world[:, :3, 3] = window.world(at.astype(np.float32))
    nominal = cameras_for("front", 1, 1.0).intrinsics[0, 0, 0]
    depth = CAMERA_DISTANCE - float((fit.rotation @ window.center)[2])
    intrinsics = cameras.intrinsics.copy()
    intrinsics[:, (0, 1), (0, 1)] *= np.float32(fit.scale * depth / side / nominal)
    return Cameras(cam2world, intrinsics).labels().astype(np.float32)


def _off_centre(fit: HeadFit, side: int) -> Floats:
    """Return the (3,) place of the head's origin in head units from the middle of the crop."""
    x, y = (fit.translation - (side - 1) / 2) / np.float32(fit.scale)
    return np.array([x, -y, 0], np.float32)
