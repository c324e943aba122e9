"""The VAE against tensors of the authors' code; errors are as ``relative_error`` says."""

import pytest
import torch

from aa_dit.config import VAEShape
from aa_dit.official_vae import vae_from_official, vae_to_official
from aa_dit.posterior import Posterior
from aa_dit.vae import TriplaneVAE
from aa_dit.vae_loss import VAEObjective
from tests.dit.vae_goldens import golden, needs_goldens, relative_error, seeded

pytestmark = needs_goldens

TOLERANCE = 1e-4
SMALL = VAEShape(channels=6, hidden=16, levels=2, side=16)


@pytest.fixture(scope="module")
def expected():
    return golden("vae_small_io")


@pytest.fixture(scope="module")
def state():
    with torch.device("meta"):
        return seeded(TriplaneVAE(**SMALL.model_dump()))


@pytest.fixture(scope="module")
def vae(state):
    return vae_from_official(state, side=16)


def test_the_shape_is_read_off_the_tensors(vae):
    assert vae.shape == SMALL


@torch.no_grad()
def test_the_posterior_is_the_authors(vae, expected):
    posterior = vae.encode(expected["x"])
    assert relative_error(posterior.mean, expected["mean"]) < TOLERANCE
    assert relative_error(posterior.logvar, expected["logvar"]) < TOLERANCE
    # the reference leaves batch and width apart
    assert relative_error(posterior.kl(), expected["kl"].sum(1)) < TOLERANCE


@torch.no_grad()
def test_every_level_of_the_encoder_is_the_authors(vae, expected):
    encoder = vae.encoder
    first = encoder.first(expected["x"])
    shrunk = encoder.stages[0].shrink(first)
    refined = encoder.stages[0].refine(shrunk)
    features = encoder(expected["x"])
    for name, given in {
        "enc.conv_first": first,
        "enc.0.down": shrunk,
        "enc.0.res": refined,
        "enc.out": features,
        "moments": vae.mix_moments(features),
    }.items():
        assert relative_error(given, expected[f"inter.{name}"]) < TOLERANCE, name


@torch.no_grad()
def test_decoded_planes_are_the_authors(vae, expected):
    latent = vae.mix_latent(expected["z"])
    assert relative_error(latent, expected["inter.post_quant"]) < TOLERANCE
    grown = vae.decoder.stages[0].grow(latent)
    assert relative_error(grown, expected["inter.dec.0.up"]) < TOLERANCE
    assert relative_error(vae.decode(expected["z"]), expected["recon"]) < TOLERANCE
    assert relative_error(vae(expected["x"]), expected["recon_mode"]) < TOLERANCE


@torch.no_grad()
def test_the_terms_of_the_loss_are_the_authors(expected):
    posterior = Posterior(expected["mean"], expected["logvar"])
    loss = VAEObjective()(expected["x"], expected["recon"], posterior)
    assert relative_error(loss.reconstruction, expected["loss.rec_l1"]) < TOLERANCE
    assert relative_error(loss.divergence, expected["loss.kl"]) < TOLERANCE
    assert relative_error(loss.variation, expected["loss.tv"]) < TOLERANCE


def test_the_authors_layout_comes_back_bit_for_bit(vae, state):
    back = vae_to_official(vae)
    assert back.keys() == state.keys()
    assert all(torch.equal(back[key], tensor) for key, tensor in state.items())
