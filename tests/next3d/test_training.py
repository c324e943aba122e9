"""``aa train gan`` from a data set to weights that other commands read."""

import json

import numpy as np
import pytest

from avatarartist_core.data import HeadFit
from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.record import record_of
from avatarartist_core.datasets.sample import Labels, Sample
from avatarartist_core.datasets.shards import ShardWriter, pack
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.samples import sample_portrait
from avatarartist_core.training.checkpoint import checkpoints
from avatarartist_core.training.log import read_log
from tests.cli.command import aa

QUICK = (
    "sample.count=4",
    "sample.rows=1",
    "sample.columns=3",
    "guide.learnt_from=4",
    "generator.volume.resolution=16",
    "generator.volume.coarse=4",
    "batch=4",
)
SETTINGS = tuple(word for setting in QUICK for word in ("--set", setting))


def shards(folder, domains):
    """Six drawn faces of one person or the other, in turn of the domains given."""
    folder.mkdir()
    head = head_model("anny-head")
    with ShardWriter(folder, "000000") as writer:
        for number in range(6):
            portrait = sample_portrait(64, other=number % 2 == 1)
            fit: HeadFit = portrait.fit
            labels = Labels(
                topology="anny-head",
                mesh_map=mesh_maps(head, fit.identity, fit.expression[None])[0],
                camera=portrait_camera(fit, 64, head.window),
                identity=fit.identity,
                expression=fit.expression,
                gaze=fit.gaze,
                rotation=fit.rotation,
            )
            domain = domains[number % len(domains)]
            record = record_of(
                Sample(f"drawn-{number}", portrait, labels), number, domain=domain, source="drawn"
            )
            writer.add(number, record.key, domain, pack(record.key, encode(record)))
        writer.finish(0, 6)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return shards(tmp_path_factory.mktemp("data") / "set", ("realistic", "pencil"))


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    home = tmp_path_factory.mktemp("run") / "gan"
    done = aa("train", "gan", "--data", str(data), "--out", str(home), *SETTINGS,
              "--set", "steps=5", "--set", "report.scalars=1", "--json")  # fmt: skip
    assert done.code == 0, done.err
    return home, json.loads(done.out)


def test_five_steps_leave_a_log_pictures_a_checkpoint_and_weights(run):
    home, told = run
    assert told["run"] == str(home)
    lines = read_log(home)
    assert [line["step"] for line in lines if "generator.loss" in line] == [1, 2, 3, 4, 5]
    assert all(np.isfinite(value) for line in lines for value in line.values())
    assert [line["step"] for line in lines if "frechet_facemesh" in line] == [0, 5]
    assert checkpoints(home)[-1].step == 5
    assert {path.name for path in (home / "pictures").iterdir()} == {
        "samples-00000000.png",
        "samples-00000005.png",
    }
    assert (home / "run.toml").exists()
    assert list((home / "tensorboard").iterdir())


def test_the_weights_draw_a_moving_head(run, tmp_path):
    home, _ = run
    out = tmp_path / "head"
    done = aa("run", "examples/astronaut.png", "-g", "next3d", "-r", "cnn", "--weights",
              str(home / "bundle"), "--set", "next3d.source=chance", "--motion", "nod", "--size",
              "64", "--set", "cnn.batch=8", "-o", str(out / "a.gif"))  # fmt: skip
    assert done.code == 0, done.err
    assert (out / "a.gif").stat().st_size > 1000


def test_a_run_is_not_begun_over_another(run, data):
    home, _ = run
    done = aa("train", "gan", "--data", str(data), "--out", str(home), *SETTINGS)
    assert done.code == 2
    assert "holds a run of 5 steps" in done.err
    assert "--resume" in done.err


def test_another_domain_is_tuned_from_it(run, data, tmp_path):
    home, _ = run
    done = aa("train", "gan", "--data", str(data), "--out", str(tmp_path / "pencil"), *SETTINGS,
              "--set", 'data.domains=["pencil"]', "--set", "steps=1", "--set",
              "report.measures=0", "--resume-from", str(home), "--quiet")  # fmt: skip
    assert done.code == 0, done.err
    written = (tmp_path / "pencil" / "run.toml").read_text()
    assert f'resume_from = "{home}"' in written
    assert 'domains = [\n    "pencil",\n]' in written


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "adversary.blurr=1"), "has no option 'adversary.blurr'; did you mean 'blur'?"),
        (("--preset", "tinny"), "has no preset 'tinny'; did you mean 'tiny'?"),
        (("--set", "data.domains=['pencl']"), "holds no domain 'pencl'; did you mean 'pencil'?"),
        (("--set", "discriminator.side=32"), "generator.output_size is 64"),
        (("--config", "nowhere.toml"), "'nowhere.toml' cannot be read"),
    ],
)
def test_a_mistake_is_answered_in_words(words, said, data, tmp_path):
    done = aa("train", "gan", "--data", str(data), "--out", str(tmp_path / "a"), *words)
    assert done.code == 2, done.err
    assert said in done.err
    assert not (tmp_path / "a").exists()


def test_no_data_is_said_before_anything_is_written(tmp_path):
    done = aa("train", "gan", "--out", str(tmp_path / "a"))
    assert done.code == 2
    assert "no data set is named" in done.err
    assert "aa data build" in done.err
    assert not (tmp_path / "a").exists()


def test_the_cost_of_tiny_is_measured_without_data():
    done = aa("train", "gan", "--preset", "tiny", "--dry-run", "--json", *SETTINGS)
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["parameters"].keys() == {"generator", "discriminator"}
    assert told["steps"] == 8000
    assert told["total_seconds"] == pytest.approx(8000 * told["step_seconds"], rel=0.01)
    assert told["peak_bytes"] >= told["kept_bytes"] > 0
