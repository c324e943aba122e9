import json

import pytest

from avatarartist_core.datasets.building import build_set
from avatarartist_core.datasets.lock import only_build
from avatarartist_core.datasets.plan import plan_again
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.settling import read_config, same_settings
from avatarartist_core.datasets.shards import facts_in
from avatarartist_core.errors import AvatarArtistError, InputError, UsageError
from avatarartist_core.running.events import finish


def test_record_i_is_portrait_i_in_the_next_domain(tiny, tmp_path):
    built = finish(build_set(tiny(), tmp_path / "set"))
    found = [ShardSet(tmp_path / "set").values(number) for number in range(10)]
    assert (built.records, built.rejected, built.shards, built.made) == (10, 0, 3, 10)
    assert [one["portrait"] for one in found] == [f"tiny-{number}" for number in range(10)]
    assert [one["domain"] for one in found[:4]] == ["plain", "warm", "cold", "plain"]
    assert [one["transfer"] for one in found[:3]] == ["", "tint", "tint"]
    assert len({one["transfer_seed"] for one in found}) == 7, "each transfer has its own seed"


def test_a_source_that_ends_is_gone_through_in_every_domain(tiny, tmp_path):
    finish(build_set(tiny("end=3", count=9), tmp_path / "set"))
    records = ShardSet(tmp_path / "set")
    found = [(records.values(n)["portrait"], records.placed(n).domain) for n in range(9)]
    assert len(set(found)) == 9
    assert found[3:6] == [("tiny-0", "warm"), ("tiny-1", "cold"), ("tiny-2", "plain")]


def test_without_a_count_every_portrait_is_taken_once(tiny, tmp_path):
    assert finish(build_set(tiny("end=5", count=None), tmp_path / "set")).records == 5
    with pytest.raises(UsageError, match="5 portraits in 3 domains are 15 records"):
        finish(build_set(tiny("end=5", count=16), tmp_path / "more"))
    with pytest.raises(UsageError, match="--count is missing: portrait source 'tiny' has no end"):
        finish(build_set(tiny(count=None), tmp_path / "none"))


def test_a_record_depends_on_seed_and_number_alone(tiny, tmp_path):
    for name, options in {"a": {"count": 10}, "b": {"count": 6}, "c": {"seed": 6}}.items():
        finish(build_set(tiny(**options), tmp_path / name))
    whole, part, other = (ShardSet(tmp_path / name) for name in "abc")
    assert [whole.raw(n) for n in range(6)] == [part.raw(n) for n in range(6)]
    assert all(whole.raw(n)["png"] != other.raw(n)["png"] for n in range(6))


@pytest.mark.parametrize(("events", "kept"), [(1, 0), (3, 0), (6, 4), (10, 8)])
def test_a_build_that_was_stopped_goes_on_to_the_same_bytes(tiny, tmp_path, hashes, events, kept):
    finish(build_set(tiny(), tmp_path / "whole"))
    stopped = build_set(tiny(), tmp_path / "cut")
    for _ in range(events):
        next(stopped)
    stopped.close()
    assert not list((tmp_path / "cut").glob(".*.part"))
    built = finish(build_set(tiny(), tmp_path / "cut"))
    assert built.records == 10
    assert built.made == 10 - kept, "finished shards are not made again"
    assert hashes(tmp_path / "cut") == hashes(tmp_path / "whole")


@pytest.mark.parametrize("lost", ["000001.tar", "000001.json"])
def test_what_is_lost_or_cut_short_is_made_again(tiny, tmp_path, hashes, lost):
    finish(build_set(tiny(), tmp_path / "set"))
    before = hashes(tmp_path / "set")
    (tmp_path / "set" / lost).write_bytes(b"{}")
    (tmp_path / "set" / ".000001.x.part").write_bytes(b"left by a kill")
    assert finish(build_set(tiny(), tmp_path / "set")).made == 4
    assert hashes(tmp_path / "set") == before
    assert not list((tmp_path / "set").glob(".*.part"))


