import pytest
import torch

from aa_dit.config import VAE_SHAPES
from aa_dit.official_vae import vae_from_official, vae_to_official
from aa_dit.posterior import Posterior
from aa_dit.vae import TriplaneVAE
from aa_dit.vae_loss import RenderedDistance, VAELossWeights, VAEObjective, total_variation
from avatarartist_core.errors import WeightsError
from tests.dit.vae_goldens import KEYS, needs_goldens, relative_error

TINY = VAE_SHAPES["tiny"]
LATENT = (2, TINY.latent_channels, TINY.planes, 4, 4)


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


@pytest.fixture(scope="module")
def vae():
    torch.manual_seed(0)
    return TriplaneVAE(**TINY.model_dump()).eval()


def on_paper(name):
    """A network of shapes without numbers."""
    with torch.device("meta"):
        return TriplaneVAE(**VAE_SHAPES[name].model_dump())


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_released_network_has_the_released_number_of_parameters():
    vae = on_paper("released")
    assert parameters(vae) == 310_273_544
    assert parameters(vae.encoder) == 118_925_712
    assert parameters(vae.decoder) == 191_347_488


@pytest.mark.parametrize(("name", "side"), [("released", 32), ("paper", 64)])
def test_planes_of_256_texels_become_the_latent_of_each_preset(name, side):
    vae = on_paper(name)
    posterior = vae.encode(torch.empty(1, 32, 4, 256, 256, device="meta"))
    assert posterior.mean.shape == posterior.logvar.shape == (1, 8, 4, side, side)
    assert vae.decode(posterior.mean).shape == (1, 32, 4, 256, 256)
    assert VAE_SHAPES[name].latent_side == side


@needs_goldens
def test_the_official_layout_is_the_listed_one():
    listed = [line.split("\t") for line in KEYS.read_text().splitlines() if line[0] != "#"]
    official = vae_to_official(on_paper("released"))
    assert {name: str(tuple(value.shape)) for name, value in official.items()} == {
        name: shape for name, shape, *_ in listed
    }


def test_an_export_comes_back_as_the_same_network(vae, random):
    back = vae_from_official(vae_to_official(vae), side=TINY.side)
    latent = torch.randn(LATENT, generator=random)
    assert torch.equal(back.decode(latent), vae.decode(latent))
    assert back.config == vae.config


def test_a_convolution_may_come_under_one_name_only(vae):
    official = vae_to_official(vae)
    del official["decoder.conv_out.weight"]
    vae_from_official(official, side=TINY.side)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda state: state.pop("decoder.conv_out.conv.bias"), "decoder.conv_out.conv.bias"),
        (lambda state: state.pop("encoder.conv_first.conv.weight"), "encoder.conv_first"),
        (lambda state: state.update({"loss.logvar": torch.zeros(())}), "loss.logvar"),
        (lambda state: state.update({"quant_conv.conv.bias": torch.zeros(3)}), "quant_conv"),
        (lambda state: state.update({"quant_conv.weight": torch.zeros(1)}), "quant_conv.weight"),
        (lambda state: state.clear(), "encoder.conv_first"),
    ],
    ids=["missing", "no VAE", "unknown", "shape", "second name differs", "empty"],
)
def test_tensors_that_are_not_all_a_vaes_are_refused_by_name(vae, spoil, said):
    official = vae_to_official(vae)
    spoil(official)
    with pytest.raises(WeightsError, match=said):
        vae_from_official(official)


