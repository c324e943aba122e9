"""Cameras as the authors label their pictures: 25 numbers in the world of their triplanes."""

import numpy as np

from aa_faceverse.coefficients import Coefficients, rotation_of
from aa_faceverse.window import RAISED, WORLD
from avatarartist_core.data import Cameras, Floats

FOCAL = 4.2647
"""Of the fit and of every label, in picture sides."""

CAMERA = 5.0
"""Model units between the camera and the place of a head whose translation is 0."""

ORBIT_RADIUS = 2.7
ORBIT_FIELD = 18.837
"""Degrees; with the constant 1.414 that EG3D has for the root of 2 the focal length is 4.26339."""


def camera_labels(coefficients: Floats, to_flame: Floats, *, orthonormal: bool = True) -> Floats:
    """Turn fitted coefficients into camera labels: the head stands still, the camera moves.

    cam2world = N F E^-1: E takes the mesh to the camera, F to FLAME space, N to the world.

    Args:
        coefficients: (T, 610)
        to_flame: (4, 4) similarity F.
        orthonormal: divide the scale out of the rotation. The authors leave 0.2167 R in, which is
            harmless as long as ray directions are normalised.

    Returns:
        (T, 25) row-major cam2world (OpenCV axes), then intrinsics.
    """
    given = Coefficients.split(coefficients)
    T = len(given.angles)
    to_camera = np.tile(np.eye(4), (T, 1, 1))
    to_camera[:, :3, :3] = rotation_of(given.angles) * given.scale[..., None]
    to_camera[:, :3, 3] = given.translation + np.array([0, 0, CAMERA])
    to_world = np.diag([WORLD, WORLD, WORLD, 1.0])
    to_world[:3, 3] = WORLD * np.array(RAISED)
    cam2world = to_world @ to_flame.astype(np.float64) @ np.linalg.inv(to_camera)
    if orthonormal:
        scale = np.cbrt(np.linalg.det(cam2world[:, :3, :3]))
        cam2world[:, :3, :3] /= scale[:, None, None]
    return _labels(cam2world, FOCAL)


def demo_orbit(frames: int) -> Floats:
    """Return the (frames, 25) labels of the authors' demonstration: once round an ellipse.

    Pitch counts areas of the sphere, not angles: cos(polar) = 1 - 2 pitch / pi.
    """
    phase = 2 * np.pi * np.arange(frames) / frames
    yaw = np.pi / 2 + 0.35 * np.sin(phase)
    polar = np.arccos(1 - 2 * (np.pi / 2 - 0.05 + 0.25 * np.cos(phase)) / np.pi)
    at = ORBIT_RADIUS * np.stack(
        [-np.sin(polar) * np.cos(yaw), np.cos(polar), np.sin(polar) * np.sin(yaw)], 1
    )
    cam2world = np.tile(np.eye(4), (frames, 1, 1))
    cam2world[:, :3, :3] = _looking_at_origin(at)
    cam2world[:, :3, 3] = at
    return _labels(cam2world, 1 / (np.tan(np.radians(ORBIT_FIELD / 2)) * 2 * 0.707))


def _looking_at_origin(at: np.ndarray) -> np.ndarray:
    """Return the (T, 3, 3) camera axes as columns: right, down, forward."""
    forward = -at / np.linalg.norm(at, axis=1, keepdims=True)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    return np.stack([right, np.cross(forward, right), forward], 2)


def _labels(cam2world: np.ndarray, focal: float) -> Floats:
    intrinsics = np.array([[focal, 0, 0.5], [0, focal, 0.5], [0, 0, 1]], np.float32)
    every = np.tile(intrinsics, (len(cam2world), 1, 1))
    return Cameras(cam2world.astype(np.float32), every).labels()
