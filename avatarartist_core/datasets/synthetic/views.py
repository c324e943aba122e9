"""Where the camera stands: FFHQ-like turns of the head, framed as portraits are."""

import numpy as np

from avatarartist_core.data import Floats, HeadFit
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.geometry import seen_by
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.prepare.align import POINTS, weak_perspective

HALF_SIDE = 1.85
"""Of a portrait's crop in head units, the default margin of ``prepare``."""

_BELOW = 0.12  # the crop's middle lies this far below the eyes, as in ``prepare.crop``
_FARTHEST = (1.05, 0.5, 0.35)  # radians: most yaw, pitch and roll
_TURNED, _HALF_TURNED = 0.25, 0.785  # share of first views, and radians up to which they turn
_ALIGNED_SIDE = 700 / 300  # of the tight crop in units of Deep3D's mean face

_FLIP = np.diag([1.0, -1.0, -1.0]).astype(np.float32)  # head axes to OpenCV camera axes


def random_view(rng: np.random.Generator, config: SyntheticConfig) -> Floats:
    """Draw a (25,) camera label.

    Turns are normal with heavy tails: one head in six is drawn with twice the spread of yaw.
    """
    tail = 2.2 if rng.random() < 1 / 6 else 1.0
    angles = rng.normal(0, (config.yaw * tail, config.pitch, config.roll))
    angles = np.clip(angles, -np.array(_FARTHEST), _FARTHEST)
    zoom = float(np.exp(rng.normal(0, 0.04)))
    shift = rng.normal(0, 0.03, 2).astype(np.float32)
    return view(angles.astype(np.float32), config, zoom=zoom, shift=shift)


def first_view(rng: np.random.Generator, config: SyntheticConfig) -> Floats:
    """Draw the (25,) label of a person's first of several views: a portrait's.

    One in four is turned by anything up to 45 degrees.
    """
    angles = rng.normal(0, (config.yaw, config.pitch, config.roll))
    if rng.random() < _TURNED:
        angles[0] = rng.uniform(-_HALF_TURNED, _HALF_TURNED)
    most = np.array(_FARTHEST)
    return _loosely_framed(np.clip(angles, -most, most).astype(np.float32), rng, config)


def further_view(rng: np.random.Generator, config: SyntheticConfig) -> Floats:
    """Draw the (25,) label of another view of a person: from anywhere in front, evenly."""
    yaw = rng.uniform(-config.view_yaw, config.view_yaw)
    pitch = rng.uniform(-config.view_pitch, config.view_pitch)
    angles = np.array([yaw, pitch, rng.normal(0, config.roll)], np.float32)
    return _loosely_framed(angles, rng, config)


def _loosely_framed(angles: Floats, rng: np.random.Generator, config: SyntheticConfig) -> Floats:
    """Vary size and place a little more than ``random_view``: detectors vary on the same person."""
    zoom = float(np.exp(rng.normal(0, 0.05)))
    shift = rng.normal(0, 0.04, 2).astype(np.float32)
    return view(angles, config, zoom=zoom, shift=shift)


def view(
    angles: Floats, config: SyntheticConfig, *, zoom: float = 1.0, shift: Floats | None = None
) -> Floats:
    """Return the (25,) label of a camera that sees the head turned by yaw, pitch, roll (radians).

    Args:
        angles: (3,) signs as in ``motion.angles``.
        config: its framing decides what fills the picture.
        zoom: larger than 1 draws the head larger.
        shift: (2,) of the head in the picture, head units to the right and down.
    """
    side = 256  # any: a label counts in shares of the side
    rotation = rotation_from_angles(angles)
    moved = np.zeros(2) if shift is None else np.asarray(shift)
    if config.framing == "portrait":
        scale = side / 2 / HALF_SIDE * zoom
        middle = np.array([0.0, -_BELOW]) + moved
    else:
        scale, middle = _aligned(rotation, side)
        scale, middle = scale * zoom, middle + moved
    fit = HeadFit(
        identity=np.zeros(0, np.float32),
        expression=np.zeros(52, np.float32),
        rotation=rotation,
        scale=scale,
        translation=((side - 1) / 2 + middle * scale).astype(np.float32),
        gaze=np.zeros(2, np.float32),
        rms=0.0,
    )
    return portrait_camera(fit, side, anny_window())


def _aligned(rotation: Floats, side: int) -> tuple[float, Floats]:
    """Return pixels per head unit in the tight crop and where the head's origin lies from it."""
    mesh = anny_mesh()
    turned = mesh.landmarks(mesh.vertices)[list(POINTS)] @ rotation.T
    middle, unit = weak_perspective((turned[:, :2] * (1, -1)).astype(np.float32))
    return side / (_ALIGNED_SIDE * unit), -middle


def rotation_of(camera: Floats) -> Floats:
    """Return the (3, 3) rotation of the head as a (25,) camera sees it."""
    return np.asarray(_FLIP @ camera[:16].reshape(4, 4)[:3, :3].T, np.float32)


def fit_of(
    camera: Floats, side: int, identity: Floats, expression: Floats, gaze: Floats
) -> HeadFit:
    """Lay the head by weak perspective where a camera draws it.

    They agree in place and scale at the middle of the face.

    Args:
        camera: (25,) EG3D label.
        side: of the picture in pixels.
        identity: (K,) scores.
        expression: (52,) coefficients.
        gaze: (2,) yaw and pitch in radians.
    """
    window, rotation = anny_window(), rotation_of(camera)
    u, v, depth = seen_by(camera, window.world(window.center[None]))[0]
    focal = float(camera[16])
    scale = focal * side * window.scale / float(depth)
    x, y, _ = rotation @ window.center
    at = np.array([u * side - 0.5 - scale * x, v * side - 0.5 + scale * y], np.float32)
    return HeadFit(identity, expression, rotation, scale, at, gaze, 0.0)
