"""``aa train renderer`` from people in several views to weights that ``vit`` loads."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn.functional import avg_pool2d

from aa_vit.config import PRESETS
from aa_vit.model import MotionViT
from aa_vit.networks import KIND
from aa_vit.plugin import aa_components
from aa_vit.training.config import LossConfig, RendererConfig
from aa_vit.training.losses import UNTAUGHT, edges, importance, losses, total
from aa_vit.training.stage import RendererStage
from avatarartist_core.errors import InputError, UsageError
from avatarartist_core.nn.completion.planes import PlaneCompletion
from avatarartist_core.nn.drawing import Drawn
from avatarartist_core.training.chance import generator_of
from avatarartist_core.training.checkpoint import checkpoints
from avatarartist_core.training.files import preset, stage_config
from avatarartist_core.training.log import read_log
from avatarartist_core.training.running import train
from avatarartist_core.training.stage import Moment
from avatarartist_core.weights.bundle import bundle_at
from avatarartist_core.weights.loading import saved_model
from tests.vit.people import write_people
from tests.vit.small import SMALL

ENTRY = next(entry for entry in aa_components() if entry.name == "renderer")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_people(tmp_path_factory.mktemp("people") / "set")


@pytest.fixture(scope="module")
def config(data):
    own = SMALL.data.model_copy(update={"path": str(data)})
    return SMALL.model_copy(update={"data": own, "steps": 4})


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    home = tmp_path_factory.mktemp("run") / "renderer"
    return home, train(ENTRY, config, home, tell=lambda _: None)


def moment(step, indices=(0, 1, 5)):
    return Moment(
        step, 0, 0.0, np.array(indices), generator_of(3, step, "batch"), torch.device("cpu")
    )


def test_a_run_leaves_a_log_pictures_and_a_checkpoint(run):
    home, _ = run
    lines = read_log(home)
    assert [line["step"] for line in lines if "renderer.loss" in line] == [1, 2, 3, 4]
    assert [line["step"] for line in lines if "psnr" in line] == [0, 3, 4]
    assert all(np.isfinite(value) for line in lines for value in line.values())
    assert checkpoints(home)[-1].step == 4
    assert len(list((home / "pictures").iterdir())) == 3


def test_its_bundles_load(run):
    home, made = run
    assert {path.name for path in made} == {"vit", "completion"}
    bundle = bundle_at("vit", home / "bundle")
    assert KIND.described(bundle).shape == SMALL.renderer
    renderer = saved_model(bundle, MotionViT, "vit")
    averages = checkpoints(home)[-1].tensors("averages", "renderer")
    assert all(value.equal(averages[name]) for name, value in renderer.state_dict().items())
    completion = saved_model(
        bundle_at("completion", home / "bundle"), PlaneCompletion, "completion"
    )
    assert completion.shape == SMALL.completion


def test_a_run_that_was_stopped_ends_as_one_that_was_not(run, config, tmp_path, monkeypatch):
    home, _ = run
    every = config.model_copy(update={"keep": config.keep.model_copy(update={"every": 2})})
    stage_step = RendererStage.updates

    def stops(self, networks, batch, now):
        if now.step == 3:
            raise RuntimeError("stopped")
        return stage_step(self, networks, batch, now)

    with monkeypatch.context() as patch:
        patch.setattr(RendererStage, "updates", stops)
        with pytest.raises(RuntimeError, match="stopped"):
            train(ENTRY, every, tmp_path, tell=lambda _: None)
    assert 0 < checkpoints(tmp_path)[-1].step < 4
    train(ENTRY, every, tmp_path, resume=True, tell=lambda _: None)
    whole, mended = (checkpoints(where)[-1].folder for where in (home, tmp_path))
    for path in sorted(whole.rglob("*.safetensors")):
        other = load_file(mended / path.relative_to(whole))
        for name, value in load_file(path).items():
            assert value.equal(other[name]), f"{path.name}: {name}"


def test_learning_one_batch_lowers_its_loss(config):
    stage = RendererStage(config)
    torch.manual_seed(0)
    networks = stage.networks()
    learning = [p for net in networks.values() for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(learning, 2e-3)
    now = moment(0, (0, 5))
    batch, found = stage.batch(now), []
    for _ in range(8):
        [update] = stage.updates(networks, batch, now)
        optimiser.zero_grad()
        update.loss.backward()
        optimiser.step()
        found.append(float(update.loss.detach()))
    assert found[-1] < 0.9 * found[0]


def test_gradients_reach_both_networks(config):
    stage = RendererStage(config)
    torch.manual_seed(0)
    networks = stage.networks()
    with torch.no_grad():  # what begins at 0 lets nothing through to what comes before it
        for network in networks.values():
            for parameter in network.parameters():
                parameter.add_(0.02 * torch.randn(parameter.shape))
    [update] = stage.updates(networks, stage.batch(moment(0)), moment(0))
    update.loss.backward()
    idle = {
        f"{name}.{place}"
        for name, network in networks.items()
        for place, parameter in network.named_parameters()
        if parameter.requires_grad and not (parameter.grad is not None and parameter.grad.any())
    }
    assert not idle


def test_batches_are_functions_of_the_moment(config):
    first = RendererStage(config)
    before = first.batch(moment(2))
    first.batch(moment(3))
    after = RendererStage(config).batch(moment(2))
    for name in ("portrait", "own", "motion", "mesh", "view", "camera", "picture", "depth"):
        assert getattr(before, name).equal(getattr(after, name)), name
    for mine, other in zip(before.evidence, after.evidence, strict=True):
        assert mine.equal(other)


def test_made_up_batches_have_the_shapes_of_real_ones(config):
    stage = RendererStage(config)
    real, made = stage.batch(moment(0)), stage.example(moment(0))
    for name in ("portrait", "own", "motion", "mesh", "view", "camera", "picture", "alpha",
                 "depth", "known"):  # fmt: skip
        assert getattr(real, name).shape == getattr(made, name).shape, name
        assert getattr(real, name).dtype == getattr(made, name).dtype, name
    assert [e.shape for e in real.evidence] == [e.shape for e in made.evidence]


def test_a_perfect_drawing_loses_nothing(config):
    stage = RendererStage(config)
    views = stage.batch(moment(0))
    [update] = stage.updates(stage.networks(), views, moment(0))
    assert float(update.loss.detach()) > 0
    drawn = _perfect(views)
    found = losses(drawn, views, config.loss, None)
    assert set(found) == {"colour", "raw", "edges", "alpha", "opacity", "depth"}
    assert float(total(found, config.loss)) == pytest.approx(0, abs=1e-6)


def test_pixels_count_as_the_weights_say(config):
    views = RendererStage(config).batch(moment(0))
    weight = importance(views, LossConfig(person=2, face=1, inner=3))
    kind, texels = views.view[..., 3], views.view[..., 2]
    plain = (views.alpha[:, 0] == 0) & (kind == 0)
    assert set(weight[:, 0][plain].tolist()) == {1.0}
    assert weight[:, 0][(kind == 3) & (texels > 0)].min() >= 5
    assert weight.max() <= 7


def test_edges_see_no_difference_in_brightness():
    picture = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    ones = torch.ones(1, 1, 8, 8)
    assert float(edges(picture + 0.3, picture, ones)) == pytest.approx(0, abs=1e-6)
    assert float(edges(picture.flip(3), picture, ones)) > 0.1


@pytest.mark.parametrize("name", UNTAUGHT)
def test_a_loss_that_is_not_taught_is_refused(config, name):
    loss = config.loss.model_copy(update={name: 0.5})
    with pytest.raises(UsageError, match=f"loss.{name} is 0.5"):
        RendererStage(config.model_copy(update={"loss": loss})).count()


def test_planes_of_pairs_are_refused():
    with pytest.raises(UsageError, match="planes is 'pairs'"):
        RendererStage(RendererConfig()).count()


def test_too_few_people_are_refused(config):
    data = config.data.model_copy(update={"held_out": 3})
    with pytest.raises(InputError, match="holds 3 people, 3 are held out"):
        RendererStage(config.model_copy(update={"data": data})).count()


def test_planes_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="completion makes planes of 16 channels"):
        RendererConfig(planes="completion")


def test_the_tiny_preset_teaches_the_network_that_ships():
    config = stage_config(ENTRY, preset(ENTRY, "tiny"))
    assert config.renderer == PRESETS["small-surface"]


@pytest.mark.parametrize("name", ["paper", "released"])
def test_the_large_presets_have_the_released_size(name):
    stage = RendererStage(stage_config(ENTRY, preset(ENTRY, name)))
    with torch.device("meta"):
        networks = stage.networks()
    sizes = {k: sum(p.numel() for p in n.parameters()) for k, n in networks.items()}
    assert sizes == {"renderer": 266_615_896}


def _perfect(views):
    factor = views.picture.shape[-1] // views.depth.shape[-1]
    return Drawn(
        picture=views.picture,
        raw=avg_pool2d(views.picture, factor),
        depth=views.depth,
        opacity=avg_pool2d(views.alpha, factor),
        features=views.picture,
        planes=views.picture,
        alpha=views.alpha,
    )