def test_a_saved_network_comes_back(vae, tmp_path, random):
    vae.save_pretrained(tmp_path, max_shard_size="200KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    back = TriplaneVAE.from_pretrained(tmp_path)
    latent = torch.randn(LATENT, generator=random)
    assert torch.equal(back.decode(latent), vae.decode(latent))


@pytest.mark.parametrize("shape", [(1, 4, 3, 4, 4), (1, 5, 4, 4, 4), (4, 4, 4, 4)])
def test_a_stack_of_another_layout_is_refused(vae, shape):
    with pytest.raises(ValueError, match="is given, expected"):
        vae.decode(torch.zeros(shape))


def test_planes_that_cannot_be_halved_often_enough_are_refused(vae):
    with pytest.raises(ValueError, match="multiples of 8"):
        vae.encode(torch.zeros(1, TINY.channels, 4, 20, 24))


def test_planes_are_the_same_with_and_without_gradients(vae, random):
    latent = torch.randn(LATENT, generator=random)
    planes = torch.randn(1, TINY.channels, 4, 32, 32, generator=random)
    tracked = vae.decode(latent), vae.encode(planes).mean
    with torch.no_grad():  # the fast convolutions of a CPU
        fast = vae.decode(latent), vae.encode(planes).mean
    for given, expected in zip(fast, tracked, strict=True):
        assert expected.requires_grad
        assert relative_error(given, expected) < 1e-5


@torch.no_grad()
def test_half_precision_is_close_to_full(vae, random):
    latent = torch.randn(LATENT, generator=random)
    half = TriplaneVAE.from_config(vae.config)
    half.load_state_dict(vae.state_dict())
    decoded = half.bfloat16().decode(latent.bfloat16())
    assert decoded.dtype == torch.bfloat16
    wanted = vae.decode(latent)
    assert (decoded.float() - wanted).abs().max() < 0.05 * wanted.abs().max()


def test_a_posterior_draws_by_its_generator(random):
    posterior = Posterior.of(torch.randn(3, 8, 4, 8, 8, generator=random))
    one, same, other = (posterior.sample(torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    standardised = (one - posterior.mean) / (0.5 * posterior.logvar).exp()
    assert abs(standardised.mean().item()) < 0.05
    assert abs(standardised.std().item() - 1) < 0.05


def test_divergence_is_that_of_torch_distributions(random):
    posterior = Posterior.of(torch.randn(3, 8, 4, 2, 2, generator=random))
    normal = torch.distributions.Normal(posterior.mean, (0.5 * posterior.logvar).exp())
    plain = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0))
    torch.testing.assert_close(posterior.kl(), plain.sum((1, 2, 3, 4)))


def test_variance_is_kept_in_bounds():
    moments = torch.tensor([0.0, 1e3]).view(1, 2, 1, 1, 1)
    assert Posterior.of(moments).logvar.item() == 20.0
    assert Posterior.of(-moments).logvar.item() == -30.0


def test_variation_as_released_runs_over_planes_and_rows_and_mended_over_the_picture():
    planes, rows, columns = (
        torch.arange(3.0).view(shape).expand(1, 1, 3, 3, 3)
        for shape in ((1, 1, 3, 1, 1), (1, 1, 1, 3, 1), (1, 1, 1, 1, 3))
    )
    steps = 2 * 9.0
    assert [total_variation(x).item() for x in (planes, rows, columns)] == [steps, steps, 0]
    picture = [total_variation(x, "picture").item() for x in (planes, rows, columns)]
    assert picture == [0, steps, steps]


def test_the_loss_is_the_weighted_sum_and_only_what_was_decoded_is_pulled(random):
    planes = torch.randn(2, 3, 4, 4, 4, generator=random, requires_grad=True)
    decoded = torch.randn(2, 3, 4, 4, 4, generator=random, requires_grad=True)
    posterior = Posterior.of(torch.randn(2, 4, 4, 2, 2, generator=random))
    looks = RenderedDistance(
        render=lambda stack: stack.sum((1, 2)),
        distance=lambda one, other: (one - other).square().flatten(1).mean(1),
        mean=0.5,
        deviation=2.0,
    )
    weights = VAELossWeights(reconstruction=0.0, perceptual=3.0, variation=0.5, divergence=0.25)
    loss = VAEObjective(weights, perceptual=looks)(planes, decoded, posterior)
    apart = 2.0 * (decoded - planes).sum((1, 2))
    torch.testing.assert_close(loss.perceptual, apart.square().mean((1, 2)).mean())
    expected = 3.0 * loss.perceptual + 0.5 * loss.variation + 0.25 * loss.divergence
    torch.testing.assert_close(loss.total, expected)
    loss.total.backward()
    assert decoded.grad.abs().sum() > 0
    assert planes.grad.abs().sum() == 0  # only through the reconstruction, which weighs nothing


def test_a_step_of_training_makes_the_planes_more_alike(random):
    torch.manual_seed(0)
    vae = TriplaneVAE(**TINY.model_dump())
    planes = torch.randn(1, TINY.channels, 4, 16, 16, generator=random)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        posterior = vae.encode(planes)
        latent = posterior.sample(torch.Generator().manual_seed(0))
        loss = VAEObjective()(planes, vae.decode(latent), posterior)
        loss.total.backward()
        optimizer.step()
        return loss.total.item()

    losses = [step() for _ in range(3)]
    assert losses[-1] < losses[0]
    assert all(parameter.grad is not None for parameter in vae.parameters())
