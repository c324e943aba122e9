"""What ``aa data stats``, ``show`` and ``verify`` say of a data set."""

import json

import numpy as np
import pytest

from avatarartist_core.datasets.building import build_set
from avatarartist_core.datasets.plots import plots
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.seen import seen_landmarks
from avatarartist_core.datasets.sheet import labelled, sheet
from avatarartist_core.datasets.statistics import statistics_of
from avatarartist_core.datasets.verifying import verify_set
from avatarartist_core.errors import InputError
from avatarartist_core.running.events import finish


@pytest.fixture
def built(tiny, tmp_path):
    return finish(build_set(tiny("unlucky=3", count=14), tmp_path / "set")).folder


def faults(folder):
    return finish(verify_set(folder)).faults


def test_a_sound_data_set_has_no_fault(built):
    report = finish(verify_set(built))
    assert (report.records, report.shards, report.faults, report.notes) == (12, 4, [], [])


def test_a_flipped_bit_is_found_and_its_record_named(built):
    shard = built / "000001.tar"
    placed = ShardSet(built).placed(4)  # record 3 was rejected
    data = bytearray(shard.read_bytes())
    data[placed.offset + 1500] ^= 1
    shard.write_bytes(data)
    said = faults(built)
    assert any("000001.tar is not what was written" in one for one in said)
    assert any("000001.tar, record 00000005: its png is damaged" in one for one in said)
    assert all(one.startswith("000001.tar") for one in said)


def test_a_shard_cut_short_is_found(built):
    shard = built / "000002.tar"
    shard.write_bytes(shard.read_bytes()[:2000])
    said = faults(built)
    assert any("2000 bytes of" in one for one in said)
    assert any("000002.tar, record 00000008" in one for one in said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("000001.json", "shard 000001 is missing: records 4 to 7"),
        ("000001.tar", "shard 000001 cannot be read"),
    ],
)
def test_a_missing_file_is_named(built, name, said):
    (built / name).unlink()
    assert any(said in one for one in faults(built))


def test_duplicates_and_gaps_are_named(built):
    path = built / "000000.json"
    facts = json.loads(path.read_text())
    facts["records"][1] = facts["records"][0]
    path.write_text(json.dumps(facts))
    said = faults(built)
    assert "000000.tar has record 0 2 times" in said
    assert "000000.tar lacks record 1" in said


def test_what_belongs_to_nothing_is_named(built):
    (built / "000009.tar").write_bytes(b"")
    (built / ".000001.abc.part").write_bytes(b"")
    report = finish(verify_set(built))
    assert report.faults == ["000009.tar belongs to no shard of 14 records"]
    assert report.notes == [".000001.abc.part is left of a build"]


def test_equal_pictures_are_noted(make_set, tmp_path, tiny):
    folder = make_set(tmp_path / "set", count=8)
    (folder / "build.toml").write_text(tiny(count=8).config.to_toml())
    report = finish(verify_set(folder))
    assert report.faults == []
    assert report.notes[0] == "records 00000000 and 00000001 show the same picture"


def test_verify_needs_a_data_set(tmp_path):
    with pytest.raises(InputError, match="holds no data set"):
        finish(verify_set(tmp_path))


def test_statistics_count_what_is_there(built):
    found = finish(statistics_of(built))
    assert (found.records, found.shards, found.sides) == (12, 4, (64,))
    assert found.domains == {"plain": 4, "warm": 4, "cold": 4}
    assert found.rejected == {"portrait # blinks": 2}
    assert found.size == sum(path.stat().st_size for path in built.glob("*.tar"))
    values = [ShardSet(built).values(number) for number in range(12)]
    gaze = np.degrees([one["gaze"][0] for one in values])
    np.testing.assert_allclose(found.angles()["gaze yaw"][0], gaze.mean(), atol=1e-4)
    smile = dict(found.expressions())["mouthSmileLeft"]
    np.testing.assert_allclose(smile[0], np.mean([one["expression"][43] for one in values]))
    assert json.loads(json.dumps(found.as_json()))["rejections"][0]["index"] == 3


def test_plots_show_another_data_set_otherwise(built, make_set, tmp_path):
    one = plots(finish(statistics_of(built)))
    other = plots(finish(statistics_of(make_set(tmp_path / "other", count=3))))
    assert one.shape[1:] == (1500, 3)
    assert one.dtype == np.uint8
    assert one.shape != other.shape or (one != other).any()


def test_the_model_lies_where_the_camera_says(built):
    record = ShardSet(built)[0]
    own = (record.landmarks[:, :2] + 0.5) / 64
    eyes = np.linalg.norm(own[468] - own[473])
    assert np.median(np.linalg.norm(seen_landmarks(record) - own, axis=1)) < 0.1 * eyes


def test_a_sheet_shows_labels_unless_it_is_plain(built):
    records = ShardSet(built)[:3]
    with_labels, plain = sheet(records, 128), sheet(records, 128, plain=True)
    assert with_labels.shape == plain.shape
    assert (with_labels != plain).any()
    assert labelled(records[0], 128).shape == (128, 128, 3)
