import numpy as np
import pytest
import torch

from aa_vit.config import TINY
from aa_vit.model import MotionViT
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.mesh_map import maps_of
from avatarartist_core.heads.view_map import view_map
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.nn.surface.config import SurfaceConfig
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig
from avatarartist_core.testing import sample_portrait

SIDE = 64
SHAPE = TINY.model_copy(
    update={
        "residual": True,
        "surface": SurfaceConfig(width=8),
        "volume": VolumeConfig(resolution=16, coarse=8, fine=0, axes=EVERY_AXES),
        "output_size": SIDE,
    }
)
WINDOW, HEAD = anny_window(), anny_mesh().vertices
CAMERA = portrait_camera(sample_portrait(SIDE).fit, SIDE, WINDOW)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return MotionViT(SHAPE.model_dump())


def drawn(model, planes, view=True):
    mesh = torch.from_numpy(maps_of(WINDOW, [HEAD], 1))
    seen = torch.from_numpy(view_map(WINDOW, HEAD, CAMERA, SIDE))[None] if view else None
    avatar = model.avatar_features(torch.zeros(1, 3, 128, 128), planes, torch.zeros(1, 54))
    label = torch.from_numpy(CAMERA)[None]
    return model.frame(avatar, torch.zeros(1, 54), mesh, label, view=seen)


def outlined(colour):
    """A ball of one colour: its outlines in the fourth channel of the static planes."""
    planes = torch.zeros(1, 4, 8, 64, 64)
    steps = torch.linspace(-1, 1, 64)
    ball = (steps[:, None] ** 2 + steps**2 < 0.25).float()
    planes[:, 0, 3] = 1
    planes[:, 1:, 3] = ball
    planes[:, :2, :3] = torch.tensor(colour)[:, None, None]
    return planes


def test_an_untaught_network_draws_what_the_planes_hold(model):
    with torch.no_grad():
        red = drawn(model, outlined([5.0, -5.0, -5.0]))
    middle = red.picture[0, :, SIDE // 2, SIDE // 2]
    assert middle[0] > 0.7
    assert middle[1:].max() < -0.7
    assert red.alpha[0, 0, SIDE // 2, SIDE // 2] > 0.95
    assert red.alpha[0, 0, 0, 0] < 0.05
    assert red.picture[0, :, 4, 4].max() < -0.95  # enlarging greys the outermost pixels


def test_every_part_learns(model):
    optimiser = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 0.05)
    for step in range(3):
        optimiser.zero_grad()
        result = drawn(model, outlined([1.0, 0.0, -1.0]) + 0.1 * torch.randn(1, 4, 8, 64, 64))
        chance = np.random.default_rng(step)
        wanted = torch.from_numpy(chance.random(result.picture.shape, np.float32))
        (result.picture - wanted).square().mean().backward()
        optimiser.step()
    moved = {
        name.partition(".")[0]
        for name, parameter in model.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().max() > 0
    }
    assert moved >= {
        "surface",
        "field",
        "face",
        "triplane_decoder",
        "motion_transformer",
        "plane_encoder",
        "super_resolution",
        "global_encoder",
        "detail_encoder",
    }


def test_a_view_map_is_asked_for(model):
    with pytest.raises(ValueError, match="view maps"):
        drawn(model, outlined([0.0, 0.0, 0.0]), view=False)


def test_preparing_it_for_speed_changes_nothing(model):
    with torch.no_grad():
        plain = drawn(model, outlined([1.0, 0.5, -0.5]))
        quick = drawn(model.fixed(), outlined([1.0, 0.5, -0.5]))
    torch.testing.assert_close(quick.picture, plain.picture, atol=2e-3, rtol=0)
    torch.testing.assert_close(quick.alpha, plain.alpha, atol=2e-3, rtol=0)
