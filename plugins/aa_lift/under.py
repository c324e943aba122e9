"""The inner loops under the face: the sheet's map, and the person over the plate by that map."""

import numpy as np
from numba import njit

from aa_lift.texture import bilinear
from avatarartist_core.data import Floats, Picture

_STILL = 0.004  # pixels of motion that do not show
_FADE_FROM, _FADE_TO = 0.05, 0.14  # of the frame: how far hair goes on beyond the picture


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def draw_map(points: Floats, rest: Floats, side: int, depth: Floats, source: Floats) -> None:
    """Draw a grid into the map that says which point of the portrait each pixel shows.

    Args:
        points: (side * side, 3) pixel x, y and depth (larger is nearer) of the grid, row by row.
        rest: (side * side, 3) the same at rest.
        side: grid points along a side.
        depth: (H, W) z-buffer, cleared by the caller.
        source: (H, W, 2) x, y; pixels outside the grid keep what they hold.
    """
    height, width = depth.shape
    for cell in range(2 * (side - 1) * (side - 1)):
        row, column = cell // 2 // (side - 1), cell // 2 % (side - 1)
        a = row * side + column
        b, c = (a + 1, a + side + 1) if cell % 2 == 0 else (a + side + 1, a + side)
        ax, ay, az = points[a, 0], points[a, 1], points[a, 2]
        bx, by, bz = points[b, 0] - ax, points[b, 1] - ay, points[b, 2] - az
        cx, cy, cz = points[c, 0] - ax, points[c, 1] - ay, points[c, 2] - az
        area = np.float64(bx) * cy - np.float64(cx) * by
        if abs(area) < 1e-9:
            continue
        left = max(int(np.ceil(ax + min(0.0, bx, cx) - 1e-3)), 0)
        right = min(int(np.floor(ax + max(0.0, bx, cx) + 1e-3)), width - 1)
        top = max(int(np.ceil(ay + min(0.0, by, cy) - 1e-3)), 0)
        bottom = min(int(np.floor(ay + max(0.0, by, cy) + 1e-3)), height - 1)
        if left > right or top > bottom:
            continue
        ux, uy = np.float32(cy / area), np.float32(-cx / area)
        vx, vy = np.float32(-by / area), np.float32(bx / area)
        ou, ov = rest[a, 0], rest[a, 1]
        bu, bv = rest[b, 0] - ou, rest[b, 1] - ov
        cu, cv = rest[c, 0] - ou, rest[c, 1] - ov
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                p = ux * (x - ax) + uy * (y - ay)
                q = vx * (x - ax) + vy * (y - ay)
                if p >= -1e-4 and q >= -1e-4 and p + q <= 1.0001:
                    z = az + p * bz + q * cz
                    if z > depth[y, x]:
                        depth[y, x] = z
                        source[y, x, 0] = ou + p * bu + q * cu
                        source[y, x, 1] = ov + p * bv + q * cv


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def reveal(
    frame: Picture,
    source: Floats,
    texels: Picture,
    plate: Picture,
    cover: Picture,
    touch: Picture,
) -> None:
    """Draw the person by the map, over the plate or into an alpha channel.

    Args:
        frame: (H, W, 3) to draw, or (H, W, 4) whose alpha becomes the cover.
        source: (H, W, 2) x, y in the portrait.
        texels: (H * W * 3,) portrait, of the frame's size.
        plate: (H, W, 3) what lies behind.
        cover: (H, W, 1) share of the portrait over the plate.
        touch: (H, W, 1) person; what touches the picture's border goes on beyond it.
    """
    height, width = frame.shape[0], frame.shape[1]
    clear = frame.shape[2] == 4
    half, whole = np.float32(0.5), np.float32(255)
    for y in range(height):
        for x in range(width):
            u, v = source[y, x, 0], source[y, x, 1]
            share = np.float32(bilinear(cover, u, v, 0))
            over = max(max(-u, u - (width - 1)), max(-v, v - (height - 1)))
            if over > 0:
                start = min(over / (0.012 * height), 1.0)
                far = max(max(-u, u - (width - 1)), -v) / height
                far = min(max((far - _FADE_FROM) / (_FADE_TO - _FADE_FROM), 0.0), 1.0)
                on = bilinear(touch, u, v, 0) * (1 - far * far * (3 - 2 * far))
                share = np.float32(min(share, share + start * (on - share)))
            if clear:
                frame[y, x, 3] = np.uint8(share + half)
            elif share < half:
                for k in range(3):
                    frame[y, x, k] = plate[y, x, k]
                continue
            i, j = int(np.floor(u)), int(np.floor(v))
            s, t = np.float32(u - np.float32(i)), np.float32(v - np.float32(j))
            if abs(u - x) < _STILL and abs(v - y) < _STILL:
                for k in range(3):
                    frame[y, x, k] = texels[(y * width + x) * 3 + k]
            elif i < 1 or j < 1 or i > width - 3 or j > height - 3:
                _read_border(frame, y, x, texels, i, j, s, t)
            else:
                _read(frame, y, x, texels, np.uintp(((j - 1) * width + i - 1) * 3), s, t)
            if not clear and share < whole - half:
                part = share / whole
                for k in range(3):
                    under = np.float32(plate[y, x, k])
                    mixed = under + part * (np.float32(frame[y, x, k]) - under)
                    frame[y, x, k] = np.uint8(mixed + half)


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _read(frame: Picture, y: int, x: int, texels: Picture, at: int, s: float, t: float) -> None:
    """Set a pixel by Catmull-Rom splines from the 4 x 4 texels that start at ``at``."""
    one, two, half = np.float32(1), np.float32(2), np.float32(0.5)
    three, four, five = np.float32(3), np.float32(4), np.float32(5)
    a0 = half * s * (s * (two - s) - one)
    a1 = half * (s * s * (three * s - five) + two)
    a2 = half * s * (s * (four - three * s) + one)
    a3 = half * s * s * (s - one)
    b0 = half * t * (t * (two - t) - one)
    b1 = half * (t * t * (three * t - five) + two)
    b2 = half * t * (t * (four - three * t) + one)
    b3 = half * t * t * (t - one)
    step = np.uintp(frame.shape[1] * 3)
    for k in range(3):
        n = at + np.uintp(k)
        value = (
            b0 * _line(texels, n, a0, a1, a2, a3)
            + b1 * _line(texels, n + step, a0, a1, a2, a3)
            + b2 * _line(texels, n + step + step, a0, a1, a2, a3)
            + b3 * _line(texels, n + step + step + step, a0, a1, a2, a3)
        )
        frame[y, x, k] = np.uint8(min(max(value + half, np.float32(0)), np.float32(255)))


