"""The stage ``vae`` learns the triplanes of pairs, in units that do not depend on the GAN."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from aa_dit.config import VAEShape
from aa_dit.training.config import PairsDataConfig, VAEConfig, VAESampleConfig
from aa_dit.training.triplanes import Standard
from aa_dit.training.vae_stage import VAEStage
from aa_dit.vae import TriplaneVAE
from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.pairs.building import draw_pairs
from avatarartist_core.datasets.pairs.collection import PairCollection
from avatarartist_core.datasets.pairs.plan import resolve_pairs
from avatarartist_core.datasets.record import record_of
from avatarartist_core.datasets.sample import Labels, Sample
from avatarartist_core.datasets.shards import ShardWriter, pack
from avatarartist_core.errors import InputError
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.plugins import installed
from avatarartist_core.running.events import finish
from avatarartist_core.samples import sample_portrait
from avatarartist_core.training.config import OptimiserConfig
from avatarartist_core.training.trainer import Trainer

SHAPE = VAEShape(channels=8, hidden=16, latent_channels=4, side=64, levels=3)
STEPS = 60
OPTIMISER = OptimiserConfig(kind="adamw", rate=2e-3, betas=(0.5, 0.9), clip=1.0, warm_up=5)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Four pairs of an untrained GAN, by the labels of one portrait."""
    labels = tmp_path_factory.mktemp("labels")
    portrait = sample_portrait(64)
    head, fit = head_model("anny-head"), portrait.fit
    facts = Labels(
        topology="anny-head",
        mesh_map=mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])[0],
        camera=portrait_camera(fit, 64, head.window),
        identity=fit.identity,
        expression=fit.expression,
        gaze=fit.gaze,
        rotation=fit.rotation,
    )
    record = record_of(Sample("a", portrait, facts), 0, domain="realistic", source="sample")
    with ShardWriter(labels, "000000") as writer:
        writer.add(0, record.key, record.domain, pack(record.key, encode(record)))
        writer.finish(0, 1)
    plan = resolve_pairs("random", "lego", labels, installed(), count=4, planes="fp16")
    return finish(draw_pairs(plan, tmp_path_factory.mktemp("pairs"))).folder


def config(pairs, **more):
    given = {
        "network": SHAPE,
        "optimiser": OPTIMISER,
        "data": PairsDataConfig(path=str(pairs)),
        "sample": VAESampleConfig(rows=2, count=4),
        "batch": 2,
        "steps": 12,
    }
    return VAEConfig(**{**given, **more})


def test_standard_planes_have_no_mean_and_unit_deviation(pairs):
    collection = PairCollection(pairs)
    planes = collection.planes(range(4), [collection[number] for number in range(4)])
    standard = Standard.of(collection)
    stack = standard(planes)
    assert stack.shape == (4, 8, 4, 64, 64)
    np.testing.assert_allclose(stack.mean((0, 1, 3, 4)), 0, atol=1e-3)
    np.testing.assert_allclose(stack.std((0, 1, 3, 4)), 1, atol=1e-3)
    torch.testing.assert_close(standard.undo(stack), planes, rtol=1e-4, atol=1e-4)


def test_steps_lower_the_error():
    small = VAEShape(channels=4, hidden=16, latent_channels=8, levels=1, side=8)
    trainer = Trainer(VAEStage(config("", network=small, batch=4, steps=STEPS)), None)
    chance = torch.Generator().manual_seed(1)
    coarse = torch.randn((4, 4 * 4, 2, 2), generator=chance)
    smooth = torch.nn.functional.interpolate(coarse, (8, 8), mode="bilinear")
    planes = smooth.reshape(4, 4, 4, 8, 8) / smooth.std()
    errors = [
        trainer.descend(planes, trainer.moment(step, 4, "estimate"))["vae.error"]
        for step in range(STEPS)
    ]
    assert sum(errors[-5:]) < 0.8 * sum(errors[:5])


def test_measures_and_a_step_work_on_pairs(pairs):
    stage = VAEStage(config(pairs))
    trainer = Trainer(stage, None)
    moment = trainer.moment(0, stage.count(), "batch")
    scalars = trainer.descend(stage.batch(moment), moment)
    assert 0.5 < scalars["vae.error"] < 2.0
    with torch.no_grad():
        found = stage.measures(trainer.networks, 1)
    assert set(found) == {"plane_error", "latent_scale"}
    assert all(value > 0 for value in found.values())


def test_pictures_show_each_triplane_above_what_became_of_it(pairs):
    stage = VAEStage(config(pairs))
    with torch.no_grad():
        picture = stage.pictures(stage.networks(), 0)["planes"]
    assert picture.shape == (2 * 2 * 64, 4 * 64, 3)
    assert picture.dtype == np.uint8
    true, made = picture[:64], picture[64:128]
    assert true.std() > 20
    assert (true != made).any()


def test_what_is_exported_can_be_loaded(pairs, tmp_path):
    stage = VAEStage(config(pairs))
    networks = stage.networks()
    stage.export(networks, tmp_path, "a test")
    back = TriplaneVAE.from_pretrained(tmp_path / "vae")
    for name, value in networks["vae"].state_dict().items():
        assert torch.equal(back.state_dict()[name], value)
    statistics = load_file(tmp_path / "statistics.safetensors")
    assert statistics["mean"].shape == statistics["std"].shape == (4,)


def test_pairs_of_another_size_are_refused(pairs):
    other = SHAPE.model_copy(update={"side": 32})
    with pytest.raises(InputError, match="4 planes of 64 x 64 x 8, the network reads 4 of 32"):
        VAEStage(config(pairs, network=other)).count()
    with pytest.raises(InputError, match="no pairs are named"):
        VAEStage(config("")).count()