def test_other_settings_are_refused_by_name(tiny, tmp_path):
    finish(build_set(tiny(), tmp_path / "set"))
    for options, said in (
        ({"seed": 6}, "seed was 5, is 6"),
        ({"count": 12}, "count was 10, is 12"),
        ({"domains": "plain,warm"}, "domains was plain, warm, cold, is plain, warm"),
    ):
        with pytest.raises(UsageError, match=said):
            finish(build_set(tiny(**options), tmp_path / "set"))
    with pytest.raises(UsageError, match=r"source\.pause was 0\.0, is 0\.01"):
        finish(build_set(tiny("pause=0.01"), tmp_path / "set"))


def test_a_build_goes_on_from_its_own_settings(tiny, tmp_path, parts):
    stopped = build_set(tiny("unlucky=2"), tmp_path / "set")
    next(stopped)
    stopped.close()
    again = plan_again(same_settings(tmp_path / "set", resume=True, seed=5, count=None), parts)
    assert again == tiny("unlucky=2")
    with pytest.raises(UsageError, match="seed was 5, is 7"):
        same_settings(tmp_path / "set", resume=True, seed=7)
    with pytest.raises(UsageError, match="--source is missing"):
        same_settings(tmp_path / "set", resume=False)


def test_build_toml_states_every_option_and_version(tiny, tmp_path):
    finish(build_set(tiny(), tmp_path / "set"))
    config, tables = read_config(tmp_path / "set")
    assert config.source.model_dump()["side"] == 64
    assert config.transfers["cold"].model_dump() == {"name": "tint", "strength": 0.2}
    assert config.transfers["warm"].model_dump() == {"name": "tint", "strength": 0.5}
    assert "plain" not in config.transfers
    assert {"numpy", "avatarartist", "part tiny"} <= tables["versions"].keys()


def test_bad_pictures_are_left_out_with_their_reason(tiny, tmp_path):
    built = finish(build_set(tiny("unlucky=3", count=14), tmp_path / "set"))
    assert (built.records, built.rejected) == (12, 2)
    refused = [one for facts in facts_in(tmp_path / "set") for one in facts.rejected]
    assert [(one.index, one.domain, one.by, one.reason) for one in refused] == [
        (3, "plain", "source", "portrait 3 blinks"),
        (13, "warm", "source", "portrait 13 blinks"),
    ]
    assert [one.index for one in ShardSet(tmp_path / "set")][2:4] == [2, 4]


def test_a_component_that_always_fails_stops_the_build(tiny, tmp_path):
    with pytest.raises(AvatarArtistError, match=r"all 4 records of a shard failed.*ZeroDivision"):
        finish(build_set(tiny("broken=true"), tmp_path / "set"))
    assert not list((tmp_path / "set").glob("0*"))


def test_a_set_of_rejected_portraits_is_no_data_set(tiny, tmp_path):
    with pytest.raises(InputError, match=r"none of 1 portraits could be used.*portrait 0 blinks"):
        finish(build_set(tiny("unlucky=0", count=1), tmp_path / "set"))


def test_two_builds_in_one_folder_are_told_apart(tiny, tmp_path):
    (tmp_path / "set").mkdir()
    with only_build(tmp_path / "set"), pytest.raises(UsageError, match="another aa data build"):
        finish(build_set(tiny(), tmp_path / "set"))
    assert finish(build_set(tiny(), tmp_path / "set")).records == 10


def test_a_folder_of_something_else_is_left_alone(tiny, tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(UsageError, match="is not empty and holds no data set"):
        finish(build_set(tiny(), tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(AvatarArtistError, match="cannot make the folder"):
        finish(build_set(tiny(), tmp_path / "file"))


def test_the_facts_beside_a_shard_are_plain_json(tiny, tmp_path):
    finish(build_set(tiny("unlucky=1"), tmp_path / "set"))
    facts = json.loads((tmp_path / "set" / "000000.json").read_text())
    assert (facts["first"], facts["end"], len(facts["records"])) == (0, 4, 3)
    assert facts["rejected"][0]["reason"] == "portrait 1 blinks"
