"""Head angles: yaw, pitch and roll as people say them, to rotation matrices and back.

Head space has x to the picture's right, y up, z towards the viewer. Yaw is positive when the face
turns to the picture's right, pitch when it looks up, roll when it leans clockwise as drawn.
"""

import numpy as np

from avatarartist_core.data import Floats


def rotation_from_angles(angles: Floats) -> Floats:
    """Turn (..., 3) yaw, pitch, roll in radians into (..., 3, 3) rotations Ry(y) Rx(-p) Rz(-r)."""
    angles = np.asarray(angles, np.float32)
    (cy, cp, cr), (sy, sp, sr) = (
        np.cos(np.moveaxis(angles, -1, 0)),
        np.sin(np.moveaxis(angles, -1, 0)),
    )
    rows = [
        [cy * cr + sy * sp * sr, cy * sr - sy * sp * cr, sy * cp],
        [-cp * sr, cp * cr, sp],
        [-sy * cr + cy * sp * sr, -sy * sr - cy * sp * cr, cy * cp],
    ]
    return np.stack([np.stack(row, -1) for row in rows], -2).astype(np.float32)


def angles_from_rotation(rotation: Floats) -> Floats:
    """Read (..., 3) yaw, pitch, roll in radians off (..., 3, 3) rotations; pitch is within pi/2."""
    yaw = np.arctan2(rotation[..., 0, 2], rotation[..., 2, 2])
    pitch = np.arcsin(np.clip(rotation[..., 1, 2], -1, 1))
    roll = np.arctan2(-rotation[..., 1, 0], rotation[..., 1, 1])
    return np.stack([yaw, pitch, roll], -1).astype(np.float32)


def rotation_from_vector(vector: Floats) -> Floats:
    """Turn (..., 3) rotation vectors (axis times radians) into (..., 3, 3) rotations: Rodrigues."""
    vector = np.asarray(vector, np.float64)
    angle = np.linalg.norm(vector, axis=-1)[..., None, None]
    x, y, z = np.moveaxis(vector, -1, 0)
    o = np.zeros_like(x)
    cross = np.stack(
        [np.stack([o, -z, y], -1), np.stack([z, o, -x], -1), np.stack([-y, x, o], -1)], -2
    )
    small = angle < 1e-6
    safe = np.where(small, 1.0, angle)
    first = np.where(small, 1.0, np.sin(safe) / safe)
    second = np.where(small, 0.5, (1 - np.cos(safe)) / safe**2)
    return (np.eye(3) + first * cross + second * cross @ cross).astype(np.float32)


def vector_from_rotation(rotation: Floats) -> Floats:
    """Turn (..., 3, 3) rotations, each under half a turn, into (..., 3) rotation vectors."""
    rotation = np.asarray(rotation, np.float64)
    twist = np.stack(
        [
            rotation[..., 2, 1] - rotation[..., 1, 2],
            rotation[..., 0, 2] - rotation[..., 2, 0],
            rotation[..., 1, 0] - rotation[..., 0, 1],
        ],
        -1,
    )
    sine = np.linalg.norm(twist, axis=-1, keepdims=True) / 2
    cosine = (np.trace(rotation, axis1=-2, axis2=-1)[..., None] - 1) / 2
    angle = np.arctan2(sine, cosine)
    factor = np.where(sine < 1e-7, 0.5, angle / (2 * np.maximum(sine, 1e-12)))
    return (twist * factor).astype(np.float32)
