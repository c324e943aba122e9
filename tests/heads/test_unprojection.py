from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.raster import interpolate, rasterize
from avatarartist_core.heads.unprojection import merged, unproject
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.testing import sample_portrait

P, R = 256, 64
MESH, WINDOW = anny_mesh(), anny_window()
HEAD = MESH.vertices


def coloured(points):
    """Give every place on the head a colour of its own."""
    return (0.5 + 0.2 * np.sin(points * (2.0, 2.5, 3.0))).astype(np.float32)


def shot(yaw):
    """Draw the coloured head as a camera turned by ``yaw`` sees it."""
    rotation = rotation_from_angles(np.array([yaw, 0, 0], np.float32))
    camera = portrait_camera(replace(sample_portrait(P).fit, rotation=rotation), P, WINDOW)
    cam2world, intrinsics = camera[:16].reshape(4, 4), camera[16:].reshape(3, 3)
    local = (WINDOW.world(HEAD) - cam2world[:3, 3]) @ cam2world[:3, :3]
    shares = local / local[:, 2:] @ intrinsics.T
    points = np.concatenate([shares[:, :2] * P - 0.5, 1 / local[:, 2:]], 1).astype(np.float32)
    raster = rasterize(points, MESH.faces, P, P)
    picture = interpolate(raster, MESH.faces, coloured(HEAD))
    mask = (raster.face >= 0).astype(np.float32)
    return unproject(np.round(picture * 255).astype(np.uint8), mask, HEAD, camera, WINDOW, R)


FRONT = shot(0.0)


def texel_points():
    """Find the head point under every texel by drawing the surface into the texture plane."""
    flat = np.concatenate([(WINDOW.uv + 1) * R / 2 - 0.5, np.zeros((len(WINDOW.uv), 1))], 1)
    shown = WINDOW.mask[WINDOW.faces_uv].min(1) > 0
    raster = rasterize(flat.astype(np.float32), WINDOW.faces_uv[shown], R, R)
    return interpolate(raster, WINDOW.faces[shown], HEAD), raster.face >= 0


def test_seen_texels_have_the_colour_of_their_place_on_the_head():
    points, there = texel_points()
    seen = there & (FRONT.texture[..., 3] > 0.99)
    assert seen.sum() > 0.3 * R * R
    off = np.abs(FRONT.texture[..., :3] - coloured(points))[seen]
    assert np.median(off) < 0.005
    assert np.quantile(off, 0.98) < 0.05


def test_what_is_not_on_the_face_stays_empty():
    _, there = texel_points()
    assert not FRONT.texture[~there].any()


def test_the_front_sheet_is_the_head_seen_straight():
    on_head = (FRONT.front[..., 5] > 0) & (FRONT.front[..., 3] > 0.99)
    steps = (np.arange(R) + 0.5) * (2 / R) - 1
    x, y = np.meshgrid(steps, steps)
    world = np.dstack([x, y, FRONT.front[..., 6]]) * 0.5
    head = (world - WINDOW.shift) / WINDOW.scale
    assert np.median(np.abs(FRONT.front[..., :3] - coloured(head))[on_head]) < 0.01


@pytest.mark.parametrize("side", [1, -1])
def test_a_turned_head_hides_its_far_side(side):
    # A head turned to the picture's right (positive yaw) shows its own right cheek, where x < 0.
    points, there = texel_points()
    seen = shot(side * 0.8).texture[..., 3]
    near, far = (there & (np.abs(points[..., 0] - sign * side * 0.55) < 0.1) for sign in (-1, 1))
    assert seen[near].mean() > 0.7
    assert seen[far].mean() < 0.1


def test_two_sides_merged_show_what_either_shows():
    left, right = shot(0.8), shot(-0.8)
    both = merged([left, right])
    points, there = texel_points()
    seen = both.texture[..., 3]
    assert np.all(seen >= np.maximum(left.texture[..., 3], right.texture[..., 3]) - 1e-6)
    clear = there & (seen > 0.9)
    assert np.median(np.abs(both.texture[..., :3] - coloured(points))[clear]) < 0.01


def test_beyond_the_picture_nothing_is_seen():
    _, there = texel_points()
    portrait = sample_portrait(P)
    near = replace(portrait.fit, scale=4 * portrait.fit.scale)
    camera = portrait_camera(near, P, WINDOW)
    close = unproject(portrait.picture, portrait.mask, HEAD, camera, WINDOW, R)
    assert close.texture[..., 3][there].mean() < 0.5 * FRONT.texture[..., 3][there].mean()
