"""A clip's landmarks to motion: one identity, smooth curves, and the performer at rest."""

import numpy as np
from numpy.typing import NDArray

from aa_facemesh import smooth
from aa_facemesh.basis import EYE_LEFT, EYE_RIGHT
from aa_facemesh.curves import Curves, measure
from aa_facemesh.fit import shared_identity
from aa_facemesh.packing import Packed
from avatarartist_core.data import CAMERA_DISTANCE, NECK, Floats, Motion, Neutral
from avatarartist_core.motion import ARKIT

_BLINKS = [ARKIT.index("eyeBlinkLeft"), ARKIT.index("eyeBlinkRight")]

_SHUT = 0.10
"""Openness of a shut eye; landmarks never show 0."""

_LEAST_OPEN = 0.2
_SLACK = 0.12
"""Share of the way down that still counts as open."""

_FIT_SHARE = 0.7
"""Share of the fitted blink that is believed when the lids say less."""

_REST = 30
"""Percentile of a coefficient over the clip that is taken for the face at rest."""

_SAMPLE = 240
"""Frames that the residual at rest is taken from."""

_CHUNK = 32
"""Landmarks that are filtered together, to keep memory low."""


_FACE = np.array([0, -0.35, 0.1], np.float32) - np.array(NECK, np.float32)
"""From the neck to the middle of the face, head units."""

_TREMBLE, _BLINK_TREMBLE, _GAZE_TREMBLE, _RESIDUAL_TREMBLE = 0.03, 0.1, 0.03, 0.003
"""What counts as noise in coefficients, blinks, gaze (radians) and places (head units)."""


def motion_of(
    faces: list[Packed | None],
    fps: float,
    center: tuple[float, float],
    *,
    sample: int,
    smoothing: float,
) -> Motion:
    """Fit a clip.

    Args:
        faces: one a frame, None where none was seen, at least one seen; emptied on the way.
        fps: frames a second.
        center: middle of the picture in pixels, where translation is 0.
        sample: frames the identity is fitted to.
        smoothing: standard deviation of the filter in frames at 25 a second.
    """
    tracked = np.array([each is not None for each in faces])
    identity = shared_identity([each.landmarks() for each in _spread(faces, sample)])
    curves = measure(faces, identity)
    width = smoothing * fps / 25
    expression = smooth.calm(curves.expression[..., None], width, _TREMBLE)[..., 0]
    blinks = _blinks(curves, tracked)[..., None]
    expression[:, _BLINKS] = smooth.calm(blinks, width / 2, _BLINK_TREMBLE)[..., 0]
    rotation = smooth.rotations(curves.rotation, width)
    translation = _translation(curves, rotation, fps, width, center)
    gaze = smooth.calm(curves.gaze[:, None], width, _GAZE_TREMBLE)[:, 0]
    _calm(curves.residual, expression[:, _BLINKS], width)
    return Motion(
        fps=fps,
        expression=expression,
        rotation=rotation,
        translation=translation,
        gaze=gaze,
        tracked=tracked,
        neutral=Neutral(
            expression=np.percentile(expression[tracked], _REST, axis=0).astype(np.float32),
            rotation=smooth.mean_rotation(rotation[tracked]),
            translation=np.median(translation[tracked], axis=0).astype(np.float32),
            gaze=np.median(gaze[tracked], axis=0).astype(np.float32),
            residual=_median(curves.residual, np.flatnonzero(tracked)),
        ),
        identity=identity.astype(np.float32),
        residual=curves.residual,
    )


def _spread(faces: list[Packed | None], sample: int) -> list[Packed]:
    """Take at most ``sample`` seen faces, evenly over the clip."""
    seen = [each for each in faces if each is not None]
    places = np.unique(np.linspace(0, len(seen) - 1, sample).round().astype(int))
    return [seen[i] for i in places]


def _blinks(curves: Curves, tracked: NDArray[np.bool_]) -> Floats:
    """Return (T, 2) how far the left and right lids are shut, in [0, 1].

    The lids' own distance counts, against the eyes' openness at rest; the fit alone stops short.
    """
    wide = np.percentile(curves.openness[tracked], 100 - _REST, axis=0)
    wide = np.maximum(wide, _LEAST_OPEN)
    down = 1 - (curves.openness - _SHUT) / (wide - _SHUT)
    seen = np.clip((down - _SLACK) / (1 - _SLACK), 0, 1)
    fitted = _FIT_SHARE * curves.expression[:, _BLINKS]
    return np.maximum(seen, fitted).astype(np.float32)


def _translation(
    curves: Curves, rotation: Floats, fps: float, width: float, center: tuple[float, float]
) -> Floats:
    """Return (T, 3) the neck's place in head units; see ``Motion.translation``.

    The middle of the face is what was seen, so it stays where it was while size and rotation are
    filtered, and the neck goes where they put it.
    """
    size = smooth.steady(curves.size, fps)
    usual = float(np.median(size))
    face = curves.neck + curves.size[:, None] * (curves.rotation @ _FACE)[:, :2]
    face = (face + np.array([-center[0], center[1]], np.float32)) / np.float32(usual)
    face = smooth.calm(face[:, None].astype(np.float32), width, _RESIDUAL_TREMBLE)[:, 0]
    place = np.empty((len(size), 3), np.float32)
    place[:, :2] = face - (size / usual)[:, None] * (rotation @ _FACE)[:, :2]
    place[:, 2] = CAMERA_DISTANCE * (1 - usual / size)
    return place


def _calm(residual: NDArray[np.float16], blinks: Floats, width: float) -> None:
    """Filter the (T, 468, 2) residual in place; shut lids follow their coefficient alone."""
    for at in range(0, residual.shape[1], _CHUNK):
        part = residual[:, at : at + _CHUNK].astype(np.float32)
        residual[:, at : at + _CHUNK] = smooth.calm(part, width, _RESIDUAL_TREMBLE)
    for side, ring in enumerate((EYE_LEFT, EYE_RIGHT)):
        open_share = 1 - np.clip(blinks[:, side], 0, 1)
        residual[:, list(ring)] *= open_share[:, None, None].astype(np.float16)


def _median(residual: NDArray[np.float16], frames: NDArray[np.intp]) -> Floats:
    """Return the (468, 2) median over at most 240 of the frames."""
    places = np.linspace(0, len(frames) - 1, min(_SAMPLE, len(frames))).round().astype(int)
    sample = residual[frames[places]].astype(np.float32)
    return np.asarray(np.median(sample, axis=0), np.float32)
