"""A portrait is found again, the same way for the same seed, without touching the generator."""

import pytest
import torch

from aa_next3d.config import InversionConfig
from aa_next3d.inversion import Target, invert
from tests.next3d.test_gan import SMALL, label, made, mesh_map

QUICK = InversionConfig(latent_steps=20, tuning_steps=10, tuning_rate=7e-3, samples=64)


@pytest.fixture(scope="module")
def gan():
    return made(SMALL)


@pytest.fixture(scope="module")
def target(gan):
    """What the generator draws of latents away from the mean."""
    z = torch.randn(1, 8, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        picture = gan(z, label(1), mesh=mesh_map(1))["image"]
    return Target(picture, mesh_map(1), label(1))


def seeded():
    return torch.Generator().manual_seed(3)


def test_search_and_tuning_bring_the_drawing_to_the_portrait(gan, target):
    before = {name: value.clone() for name, value in gan.state_dict().items()}
    steps = []
    found = invert(
        gan,
        target,
        QUICK,
        generator=seeded(),
        progress=lambda done, total: steps.append((done, total)),
    )
    searched = found.losses[QUICK.latent_steps]
    assert searched < 0.7 * found.losses[0]
    assert found.losses[-1] < 0.95 * searched
    assert steps == [(step + 1, 30) for step in range(30)]
    assert found.planes().shape == (1, 4, 4, 32, 32)
    assert all(torch.equal(before[name], value) for name, value in gan.state_dict().items())


def test_the_seed_decides(gan, target):
    config = InversionConfig(latent_steps=2, tuning_steps=2, samples=8)
    found, again = (invert(gan, target, config, generator=seeded()) for _ in range(2))
    assert torch.equal(again.ws, found.ws)
    assert again.losses == found.losses
    other = invert(gan, target, config, generator=torch.Generator().manual_seed(4))
    assert not torch.equal(other.ws, found.ws)


@pytest.mark.parametrize(("space", "is_one"), [("w", True), ("w+", False)])
def test_the_space_says_whether_layers_share_a_latent(gan, target, space, is_one):
    config = InversionConfig(space=space, latent_steps=3, tuning_steps=0, samples=8)
    found = invert(gan, target, config, generator=seeded())
    assert torch.equal(found.ws, found.ws[:, :1].expand_as(found.ws)) == is_one
    assert found.gan is gan


def test_a_perceptual_error_is_followed(gan, target):
    config = InversionConfig(latent_steps=5, tuning_steps=0, samples=8, perceptual=10.0)

    def darkness(drawn, wanted):
        return drawn.mean()

    plain = invert(gan, target, config, generator=seeded())
    dark = invert(gan, target, config, generator=seeded(), perceptual=darkness)
    with torch.no_grad():
        pictures = [
            gan.synthesise(f.ws, target.mesh, target.label)[1].picture for f in (plain, dark)
        ]
    assert pictures[1].mean() < pictures[0].mean()
