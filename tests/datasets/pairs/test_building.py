"""Drawing pairs goes on where it was cut off with the same bytes, and refuses what does not fit."""

import hashlib
import shutil
from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.datasets.pairs.building import draw_pairs
from avatarartist_core.datasets.pairs.plan import resolve_pairs
from avatarartist_core.datasets.pairs.reading import PairSet, is_pairs, read_config
from avatarartist_core.datasets.pairs.statistics import STATISTICS, read_statistics
from avatarartist_core.errors import AvatarArtistError, IncompatibleError, InputError, UsageError
from avatarartist_core.running.events import finish
from avatarartist_core.tensorfile import read_arrays


def hashes(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
    }


def test_a_cut_off_run_goes_on_with_the_same_bytes(drawn, tmp_path):
    made, plan = drawn
    folder = tmp_path / "cut"
    for events in (4, 3):  # in the middle of a shard, as a killed process leaves it
        stage = draw_pairs(plan, folder)
        for _ in range(events):
            next(stage)
        stage.close()
    (folder / ".000001.abc.part").write_bytes(b"half a shard")
    assert 1 <= len(list(folder.glob("*.tar"))) < made.shards
    finish(draw_pairs(plan, folder))
    assert hashes(folder) == hashes(made.folder)
    assert not list(folder.glob(".*.part"))


def test_what_is_whole_is_left_alone_and_what_is_gone_is_drawn_again(drawn, tmp_path):
    made, plan = drawn
    folder = shutil.copytree(made.folder, tmp_path / "copy")
    assert finish(draw_pairs(plan, folder)).made == 0
    (folder / f"000001.{STATISTICS}").unlink()
    assert finish(draw_pairs(plan, folder)).made == 2
    assert hashes(folder) == hashes(made.folder)


def test_statistics_are_those_of_all_triplanes(drawn):
    made, _ = drawn
    pairs = PairSet(made.folder)
    planes = np.stack([pair.planes for pair in pairs]).astype(np.float64)
    found = pairs.statistics
    assert found.triplanes == 5
    np.testing.assert_allclose(found.channel_mean, planes.mean((0, 3, 4)), atol=1e-4)
    np.testing.assert_allclose(found.channel_deviation, planes.std((0, 3, 4)), rtol=1e-3)
    np.testing.assert_allclose(found.mean, planes.mean((0, 2, 3, 4)), atol=1e-4)
    np.testing.assert_allclose(found.deviation, planes.std((0, 2, 3, 4)), rtol=1e-3)
    arrays = read_arrays(made.folder / STATISTICS)
    np.testing.assert_allclose(arrays["mean"], found.mean, rtol=1e-6)
    np.testing.assert_allclose(arrays["std"], found.deviation, rtol=1e-6)


def test_without_triplanes_only_they_are_missing(drawn, planned, tmp_path):
    made, _ = drawn
    light = finish(draw_pairs(planned(), tmp_path / "light"))
    assert made.folder.joinpath("000000.tar").stat().st_size > 2 * (
        light.folder.joinpath("000000.tar").stat().st_size
    )
    for one, other in zip(PairSet(light.folder), PairSet(made.folder), strict=True):
        np.testing.assert_array_equal(one.picture, other.picture)
        np.testing.assert_array_equal(one.noise, other.noise)
        assert one.planes is None
    spread = [read_statistics(each.folder / STATISTICS).spread for each in (light, made)]
    np.testing.assert_array_equal(*spread)


def test_other_settings_in_the_same_folder_are_refused(drawn, planned):
    made, _ = drawn
    with pytest.raises(UsageError, match="seed was 3, is 4"):
        finish(draw_pairs(planned(planes="fp16", seed=4), made.folder))
    with pytest.raises(UsageError, match=r"truncation was 0\.7, is 0\.5"):
        finish(draw_pairs(planned(planes="fp16", truncation=0.5), made.folder))


