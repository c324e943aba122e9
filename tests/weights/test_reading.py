"""Checkpoints of other projects: what is in them comes out, what does not belong is refused."""

import argparse
import io
import os
import pickle
import shutil
import struct
import tarfile
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.reading import read_checkpoint, read_tensors
from tests.weights.foreign import Calls

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def state() -> dict[str, Any]:
    torch.manual_seed(0)
    return {
        "state_dict": OrderedDict(
            weight=torch.randn(3, 4),
            half=torch.randn(5).bfloat16(),
            count=torch.tensor(3),
            nan=torch.tensor([float("nan"), float("-inf")]),
        ),
        "epoch": 7,
        "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "groups": [{"lr": 0.1}]},
    }


@pytest.fixture(params=["zip", "old", "safetensors"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the same weights in each form."""
    path = tmp_path / {"zip": "model.pt", "old": "model.pth"}.get(
        request.param, "model.safetensors"
    )
    if request.param == "safetensors":
        save_file(state()["state_dict"], path)
    else:
        torch.save(state(), path, _use_new_zipfile_serialization=request.param == "zip")
    return path


def refused(file: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        read_tensors(file)
    assert str(caught.value).startswith(f"{file} ")
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value).removeprefix(f"{file} ")


def test_every_form_gives_the_same_bits(file: Path) -> None:
    read = read_tensors(file)
    tensors = read.get("state_dict", read)
    for name, wanted in state()["state_dict"].items():
        assert tensors[name].dtype == wanted.dtype
        bits, ours = (t.contiguous().reshape(-1).view(torch.uint8) for t in (wanted, tensors[name]))
        assert torch.equal(bits, ours)
    assert tensors.keys() == state()["state_dict"].keys()


def test_plain_values_and_nested_dictionaries_come_along(tmp_path: Path) -> None:
    torch.save(state(), tmp_path / "model.pt")
    read = read_tensors(tmp_path / "model.pt")
    assert read["epoch"] == 7
    assert read["optimizer"]["groups"] == [{"lr": 0.1}]


def test_a_bare_tensor_or_a_list_is_read_as_what_it_is(tmp_path: Path) -> None:
    torch.save(torch.arange(3), tmp_path / "mean.pt")
    torch.save([torch.arange(3)], tmp_path / "average.pkl")
    assert read_checkpoint(tmp_path / "mean.pt").tolist() == [0, 1, 2]
    assert read_checkpoint(tmp_path / "average.pkl")[0].tolist() == [0, 1, 2]
    assert "holds a Tensor, not tensors by name" in refused(tmp_path / "mean.pt")


def test_a_file_cut_off_anywhere_is_refused(file: Path) -> None:
    data = file.read_bytes()
    for length in range(0, len(data), 7):
        file.write_bytes(data[:length])
        assert refused(file).startswith(("is cut off", "is empty", "is not a check")), length


@QUICK
@given(data=st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(file: Path, data: st.DataObject) -> None:
    whole = file.with_suffix(".whole")
    if not whole.exists():
        shutil.copy(file, whole)
    content = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    with suppress(WeightsError):
        read_tensors(file)


def test_a_changed_value_in_a_zip_file_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    torch.save({"weight": torch.full((100,), 1.5)}, file)
    data = file.read_bytes()
    file.write_bytes(data.replace(struct.pack("<f", 1.5), struct.pack("<f", 2.5), 1))
    assert "is damaged: the check sum of model/data/0 does not fit" in refused(file)


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "old"])
@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (os.system, ["touch SENTINEL"]),
        (eval, ["open('SENTINEL', 'w')"]),
        (exec, ["open('SENTINEL', 'w')"]),
        (open, ["SENTINEL", "w"]),
        (os.mkdir, ["SENTINEL"]),
        (getattr, [torch, "load"]),
        (torch.load, ["SENTINEL"]),
        (torch.hub.load, ["SENTINEL", "x"]),
        (argparse.Namespace, []),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_a_checkpoint_that_carries_code_is_refused_and_named(
    tmp_path: Path, function: Any, arguments: list[Any], zipped: bool
) -> None:
    file, sentinel = tmp_path / "model.pt", tmp_path / "executed"
    arguments = [
        each.replace("SENTINEL", str(sentinel)) if isinstance(each, str) else "os"
        for each in arguments
    ]
    value = {"weight": torch.zeros(2), "more": [Calls(function, *arguments)]}
    torch.save(value, file, _use_new_zipfile_serialization=zipped)
    words = refused(file)
    assert words.startswith("carries code or objects other than tensors: it asks for ")
    assert words.endswith(function.__name__)
    assert not sentinel.exists()


def test_a_plain_pickle_is_no_checkpoint(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    file.write_bytes(pickle.dumps({"weight": 1}))
    assert refused(file) == "is a pickle, not a checkpoint of torch"
    file.write_bytes(pickle.dumps(Calls(os.system, f"touch {tmp_path / 'executed'}")))
    assert "system" in refused(file)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"text", "is not a checkpoint"),
        (b"\n<!DOCTYPE html>", "is a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
        (b"PK\x03\x04", "is cut off or damaged"),
        (b"\x80\x02.", "is cut off or damaged"),
        (struct.pack("<Q", 1 << 50) + b"{}", "is cut off, damaged or no safetensors file"),
    ],
)
def test_what_is_no_checkpoint_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "model.bin").write_bytes(data)
    assert refused(tmp_path / "model.bin").startswith(said)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "cannot be read: no such file" in refused(tmp_path / "model.pt")
    assert "cannot be read: is a directory" in refused(tmp_path)


def repacked(source: Path, target: Path, **changes: Any) -> None:
    """Pack a zip checkpoint again, with another compression or more entries."""
    more: dict[str, bytes] = changes.pop("more", {})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", **changes) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        for name, data in more.items():
            new.writestr(name, data)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(1_000_000)}, tmp_path / "whole.pt")
    repacked(tmp_path / "whole.pt", tmp_path / "bomb.pt", compression=zipfile.ZIP_DEFLATED)
    assert (tmp_path / "bomb.pt").stat().st_size < 10_000
    assert "has compressed entries" in refused(tmp_path / "bomb.pt")


def test_entries_that_claim_the_same_bytes_are_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(1000), "other": torch.ones(1000)}, tmp_path / "whole.pt")
    data = (tmp_path / "whole.pt").read_bytes()
    listing = data.index(b"PK\x01\x02")
    entry = data.index(b"PK\x01\x02", listing + 4)
    grown = bytearray(data)
    grown[entry + 20 : entry + 28] = struct.pack("<II", 1 << 30, 1 << 30)
    (tmp_path / "bomb.pt").write_bytes(grown)
    words = refused(tmp_path / "bomb.pt")
    assert words.startswith(("has entries that overlap", "is cut off or damaged"))


def test_a_zip_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "is a zip file without tensors" in refused(tmp_path / "model.pt")
    torch.save({"weight": torch.zeros(2)}, tmp_path / "whole.pt")
    program = {"whole/constants.pkl": b"x"}
    repacked(tmp_path / "whole.pt", tmp_path / "model.pt", more=program)
    assert "is a TorchScript program" in refused(tmp_path / "model.pt")


def test_a_tar_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.pt"
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        member = tarfile.TarInfo("\x80storages")
        archive.addfile(member, io.BytesIO())
    assert file.read_bytes()[:1] == b"\x80"
    assert "is a tar archive" in refused(file)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (torch.zeros(1).expand(1 << 40), "holds weight of 4398046511104 bytes in 4 bytes"),
        (torch.zeros(3).to_sparse(), "holds weight, which is not a dense tensor"),
        (torch.zeros(3, device="meta"), "holds weight without its values"),
    ],
    ids=["expanded", "sparse", "meta"],
)
def test_tensors_that_are_not_plain_are_refused(tmp_path: Path, value: Any, said: str) -> None:
    torch.save({"weight": value}, tmp_path / "model.pt")
    assert refused(tmp_path / "model.pt") == said


def test_shared_values_are_looked_at_once_and_endless_ones_refused(tmp_path: Path) -> None:
    laughs: list[Any] = []
    for _ in range(50):
        laughs = [laughs, laughs]
    torch.save({"weight": torch.zeros(1), "laughs": laughs}, tmp_path / "model.pt")
    assert read_tensors(tmp_path / "model.pt")["weight"].tolist() == [0]
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    torch.save({"deep": deep}, tmp_path / "model.pt")
    assert refused(tmp_path / "model.pt") == "is nested deeper than 64 levels"
