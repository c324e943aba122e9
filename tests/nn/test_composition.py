"""Masks of mesh maps, drawing the texture, and blending into the front plane."""

import pytest
import torch

from avatarartist_core.nn.composition import (
    blend_face,
    copy_masks,
    draw_face,
    draw_texture,
    face_masks,
    find_holes,
)
from avatarartist_core.nn.face_box import FaceBox
from tests.nn import reference
from tests.nn.golden import error, golden, recipe

BOX = FaceBox()


@pytest.fixture
def ring():
    """An (1, 64, 64, 3) map of a disc with a tall hole that crosses the row of the mouth."""
    row, column = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    face = ((row - 32) ** 2 + (column - 32) ** 2 < 25**2) & ~(
        ((row - 21).abs() < 6) & ((column - 32).abs() < 4)
    )
    place = torch.stack([column, row], -1) / 32 - 1
    return torch.cat([place * 0.8 * face[..., None], face[..., None]], -1)[None]


def test_masks_and_condition_are_the_authors():
    """Golden: masks equal, drawing within 1e-6 (largest error over largest value)."""
    theirs, given = golden("compose.safetensors"), recipe()
    mesh_map = given.mesh_map()
    masks = face_masks(mesh_map, BOX)
    assert torch.equal(masks.drawn[:, 0], theirs["mesh_alpha"].float())
    assert torch.equal(masks.full, theirs["full_alpha"].float())
    holes = find_holes(mesh_map[..., 2] > 0.5)
    assert torch.equal(holes[:, None].float(), theirs["hole_mask"].float())
    texture = given.normal("cmp.tex", (1, 2, 256, 256))
    front = given.normal("cmp.static", (1, 2, 256, 256))
    drawn = draw_face(texture, front, mesh_map, masks, BOX, 256)
    seen = torch.cat([drawn, masks.copied], dim=1)[:, :, ::4, ::4]
    assert error(seen, theirs["rendering_image"]) < 1e-6
    kept = {32: 1, 64: 1, 128: 4, 256: 4}
    masks_by_size = copy_masks(masks, tuple(kept))
    for k, (mask, every) in enumerate(zip(masks_by_size, kept.values(), strict=True), 1):
        assert error(mask[..., ::every, ::every], theirs[f"mask{k}"]) < 1e-6


def test_the_window_scales_with_the_plane():
    assert BOX.window(256) == (slice(57, 185), slice(64, 192))
    assert BOX.window(64) == (slice(14, 46), slice(16, 48))
    assert BOX.window(32) == (slice(7, 23), slice(8, 24))
    assert (BOX.first_copied_row(256), BOX.first_copied_row(64)) == (87, 21)


def test_only_what_the_corner_reaches_is_outside():
    drawn = torch.tensor(
        [
            [0, 0, 0, 1, 0],  # the last pixel is cut off from the corner: a hole by definition
            [0, 1, 1, 0, 1],
            [0, 1, 0, 1, 0],  # meets the outside only over a corner: a hole
            [0, 1, 1, 1, 0],
            [0, 0, 0, 0, 0],
        ]
    ).bool()
    covered = drawn.clone()
    covered[0, 0] = True
    holes = find_holes(torch.stack([drawn, covered]))
    assert holes[0].nonzero().tolist() == [[0, 4], [1, 3], [2, 2]]
    assert torch.equal(holes[1], ~covered)


def test_holes_are_copied_from_the_row_of_the_mouth_up(ring):
    masks = face_masks(ring, BOX)
    hole = masks.full - masks.drawn
    assert hole.sum() == 11 * 7
    assert torch.equal((masks.copied - masks.drawn)[:, :, 21:], hole[:, :, 21:])
    assert (masks.copied - masks.drawn)[:, :, :21].sum() == 0


def test_the_texture_is_read_as_in_plain_loops(ring):
    texture = torch.randn(1, 2, 9, 9, generator=torch.Generator().manual_seed(3))
    drawn = draw_texture(texture, ring)
    for row, column in ((30, 12), (40, 50), (3, 3)):
        expected = reference.read_plane(texture[0], *ring[0, row, column, :2].tolist())
        assert drawn[0, :, row, column].tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("size", [16, 64])
def test_the_drawing_is_texture_on_the_face_and_the_window_round_it(ring, size):
    texture, front = torch.ones(1, 2, size, size), torch.zeros(1, 2, 64, 64)
    rows, columns = BOX.window(64)
    front[..., rows, columns] = -1
    drawn = draw_face(texture, front, ring, face_masks(ring, BOX), BOX, size)
    nothing_copied = face_masks(ring, FaceBox(hole_row=256))
    (mesh,) = copy_masks(nothing_copied, (size,))
    torch.testing.assert_close(drawn, (2 * mesh - 1).expand_as(drawn))


def test_only_the_front_plane_changes_and_only_in_its_window(ring):
    planes = torch.randn(1, 3, 4, 64, 64, generator=torch.Generator().manual_seed(4))
    blended = blend_face(planes, torch.ones(1, 4, 64, 64), face_masks(ring, BOX), BOX)
    assert torch.equal(blended[:, 1:], planes[:, 1:])
    rows, columns = BOX.window(64)
    outside = torch.ones(64, 64, dtype=torch.bool)
    outside[rows, columns] = False
    assert torch.equal(blended[:, 0, :, outside], planes[:, 0, :, outside])
    assert (blended[:, 0, :, 30, 32] == 1).all()
    assert torch.equal(blended[:, 0, :, 14, 16], planes[:, 0, :, 14, 16])


def test_gradients_reach_texture_planes_and_refined_face(ring):
    texture, front = torch.rand(1, 2, 64, 64), torch.rand(1, 2, 64, 64)
    planes, refined = torch.rand(1, 3, 2, 64, 64), torch.rand(1, 2, 64, 64)
    given = [tensor.requires_grad_() for tensor in (texture, front, planes, refined)]
    masks = face_masks(ring, BOX)
    drawn = draw_face(texture, front, ring, masks, BOX, 32)
    blended = blend_face(planes, refined, masks, BOX)
    (drawn.square().sum() + blended.square().sum()).backward()
    assert all(tensor.grad.abs().sum() > 0 for tensor in given)