def test_labels_that_changed_in_their_place_are_refused(drawn, make_set, planned, tmp_path):
    made, _ = drawn
    other = planned(planes="fp16", labels=make_set(tmp_path / "other", count=6))
    folder = shutil.copytree(made.folder, tmp_path / "copy")
    said = (folder / "pairs.toml").read_text()
    before = read_config(made.folder)[0].labels
    (folder / "pairs.toml").write_text(said.replace(before, other.config.labels))
    with pytest.raises(UsageError, match=r"reads\.labels"):
        finish(draw_pairs(other, folder))


def test_a_folder_that_holds_something_else_is_left_alone(planned, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("words")
    with pytest.raises(UsageError, match=r"thesis\.txt"):
        finish(draw_pairs(planned(), tmp_path / "mine"))


def test_labels_of_another_head_model_are_refused(planned, labels, tmp_path):
    plan = planned()
    entry = replace(
        plan.generator.entry,
        specify=lambda options: replace(
            plan.generator.entry.produces_with(options), topology="faceverse-v3"
        ),
    )
    other = replace(plan, generator=replace(plan.generator, entry=entry))
    with pytest.raises(IncompatibleError, match="'anny-head', the GAN needs 'faceverse-v3'"):
        finish(draw_pairs(other, tmp_path / "pairs"))


def test_labels_that_are_not_there_are_named(plugins, tmp_path):
    plan = resolve_pairs("random", "lego", tmp_path / "nowhere", plugins, count=1)
    with pytest.raises(InputError, match="nowhere"):
        finish(draw_pairs(plan, tmp_path / "pairs"))


def test_a_folder_of_pairs_is_told_from_others(drawn, labels):
    made, _ = drawn
    assert is_pairs(made.folder)
    assert not is_pairs(labels)
    with pytest.raises(InputError, match="holds no pairs"):
        PairSet(labels)


@pytest.mark.parametrize(
    ("gan", "options", "said"),
    [
        ("random", {"generator": "lift"}, "generator 'lift' draws nobody"),
        ("random", {"generator": "nextd"}, "did you mean 'next3d'"),
        ("random", {"domain": "greek-statute"}, "did you mean 'greek-statue'"),
        ("no-such-bundle", {}, "has no weights called 'no-such-bundle'"),
        ("./nowhere", {}, "nowhere holds no weights of 'next3d'"),
        ("random", {"count": 0}, "count"),
        ("random", {"planes": "fp8"}, "planes"),
        ("random", {"device": "gpu"}, "gpu"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_loaded(
    plugins, tmp_path, gan, options, said
):
    given = {"count": 1, "domain": "lego", **options}
    domain = given.pop("domain")
    with pytest.raises(AvatarArtistError, match=said):
        resolve_pairs(gan, domain, tmp_path, plugins, **given).topology  # noqa: B018


def test_a_folder_of_a_training_run_is_looked_through(plugins, tmp_path):
    from aa_next3d.networks import GAN, avatar_of
    from avatarartist_core.weights.draft import BundleDraft

    def export(name):
        with BundleDraft(name, "next3d", tmp_path / "run") as draft:
            (draft.folder / "weights.bin").write_bytes(b"weights")
            network = GAN.presets["tiny"]
            draft.describe(
                config=network.model_dump(mode="json"),
                licence="Apache-2.0",
                source="a test",
                spec=avatar_of(network),
            )
            draft.commit()

    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="holds no weights of next3d"):
        resolve_pairs(str(tmp_path / "run"), "lego", tmp_path, plugins, count=1)
    export("first")
    plan = resolve_pairs(str(tmp_path / "run"), "lego", tmp_path, plugins, count=1)
    assert plan.topology == "anny-head"
    assert plan.config.generator.model_dump()["weights"] == str(tmp_path / "run/first/next3d")
    export("second")
    with pytest.raises(UsageError, match="holds 2 GANs") as caught:
        resolve_pairs(str(tmp_path / "run"), "lego", tmp_path, plugins, count=1)
    assert "second" in caught.value.hint
