import gc
import hashlib
import pickle
import tarfile

import numpy as np
import pytest

from avatarartist_core.datasets.encoding import decode, encode
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.shards import ShardWriter, facts_in, pack, unfinished_in
from avatarartist_core.errors import InputError, UnknownNameError


def test_records_are_read_in_any_order(make_set, tmp_path):
    found = ShardSet(make_set(tmp_path / "set"))
    assert len(found) == 6
    assert [found[number].index for number in (5, 0, 3, -1)] == [5, 0, 3, 5]
    assert [one.key for one in found[1:3]] == ["00000001", "00000002"]
    assert [one.index for one in found] == list(range(6))
    with pytest.raises(IndexError):
        found[6]


def test_values_are_read_without_pictures(make_set, tmp_path):
    values = ShardSet(make_set(tmp_path / "set")).values(4)
    assert values["gaze"].tolist() == [4.0, 0.0]
    assert values["rotation"].shape == (3, 3)
    assert "picture" not in values


def test_one_domain_is_kept(make_set, tmp_path):
    folder = make_set(tmp_path / "set")
    assert ShardSet(folder).domains == ("realistic", "pencil")
    assert [one.index for one in ShardSet(folder, ["pencil"])] == [1, 3, 5]
    with pytest.raises(UnknownNameError, match="no domain 'pencl'; did you mean 'pencil'"):
        ShardSet(folder, ["pencl"])


def test_a_loader_worker_gets_its_own_copy(make_set, tmp_path):
    found = ShardSet(make_set(tmp_path / "set"))
    found[0]
    copy = pickle.loads(pickle.dumps(found))  # noqa: S301 - what this very line wrote
    assert copy[5].index == 5


def test_a_shard_is_a_plain_tar_with_bare_headers(make_set, tmp_path):
    folder = make_set(tmp_path / "set")
    with tarfile.open(folder / "000001.tar", "r:") as shard:
        members = shard.getmembers()
    assert [one.name for one in members[:3]] == [
        "00000004.png",
        "00000004.mask.png",
        "00000004.mesh.png",
    ]
    assert {(one.mtime, one.uid, one.gid, one.uname, one.mode) for one in members} == {
        (0, 0, 0, "", 0o644)
    }


# The stream is left to the garbage collector to close: it reads to the end of each shard.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_webdataset_streams_the_same_records(make_set, tmp_path):
    webdataset = pytest.importorskip("webdataset")
    folder = make_set(tmp_path / "set")
    shards = sorted(str(path) for path in folder.glob("*.tar"))
    streamed = list(webdataset.WebDataset(shards, shardshuffle=False))
    gc.collect()
    assert [one["__key__"] for one in streamed] == [one.key for one in ShardSet(folder)]
    for one, kept in zip(streamed, ShardSet(folder), strict=True):
        again = decode({name: data for name, data in one.items() if not name.startswith("__")})
        np.testing.assert_array_equal(again.mesh_map, kept.mesh_map)
        np.testing.assert_array_equal(again.gaze, kept.gaze)


def test_the_facts_tell_hash_and_numbers(make_set, tmp_path):
    folder = make_set(tmp_path / "set")
    for facts in facts_in(folder):
        data = (folder / facts.shard).read_bytes()
        assert (facts.sha256, facts.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert [(facts.first, facts.end) for facts in facts_in(folder)] == [(0, 4), (4, 6)]


def test_a_shard_that_was_not_finished_leaves_nothing(record, tmp_path):
    def broken():
        with ShardWriter(tmp_path, "000000") as writer:
            writer.add(0, "00000000", "realistic", pack("00000000", encode(record)))
            raise RuntimeError("the light went out")

    with pytest.raises(RuntimeError):
        broken()
    assert list(tmp_path.iterdir()) == []
    assert list(unfinished_in(tmp_path)) == []


def test_a_shard_cut_short_is_refused(make_set, tmp_path):
    folder = make_set(tmp_path / "set")
    shard = folder / "000000.tar"
    shard.write_bytes(shard.read_bytes()[:5000])
    with pytest.raises(InputError, match="has 5000 bytes, not"):
        ShardSet(folder)[0]


@pytest.mark.parametrize(
    ("name", "said"), [("gone", "there is no data set"), ("", "holds no finished shard")]
)
def test_a_folder_without_shards_is_told(tmp_path, name, said):
    with pytest.raises(InputError, match=said):
        ShardSet(tmp_path / name if name else tmp_path)
