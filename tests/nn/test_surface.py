import numpy as np
import pytest
import torch

from avatarartist_core.heads.anny_window import anny_window
from avatarartist_core.heads.mesh import anny_mesh
from avatarartist_core.heads.view_map import view_map
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.nn.completion.config import CompletionConfig
from avatarartist_core.nn.completion.planes import EvidenceTensors, PlaneCompletion
from avatarartist_core.nn.surface.blend import SurfaceBlend
from avatarartist_core.nn.volume.decoder import FeatureDecoder, pass_through
from avatarartist_core.testing import sample_portrait

C, R, Q, SIDE = 8, 32, 16, 64
WINDOW = anny_window()
CAMERA = portrait_camera(sample_portrait(SIDE).fit, SIDE, WINDOW)
VIEW = torch.from_numpy(view_map(WINDOW, anny_mesh().vertices, CAMERA, SIDE))[None]
LABEL = torch.from_numpy(CAMERA)[None]


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def blended(texture, front, *, opacity=1.0, picture=0.0):
    blend = SurfaceBlend(C, 8, 0.5)
    with torch.no_grad():
        return blend(
            torch.full((1, 3, SIDE, SIDE), picture),
            torch.full((1, 1, Q, Q), opacity),
            torch.full((1, 1, Q, Q), 2.7),
            texture,
            front,
            VIEW,
            LABEL,
        )


def test_the_face_shows_mostly_the_texture_plane():
    texture, front = torch.zeros(1, C, R, R), torch.zeros(1, C, R, R)
    texture[:, 0], front[:, 1] = 6, 6  # red and green, as logits
    drawn = blended(texture, front)
    face = VIEW[0, ..., 2] > 0
    skin = VIEW[0, ..., 3] == 2
    red, green = (drawn.colour[0, channel] for channel in (0, 1))
    assert (red > green)[face].all()
    assert (green > red)[skin].float().mean() > 0.95


def test_where_nothing_is_opaque_there_is_no_person_and_black():
    drawn = blended(torch.zeros(1, C, R, R), torch.zeros(1, C, R, R), opacity=0.0, picture=-1.0)
    assert drawn.alpha.max() < 0.01
    assert drawn.colour.max() < -0.97


def test_the_front_plane_is_read_at_the_place_a_pixel_shows():
    # A front plane whose colour is its column: what is drawn must grow from left to right.
    columns = torch.linspace(-4, 4, R).expand(1, C, R, R)
    drawn = blended(torch.zeros(1, C, R, R), columns.contiguous())
    row = drawn.colour[0, 0, SIDE - 4]
    assert (row.diff() > -0.005).all()  # head and marched depth meet at the edge
    assert row[-1] - row[0] > 0.3


def test_a_decoder_passes_colours_and_outlines_through():
    decoder = FeatureDecoder(C, 24, C)
    pass_through(decoder, density=15.0)
    planes = torch.randn(50, 3, C) * 0.5
    planes[..., 3] = (torch.rand(50, 3) < 0.6).float()
    density, features = decoder(planes.mean(1))
    wanted = torch.sigmoid(planes[..., :3].sum(1)) * 1.002 - 0.001
    torch.testing.assert_close(features[:, :3], wanted, atol=1e-5, rtol=0)
    inside = planes[..., 3].sum(1)
    torch.testing.assert_close(density[:, 0], 30 * (inside - 2.5), atol=1e-3, rtol=0)


def evidence():
    texture, front = torch.rand(2, 6, R, R), torch.rand(2, 9, R, R)
    return EvidenceTensors(texture, front, torch.rand(2, 2, R, R), torch.rand(2, 2, R, R))


def test_an_untaught_completion_holds_what_it_was_shown():
    network = PlaneCompletion(CompletionConfig(channels=C, side=R, widths=(8, 8, 16)).model_dump())
    seen = evidence()
    with torch.no_grad():
        planes = network(seen)
    assert planes.shape == (2, 4, C, R, R)
    colours = torch.sigmoid(planes[:, :2, :3])
    wanted = torch.stack([seen.texture[:, :3], seen.front[:, :3]], 1).clamp(0.02, 0.98)
    torch.testing.assert_close(colours, wanted, atol=1e-4, rtol=0)
    torch.testing.assert_close(planes[:, 2, 3], seen.above[:, 0])
    assert not planes[:, :, 4:].any()


def test_every_part_of_a_completion_learns():
    network = PlaneCompletion(CompletionConfig(channels=C, side=R, widths=(8, 8, 16)).model_dump())
    optimiser = torch.optim.SGD(network.parameters(), 0.1)
    for _ in range(2):  # the last layers start at 0 and hold the others back for one step
        optimiser.zero_grad()
        (network(evidence()) - torch.randn(2, 4, C, R, R)).square().mean().backward()
        optimiser.step()
    still = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not np.abs(parameter.grad.numpy()).max() > 0
    ]
    assert still == []
