"""Draws what needs every sample: lids, eyes, mouth and the edges of the face."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from aa_lift.place import ATTRIBUTES, EYE, MOUTH, SPREAD
from aa_lift.texture import bilinear
from avatarartist_core.data import Floats, Picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def shade(
    frame: Picture,
    flags: NDArray[np.uint8],
    left: int,
    top: int,
    samples: int,
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    values: Floats,
    inside: NDArray[np.uint8],
    eye: NDArray[np.int32],
    eye_weights: Floats,
    eye_faces: NDArray[np.int32],
    eye_at: tuple[int, int],
    mouth: Picture,
    mouth_at: tuple[int, int],
    picture: Picture,
    eyes: Picture,
    lids: Picture,
    hidden: Picture,
    shut: tuple[float, float],
    middle: int,
) -> None:
    """Draw the flagged pixels over the frame.

    Args:
        frame: (H, W, 3 or 4) to change; a fourth channel is alpha.
        flags: (h, w), see ``place``, as are the next seven.
        left: see ``place``.
        top: see ``place``.
        samples: see ``place``.
        face: see ``place``.
        weights: see ``place``.
        faces: see ``place``.
        values: see ``place``.
        inside: see ``place``.
        eye: triangles of eyeballs and sockets in their own window.
        eye_weights: of these.
        eye_faces: (F, 3) triangles.
        eye_at: column and row of the eyes' window among the samples.
        mouth: colours of the inside of the mouth in its own window.
        mouth_at: column and row of the mouth's window among the samples.
        picture: (H, W, 3) portrait.
        eyes: (H, W, 3) portrait with whole eyeballs.
        lids: (H, W, 3) portrait with closed lids.
        hidden: (H, W, 3) face from the front with its hidden side, for what the portrait lacks.
        shut: how far the lids of the eye left and right of ``middle`` are painted over the eye.
        middle: column of the samples between the eyes.
    """
    height, width = flags.shape
    count = samples * samples
    mean = np.zeros(ATTRIBUTES, np.float32)
    one = np.zeros(ATTRIBUTES, np.float32)
    colour = np.zeros(3, np.float32)
    for y in range(height):
        for x in range(width):
            if flags[y, x] == 0:
                continue
            under = frame[top + y, left + x]
            on_skin = on_eye = 0
            closed = shut[0] if x * samples < middle else shut[1]
            mean[:] = 0
            eye_u = eye_v = 0.0
            u_low = v_low = 1e9
            u_high = v_high = -1e9
            colour[:] = 0
            clear = 0.0  # share of the pixel that shows what the frame already holds
            for s in range(count):
                row, column = y * samples + s // samples, x * samples + s % samples
                t = face[row, column]
                if t >= 0:
                    on_skin += 1
                    _corners(
                        faces, values, t, weights[row, column, 0], weights[row, column, 1], one
                    )
                    for k in range(ATTRIBUTES):
                        mean[k] += one[k]
                    u_low = min(u_low, one[0])
                    u_high = max(u_high, one[0])
                    v_low = min(v_low, one[1])
                    v_high = max(v_high, one[1])
                elif inside[row, column] == EYE:
                    on_eye += 1
                    i, j = column - eye_at[0], row - eye_at[1]
                    t = eye[j, i]
                    _corners(eye_faces, values, t, eye_weights[j, i, 0], eye_weights[j, i, 1], one)
                    eye_u += one[0]
                    eye_v += one[1]
                elif inside[row, column] == MOUTH:
                    i, j = column - mouth_at[0], row - mouth_at[1]
                    for k in range(3):
                        colour[k] += mouth[j, i, k]
                else:
                    clear += 1
            if on_eye > 0:
                eye_u /= on_eye
                eye_v /= on_eye
                for k in range(3):
                    c = bilinear(eyes, eye_u, eye_v, k)
                    if closed > 0.004:
                        c += closed * (bilinear(lids, eye_u, eye_v, k) - c)
                    colour[k] += on_eye * c
            if on_skin > 0:
                for k in range(ATTRIBUTES):
                    mean[k] /= on_skin
                if u_high - u_low < SPREAD and v_high - v_low < SPREAD:
                    _skin(mean, on_skin, picture, lids, hidden, colour)
                    clear += on_skin * (1 - mean[2])
                else:
                    for s in range(count):
                        row, column = y * samples + s // samples, x * samples + s % samples
                        t = face[row, column]
                        if t >= 0:
                            p, q = weights[row, column, 0], weights[row, column, 1]
                            _corners(faces, values, t, p, q, one)
                            _skin(one, 1.0, picture, lids, hidden, colour)
                            clear += 1 - one[2]
            for k in range(3):
                under[k] = np.uint8((colour[k] + clear * under[k]) / count + 0.5)
            if under.shape[0] == 4:
                under[3] = np.uint8((255.0 * (count - clear) + clear * under[3]) / count + 0.5)


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _corners(
    faces: NDArray[np.int32], values: Floats, t: int, p: float, q: float, out: Floats
) -> None:
    a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
    for k in range(ATTRIBUTES):
        out[k] = values[a, k] * (1 - p - q) + values[b, k] * p + values[c, k] * q


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _skin(
    at: Floats, share: float, picture: Picture, lids: Picture, hidden: Picture, colour: Floats
) -> None:
    """Add ``share`` of the skin's colour at these ``ATTRIBUTES``, times its cover."""
    for k in range(3):
        c = bilinear(picture, at[0], at[1], k)
        if at[6] > 0.004:
            c += at[6] * (bilinear(hidden, at[7], at[8], k) - c)
        if at[3] > 0.004:
            c += at[3] * (bilinear(lids, at[4], at[5], k) - c)
        colour[k] += share * at[2] * c
