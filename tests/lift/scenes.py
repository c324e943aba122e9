"""Motions for an avatar, written as changes to its rest pose."""

import numpy as np

from aa_lift.config import LayersConfig
from aa_lift.renderer import LayersRenderer
from avatarartist_core.cameras import cameras_for
from avatarartist_core.data import Avatar, Motion, Picture
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles


def motion(avatar: Avatar, *changes: dict[str, float]) -> Motion:
    """One frame a change: coefficients by name, ``yaw pitch roll`` in degrees, ``x y z``."""
    rest, count = avatar.fit, len(changes)
    expression = np.tile(rest.expression, (count, 1)).astype(np.float32)
    angles = np.zeros((count, 3), np.float32)
    place = np.zeros((count, 3), np.float32)
    for k, change in enumerate(changes):
        for name, value in change.items():
            if name in ("yaw", "pitch", "roll"):
                angles[k, ("yaw", "pitch", "roll").index(name)] = np.radians(value)
            elif name in ("x", "y", "z"):
                place[k, "xyz".index(name)] = value
            else:
                expression[k, ARKIT.index(name)] += value
    return Motion(
        fps=25,
        expression=expression,
        rotation=rotation_from_angles(angles) @ rest.rotation,
        translation=place,
        gaze=np.tile(rest.gaze, (count, 1)).astype(np.float32),
        tracked=np.ones(count, bool),
    )


def frames(
    avatar: Avatar, *changes: dict[str, float], size: int = 256, transparent: bool = False
) -> list[Picture]:
    """Draw one frame a change from the front."""
    moved = motion(avatar, *changes)
    cameras = cameras_for("front", len(moved), 25)
    renderer = LayersRenderer(LayersConfig())
    return list(renderer.render(avatar, moved, cameras, size=size, transparent=transparent))


def pixels(avatar: Avatar, *landmarks: int, size: int = 256) -> np.ndarray:
    """Places of landmarks in a frame of the portrait at rest, (N, 2)."""
    return (avatar.landmarks[list(landmarks), :2] + 0.5) * size / avatar.side - 0.5
