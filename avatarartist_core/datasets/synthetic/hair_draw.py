"""Draws shells of hair strand by strand, and colours them."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import angle_of
from avatarartist_core.datasets.synthetic.shading import shown, sky_at
from avatarartist_core.datasets.synthetic.shadow import reached

_EDGE = 1e-6


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def strand_at(values: Floats, cut: Floats, noise: Floats, out: Floats) -> bool:
    """Tell whether a strand covers a place, and write its two noises.

    Args:
        values: (6,) as in ``Hair.strand``.
        cut: (7,) strands round the head, wave, waves, curl, ragged, fluff, 0.
        noise: (2, R, C) fine and coarse, unit variance; repeats after ``strands`` columns and after
            R rows, a power of two.
        out: (2,) fine and coarse noise at the place.
    """
    columns, rows = int(cut[0]), noise.shape[1] - 1
    along = values[2]
    turn = angle_of(values[0], values[1]) * 0.15915494 + 0.5
    turn += cut[1] * 0.1 * np.sin(along * cut[2] * 6.2831853 + turn * 12.566371)
    rate = 1.1 + cut[3] * (columns * 0.159 - 1.1)
    x, y = (turn - np.floor(turn)) * columns, along * rate
    coarse = max(columns // 5, 1)
    for k in range(2):
        wide = columns if k == 0 else coarse
        px = x if k == 0 else x * coarse / columns
        py = y if k == 0 else y * (0.7 - 0.45 * cut[3]) + 7.3
        left, top = int(px), int(np.floor(py))
        fx, fy = px - left, py - top
        fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
        right = left + 1 if left + 1 < wide else 0
        upper, lower = top & rows, (top + 1) & rows
        a = noise[k, upper, left] + fx * (noise[k, upper, right] - noise[k, upper, left])
        b = noise[k, lower, left] + fx * (noise[k, lower, right] - noise[k, lower, left])
        out[k] = a + fy * (b - a)
    height = values[4]
    uneven = min(max(0.5 * out[0] + 0.9 * out[1], -1.3), 1.3)
    edge = values[3] + cut[4] * uneven - 0.04 * height
    if edge < 0:
        return False
    if height < 0.3:
        return True
    sparse = (height - 0.25) / 0.75 * cut[5]
    return out[0] * 0.75 + out[1] * 0.45 > -2.0 + 3.0 * sparse


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def draw_hair(
    points: Floats,
    faces: NDArray[np.int32],
    first: int,
    strand: Floats,
    cut: Floats,
    noise: Floats,
    depth: Floats,
    face: NDArray[np.int32],
    weights: Floats,
) -> None:
    """Draw triangles where strands cover them into buffers as ``heads.raster`` has them.

    Triangle t is written as ``first + t``; triangles are drawn last to first, so that the outer
    shells spare the inner ones work.
    """
    height, width = face.shape
    values, found = np.empty(6, np.float32), np.empty(2, np.float32)
    for t in range(faces.shape[0] - 1, -1, -1):
        a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
        if max(strand[a, 3], strand[b, 3], strand[c, 3]) + 1.3 * cut[4] < 0:
            continue
        ax, ay = np.float64(points[a, 0]), np.float64(points[a, 1])
        bx, by = points[b, 0] - ax, points[b, 1] - ay
        cx, cy = points[c, 0] - ax, points[c, 1] - ay
        area = bx * cy - cx * by
        if abs(area) < 1e-12:
            continue
        left = int(np.ceil(max(ax + min(0.0, bx, cx) - 1e-4, 0.0)))
        right = int(np.floor(min(ax + max(0.0, bx, cx) + 1e-4, width - 1.0)))
        top = int(np.ceil(max(ay + min(0.0, by, cy) - 1e-4, 0.0)))
        bottom = int(np.floor(min(ay + max(0.0, by, cy) + 1e-4, height - 1.0)))
        if left > right or top > bottom:
            continue
        ux, uy = cy / area, -cx / area
        vx, vy = -by / area, bx / area
        az = np.float64(points[a, 2])
        bz, cz = points[b, 2] - az, points[c, 2] - az
        for y in range(top, bottom + 1):
            u = ux * (left - ax) + uy * (y - ay)
            v = vx * (left - ax) + vy * (y - ay)
            for x in range(left, right + 1):
                if u >= -_EDGE and v >= -_EDGE and u + v <= 1.0 + _EDGE:
                    z = np.float32(az + u * bz + v * cz)
                    if z > depth[y, x]:
                        w = 1.0 - u - v
                        for k in range(6):
                            values[k] = w * strand[a, k] + u * strand[b, k] + v * strand[c, k]
                        if strand_at(values, cut, noise, found):
                            depth[y, x] = z
                            face[y, x] = first + t
                            weights[y, x, 0] = u
                            weights[y, x, 1] = v
                u += ux
                v += vx


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shade_hair(
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    first: int,
    points: Floats,
    normals: Floats,
    tangents: Floats,
    strand: Floats,
    cut: Floats,
    noise: Floats,
    colours: Floats,
    sky: Floats,
    lamps: Floats,
    viewer: Floats,
    dark: Floats,
    axes: Floats,
    picture: Floats,
) -> None:
    """Write display colours into the pixels that see hair: Kajiya and Kay's strands.

    Args:
        face: (H, W), and so on: as ``draw_hair`` left them.
        weights: (H, W, 2)
        faces: (F, 3)
        first: number of the first triangle.
        points: (N, 3) head units.
        normals: (N, 3)
        tangents: (N, 3)
        strand: (N, 6)
        cut: (7,)
        noise: (2, R, C)
        colours: (3, 3) linear: roots, tips, and gloss in the first number of the last row.
        sky: (9, 3) of ``Light``.
        lamps: (4, 3) key light's direction and colour, rim light's direction and colour.
        viewer: (3,) the camera's place, head units.
        dark: (S, S) depth of ``Shadow``.
        axes: (4, 3) of ``Shadow``.
        picture: (H, W, 3) written.
    """
    values, found = np.empty(6, np.float32), np.empty(2, np.float32)
    at, n, s, eye = np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    key, rim = lamps[0], lamps[2]
    for row in range(face.shape[0]):
        for column in range(face.shape[1]):
            t = face[row, column] - first
            if t < 0 or t >= faces.shape[0]:
                continue
            u, v = weights[row, column, 0], weights[row, column, 1]
            w = np.float32(1.0) - u - v
            a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
            for k in range(6):
                values[k] = w * strand[a, k] + u * strand[b, k] + v * strand[c, k]
            strand_at(values, cut, noise, found)
            length = 0.0
            for k in range(3):
                at[k] = w * points[a, k] + u * points[b, k] + v * points[c, k]
                n[k] = w * normals[a, k] + u * normals[b, k] + v * normals[c, k]
                s[k] = w * tangents[a, k] + u * tangents[b, k] + v * tangents[c, k]
                eye[k] = viewer[k] - at[k]
                length += eye[k] * eye[k]
            length = np.sqrt(length)
            unit = 1.0 / np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2] + 1e-12)
            facing = 0.0
            for k in range(3):
                eye[k] /= length
                n[k] *= unit
                facing += n[k] * eye[k]
            inner = 1.0
            if facing < 0:  # the inside of a curtain of hair
                inner = 0.45
                for k in range(3):
                    n[k] = -n[k]
            shift = 0.1 + 0.16 * found[0]
            sh, hh, ss, lit, back = 0.0, 0.0, 0.0, 0.0, 0.0
            for k in range(3):
                half = key[k] + eye[k]
                moved = s[k] + shift * n[k]
                sh += moved * half
                hh += half * half
                ss += moved * moved
                lit += n[k] * key[k]
                back += n[k] * rim[k]
            cosine = sh * sh / (hh * ss + 1e-9)
            sharp = max(1.0 - cosine, 0.0)
            broad = sharp**6
            sharp = sharp**32
            open_air = (0.45 + 0.55 * values[4]) * inner
            seen = reached(
                at[0] + 0.06 * n[0], at[1] + 0.06 * n[1], at[2] + 0.06 * n[2], dark, axes
            )
            direct = max((lit + 0.3) / 1.3, 0.0) * seen * inner
            tint = max(1.0 + 0.22 * found[0] + 0.16 * found[1], 0.25) * (0.6 + 0.4 * values[4])
            tip = min(max(values[5], 0.0), 1.0)
            back = max(back, 0.0) * (1.1 - abs(facing))
            for k in range(3):
                base = (colours[0, k] + (colours[1, k] - colours[0, k]) * tip) * tint
                light = sky_at(sky, k, n[0], n[1], n[2]) * open_air
                light += direct * lamps[1, k] + back * lamps[3, k] * inner
                sheen = (
                    colours[2, 0]
                    * direct
                    * lamps[1, k]
                    * (0.16 * sharp + broad * 0.9 * base + 0.012 * broad)
                )
                picture[row, column, k] = shown(base * light + sheen)
