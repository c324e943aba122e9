import io
import os
import pickle

import numpy as np
import pytest

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.numpy_pickle import read_numpy_pickle


def model():
    rng = np.random.default_rng(1)
    return {
        "shape": rng.normal(size=(5, 3)),
        "columns": np.asfortranarray(rng.normal(size=(4, 3)).astype(np.float32)),
        "swapped": np.arange(6, dtype=">i4").reshape(2, 3),
        "faces": np.arange(12, dtype=np.int64).reshape(4, 3),
        "flag": np.bool_(True),
        "number": np.float32(0.25),
        "list": [1, 2.5, "words", None, np.arange(3)],
        "empty": np.zeros((0, 3)),
        "ragged": np.array([np.arange(2), np.arange(3)], dtype=object),
    }


@pytest.mark.parametrize(
    ("protocol", "old"), [(2, True), (2, False), (3, False), (4, False), (5, False)]
)
def test_a_dictionary_of_arrays_comes_back(tmp_path, protocol, old):
    path = tmp_path / "model.npy"
    pickled = pickle.dumps(model(), protocol=protocol)
    if old:  # how numpy 1 named the same functions
        assert b"numpy._core.multiarray" in pickled
        pickled = pickled.replace(b"numpy._core.", b"numpy.core.")
    path.write_bytes(pickled)
    read = read_numpy_pickle(path)
    assert list(read) == list(model())
    for name in ("shape", "columns", "swapped", "faces", "empty"):
        np.testing.assert_array_equal(read[name], model()[name])
        assert read[name].dtype.isnative
    assert read["flag"] is True
    assert read["number"] == 0.25
    assert read["list"][:4] == [1, 2.5, "words", None]
    np.testing.assert_array_equal(read["ragged"][1], [0, 1, 2])


def test_what_numpy_saves_comes_back(tmp_path):
    path = tmp_path / "model.npy"
    np.save(path, model(), allow_pickle=True)
    np.testing.assert_array_equal(read_numpy_pickle(path)["shape"], model()["shape"])


class Hostile:
    """Runs a command when numpy loads it."""

    def __init__(self, call, *arguments):
        self.reduced = (call, arguments)

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize(
    "value",
    [
        Hostile(os.system, "touch pwned"),
        Hostile(eval, "open('pwned', 'w')"),
        {"nested": [Hostile(exec, "open('pwned', 'w')")]},
        Hostile(getattr, "text", "upper"),
        Hostile(np.memmap, "pwned"),
        Hostile(bytearray, 1 << 40),
    ],
    ids=["system", "eval", "nested", "getattr", "memmap", "memory"],
)
def test_nothing_is_executed(tmp_path, monkeypatch, value):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / "a.npy", tmp_path / "b.npy"):
        with path.open("wb") as file:
            np.save(file, np.array(value, object), allow_pickle=True)
        with pytest.raises(WeightsError, match="carries code"):
            read_numpy_pickle(path)
    assert not (tmp_path / "pwned").exists()


def test_an_array_larger_than_its_bytes_is_refused(tmp_path):
    path = tmp_path / "large.npy"
    pickled = pickle.dumps({"shape": np.zeros(1000, np.uint8)}, protocol=2)
    assert pickled.count(b"M\xe8\x03") == 1
    path.write_bytes(pickled.replace(b"M\xe8\x03", b"J\xff\xff\xff\x7f"))
    with pytest.raises(WeightsError, match="do not fit its shape"):
        read_numpy_pickle(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no .npy file"),
        (b"hello", "is no .npy file"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
        (pickle.dumps([1, 2]), "holds a list, not a dictionary"),
        (pickle.dumps(model())[:200], "cut off or damaged"),
        (b"\x80\x02c__main__\nThing\n.", "asks for __main__.Thing"),
        (b"\x80\x02}X\x01\x00\x00\x00acgadgets\nThing\n)R\x73.", "asks for gadgets.Thing"),
        (b"\x80\x02X\x01\x00\x00\x00aQ.", "refers to objects outside itself"),
    ],
    ids=["empty", "text", "pointer", "list", "cut", "class", "object", "persistent"],
)
def test_another_file_is_refused_in_a_sentence(tmp_path, data, said):
    path = tmp_path / "other.npy"
    path.write_bytes(data)
    with pytest.raises(WeightsError, match=said) as caught:
        read_numpy_pickle(path)
    assert str(path) in str(caught.value)


def test_a_plain_array_is_no_dictionary(tmp_path):
    path = tmp_path / "array.npy"
    np.save(path, np.zeros(3))
    with pytest.raises(WeightsError, match="holds one array of float64"):
        read_numpy_pickle(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(WeightsError, match="cannot be read: no such file"):
        read_numpy_pickle(tmp_path / "none.npy")


def test_shared_lists_do_not_multiply_without_end(tmp_path):
    value = []
    for _ in range(30):
        value = [value, value]
    path = tmp_path / "laughs.npy"
    path.write_bytes(pickle.dumps({"laughs": value}))
    with pytest.raises(WeightsError, match="holds more than 100000 values"):
        read_numpy_pickle(path)


def test_a_shared_array_is_read_once(tmp_path):
    array = np.arange(4)
    path = tmp_path / "shared.npy"
    path.write_bytes(pickle.dumps({"one": array, "other": array}))
    read = read_numpy_pickle(path)
    assert read["one"] is read["other"]


@pytest.mark.parametrize("length", range(1, 700, 7))
def test_a_file_cut_off_anywhere_is_refused(tmp_path, length):
    path = tmp_path / "model.npy"
    path.write_bytes(pickle.dumps(model())[:length])
    with pytest.raises(WeightsError, match="cut off or damaged"):
        read_numpy_pickle(path)


def test_endless_nesting_is_refused(tmp_path):
    value = {}
    for _ in range(100):
        value = {"inner": value}
    stream = io.BytesIO()
    pickle.dump(value, stream)
    path = tmp_path / "deep.npy"
    path.write_bytes(stream.getvalue())
    with pytest.raises(WeightsError, match="nested deeper than 32"):
        read_numpy_pickle(path)