@njit(cache=True, nogil=True, fastmath=True, inline="always")  # type: ignore[untyped-decorator]
def _line(texels: Picture, n: int, a0: float, a1: float, a2: float, a3: float) -> np.float32:
    first, second = np.float32(texels[n]), np.float32(texels[n + np.uintp(3)])
    third, fourth = np.float32(texels[n + np.uintp(6)]), np.float32(texels[n + np.uintp(9)])
    blend: np.float32 = a0 * first + a1 * second + a2 * third + a3 * fourth
    return blend


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def _read_border(
    frame: Picture, y: int, x: int, texels: Picture, i: int, j: int, s: float, t: float
) -> None:
    """Set a pixel from near or beyond the border, where the texture goes on as in a mirror."""
    height, width = frame.shape[0], frame.shape[1]
    i0, i1 = _mirrored(i, width), _mirrored(i + 1, width)
    j0, j1 = _mirrored(j, height), _mirrored(j + 1, height)
    for k in range(3):
        above = texels[(j0 * width + i0) * 3 + k] * (1 - s) + texels[(j0 * width + i1) * 3 + k] * s
        below = texels[(j1 * width + i0) * 3 + k] * (1 - s) + texels[(j1 * width + i1) * 3 + k] * s
        frame[y, x, k] = np.uint8(above * (1 - t) + below * t + 0.5)


@njit(cache=True, nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def _mirrored(i: int, count: int) -> int:
    """Fold an index back into [0, count) as a mirror on the border's pixel would."""
    i = abs(i) % (2 * count - 2)
    return i if i < count else 2 * count - 2 - i
