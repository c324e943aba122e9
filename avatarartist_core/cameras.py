"""Where the viewer stands: fixed views and orbits around a head."""

import numpy as np

from avatarartist_core.data import CAMERA_DISTANCE, Cameras, Floats
from avatarartist_core.motion.angles import rotation_from_angles

_FOCAL = CAMERA_DISTANCE / (2 * 1.85)  # the default crop fills the picture
_FLIP = np.diag([1.0, -1.0, -1.0]).astype(np.float32)  # head axes to OpenCV camera axes
_ORBIT_YAW, _ORBIT_PITCH, _ORBIT_SECONDS = 22.0, 6.0, 4.0


def cameras_for(view: str, frames: int, fps: float) -> Cameras:
    """Build the cameras of ``view``: ``front``, ``orbit`` or ``YAW,PITCH`` in degrees.

    A view of yaw 20 shows the head as if it had turned 20 degrees to the picture's right.
    """
    turn = np.zeros((frames, 3), np.float32)
    if view == "orbit":
        phase = 2 * np.pi * np.arange(frames) / (fps * _ORBIT_SECONDS)
        turn[:, 0] = _ORBIT_YAW * np.sin(phase)
        turn[:, 1] = _ORBIT_PITCH * np.sin(2 * phase)
    elif view != "front":
        turn[:, :2] = [float(angle) for angle in view.split(",")]
    seen = rotation_from_angles(np.radians(turn))
    cam2world = np.tile(np.eye(4, dtype=np.float32), (frames, 1, 1))
    world = seen.transpose(0, 2, 1)
    cam2world[:, :3, :3] = world @ _FLIP
    cam2world[:, :3, 3] = world @ np.array([0, 0, CAMERA_DISTANCE], np.float32)
    intrinsics = np.array([[_FOCAL, 0, 0.5], [0, _FOCAL, 0.5], [0, 0, 1]], np.float32)
    return Cameras(cam2world, np.tile(intrinsics, (frames, 1, 1)))


def seen_rotation(cameras: Cameras) -> Floats:
    """Return the (T, 3, 3) rotation of the world as each camera sees it; front is the identity."""
    return _FLIP @ cameras.cam2world[:, :3, :3].transpose(0, 2, 1)
