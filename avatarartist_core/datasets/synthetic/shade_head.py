"""Colours every pixel that sees the head: skin, cloth, eyes and mouth under the light."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.geometry import place
from avatarartist_core.datasets.synthetic.shading import (
    below_collar,
    eyeball,
    fabric,
    gleam,
    shown,
    sky_at,
    step,
    tooth,
)
from avatarartist_core.datasets.synthetic.shadow import reached

_CAVITY, _SOCKET, _LEFT, _RIGHT, _UPPER, _LOWER, _TONGUE = range(1, 8)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")  # type: ignore[untyped-decorator]
def shade_head(
    face: NDArray[np.int32],
    weights: Floats,
    faces: NDArray[np.int32],
    part: NDArray[np.uint8],
    points: Floats,
    rest: Floats,
    normals: Floats,
    occlusion: Floats,
    painting: Floats,
    eyes: Floats,
    centers: Floats,
    axis: Floats,
    cloth: Floats,
    mouth: Floats,
    sky: Floats,
    lamps: Floats,
    viewer: Floats,
    dark: Floats,
    axes: Floats,
    picture: Floats,
) -> None:
    """Write display colours into the pixels of ``picture`` that see one of ``faces``.

    Args:
        face: (H, W) triangle that each pixel sees; numbers past ``faces`` are other things.
        weights: (H, W, 2) as ``heads.raster`` gives them.
        faces: (F, 3).
        part: (F,) of ``heads.mesh.PARTS``.
        points: (V, 3) where the vertices are, head units.
        rest: (V, 3) where they are on the laid open mean head.
        normals: (V, 3)
        occlusion: (V,) share of the sky that they see.
        painting: (S, S, 4) linear skin colour, and gloss in [0, 1].
        eyes: (15,) of ``Eyes.values``.
        centers: (2, 3) of the left and right eyeball on the mean head.
        axis: (3,) where the eyes look.
        cloth: (13,) of ``Clothes.values``.
        mouth: (7,) light inside the mouth in [0, 1], tooth colour, tongue colour.
        sky: (9, 3) of ``Light``.
        lamps: (4, 3) key light's direction and colour, rim light's direction and colour.
        viewer: (3,) the camera's place, head units.
        dark: (S, S) depth of ``Shadow``.
        axes: (4, 3) of ``Shadow``.
        picture: (H, W, 3) written.
    """
    side = painting.shape[0]
    out = np.empty(3, np.float32)
    eye, at, glint = np.empty(3, np.float32), np.empty(3, np.float32), np.empty(3, np.float32)
    key, rim = lamps[0], lamps[2]
    soft = (0.38, 0.24, 0.18)  # how far light creeps round skin, red farthest
    for row in range(face.shape[0]):
        for column in range(face.shape[1]):
            t = face[row, column]
            if t < 0 or t >= faces.shape[0]:
                continue
            u, v = weights[row, column, 0], weights[row, column, 1]
            w = np.float32(1.0) - u - v
            a, b, c = faces[t, 0], faces[t, 1], faces[t, 2]
            x = w * rest[a, 0] + u * rest[b, 0] + v * rest[c, 0]
            y = w * rest[a, 1] + u * rest[b, 1] + v * rest[c, 1]
            z = w * rest[a, 2] + u * rest[b, 2] + v * rest[c, 2]
            nx = w * normals[a, 0] + u * normals[b, 0] + v * normals[c, 0]
            ny = w * normals[a, 1] + u * normals[b, 1] + v * normals[c, 1]
            nz = w * normals[a, 2] + u * normals[b, 2] + v * normals[c, 2]
            length = 1.0 / np.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
            nx, ny, nz = nx * length, ny * length, nz * length
            length = 1e-12
            for k in range(3):
                at[k] = w * points[a, k] + u * points[b, k] + v * points[c, k]
                eye[k] = viewer[k] - at[k]
                length += eye[k] * eye[k]
            length = 1.0 / np.sqrt(length)
            for k in range(3):
                eye[k] *= length
            free = w * occlusion[a] + u * occlusion[b] + v * occlusion[c]
            facing = max(nx * eye[0] + ny * eye[1] + nz * eye[2], 0.0)
            kind = part[t]
            shine = 0.0
            creep = 1.0
            if kind == 0:
                below = below_collar(x, y, z, cloth)
                if below > 0:
                    fabric(x, y, z, below, cloth, out)
                    creep = 0.3
                else:
                    pu, pv = place(x, y, z)
                    px = min(max(pu * side - 0.5, 0.0), side - 1.001)
                    py = min(max(pv * side - 0.5, 0.0), side - 1.001)
                    ix, iy = int(px), int(py)
                    fx, fy = px - ix, py - iy
                    gloss = 0.0
                    for k in range(4):
                        top = painting[iy, ix, k] + fx * (
                            painting[iy, ix + 1, k] - painting[iy, ix, k]
                        )
                        low = painting[iy + 1, ix, k] + fx * (
                            painting[iy + 1, ix + 1, k] - painting[iy + 1, ix, k]
                        )
                        value = top + fy * (low - top)
                        if k < 3:
                            out[k] = value
                        else:
                            gloss = value
                    fresnel = 0.25 + 0.75 * (1 - facing) ** 4
                    shine = gloss * (0.28 * gleam(nx, ny, nz, key, eye, 4) + 0.05 * fresnel)
                    shine += gloss * gloss * 0.3 * gleam(nx, ny, nz, key, eye, 6)
                    # Creases that the mesh has are darker than open skin, but blood shows in them.
                    free = 0.25 + 0.75 * free
            elif kind in (_LEFT, _RIGHT):
                e = kind - _LEFT
                ex, ey, ez = x - centers[e, 0], y - centers[e, 1], z - centers[e, 2]
                length = 1.0 / np.sqrt(ex * ex + ey * ey + ez * ez + 1e-12)
                eyeball(ex * length, ey * length, ez * length, eyes, out)
                ahead = nx * axis[0] + ny * axis[1] + nz * axis[2]
                bulge = 1.3 * step(0.9, 0.97, ahead)  # the cornea is rounder than the ball
                gx = nx + (nx - axis[0] * ahead) * bulge
                gy = ny + (ny - axis[1] * ahead) * bulge
                gz = nz + (nz - axis[2] * ahead) * bulge
                length = 1.0 / np.sqrt(gx * gx + gy * gy + gz * gz)
                for k in range(3):  # a lamp near the viewer: eyes that catch no light look dead
                    glint[k] = key[k] + 1.6 * eye[k] + (0.35 if k == 1 else 0.0)
                ahead = 1.0 / np.sqrt(glint[0] ** 2 + glint[1] ** 2 + glint[2] ** 2)
                for k in range(3):
                    glint[k] *= ahead
                shine = 0.9 * gleam(gx * length, gy * length, gz * length, glint, eye, 8)
                shine += 0.05 * step(0.2, 0.9, gy * length)
                free = 0.85 - 0.55 * step(0.1, 0.55, ny)  # shade of the upper lid
            elif kind in (_UPPER, _LOWER):
                tooth(
                    x,
                    y,
                    z,
                    kind == _UPPER,
                    mouth[1:4],
                    out,
                )
                free = min(1.25 * mouth[0], 1.0) * step(-0.3, 0.15, z)
                shine = 0.25 * free * gleam(nx, ny, nz, key, eye, 5)
            elif kind == _TONGUE:
                for k in range(3):
                    out[k] = mouth[4 + k]
                free = 0.45 * mouth[0] * step(-0.4, 0.14, z)
                shine = 0.15 * free * gleam(nx, ny, nz, key, eye, 5)
            elif kind == _CAVITY:
                for k in range(3):
                    out[k] = 0.3 * mouth[4 + k]
                free = mouth[0] * step(-0.5, 0.28, z) * 0.4
            else:
                for k in range(3):
                    out[k] = 0.35 * painting[side // 2, side // 2, k]
                free = 0.3
            lit = nx * key[0] + ny * key[1] + nz * key[2]
            back = max(nx * rim[0] + ny * rim[1] + nz * rim[2], 0.0) * (1.2 - facing)
            red = np.sqrt(free) * 0.3 + free * 0.7
            seen = 1.0
            if lit > -0.4:
                seen = reached(at[0] + 0.05 * nx, at[1] + 0.05 * ny, at[2] + 0.05 * nz, dark, axes)
            seen *= min(free * 1.4, 1.0)
            for k in range(3):
                wrap = soft[k] * creep
                direct = max((lit + wrap) / (1 + wrap), 0.0)
                sky_light = sky_at(sky, k, nx, ny, nz) * (red if k == 0 else free)
                light = sky_light + direct * lamps[1, k] * seen
                light += back * lamps[3, k] * free
                value = out[k] * light + shine * lamps[1, k] * seen
                picture[row, column, k] = shown(value)
