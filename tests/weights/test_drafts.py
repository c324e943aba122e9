"""Drafts: all or nothing, whatever ends them."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from avatarartist_core.errors import OutputError
from avatarartist_core.weights.bundle import find_bundle
from avatarartist_core.weights.draft import BundleDraft

HALF = """
import sys, time
from pathlib import Path
from avatarartist_core.weights.draft import BundleDraft
with BundleDraft("mine", "dit", Path(sys.argv[1])) as draft:
    draft.new_path("half.txt").write_text("half")
    print("half", flush=True)
    time.sleep(60)
"""

LIMITED = """
import resource, sys, torch
from pathlib import Path
from avatarartist_core.errors import OutputError
from avatarartist_core.weights.draft import BundleDraft
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    with BundleDraft("mine", "dit", Path(sys.argv[1])) as draft:
        draft.add_tensors("model.safetensors", {"weight": torch.zeros(10000)})
except OutputError as error:
    print(error)
"""


def make(home: Path, value: float) -> None:
    with BundleDraft("mine", "dit", home) as draft:
        draft.add_tensors("model.safetensors", {"weight": torch.full((3,), value)})
        draft.describe(config={}, licence="CC0-1.0", source="a test")
        draft.commit()


def spoil(draft: BundleDraft, error: type[BaseException]) -> None:
    draft.add_tensors("model.safetensors", {"weight": torch.zeros(3)})
    raise error


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_tensors_keep_their_bits_and_types(home: Path) -> None:
    shared = torch.randn(4, 4)
    tensors = {
        "half": torch.randn(3).half(),
        "brain": torch.randn(3).bfloat16(),
        "whole": torch.arange(4),
        "flags": torch.tensor([True, False]),
        "nan": torch.tensor([float("nan"), float("inf"), -0.0]),
        "turned": shared.T,
        "shared": shared,
        "part": shared[0],
        "alone": torch.tensor(3.0),
        "none": torch.zeros(0, 3),
    }
    with BundleDraft("mine", "dit") as draft:
        draft.add_tensors("model.safetensors", tensors)
        draft.describe(config={}, licence="CC0-1.0", source="a test")
        read = load_file(draft.commit().path("model.safetensors"))
    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype
        assert torch.equal(read[name].nan_to_num(7), tensor.nan_to_num(7)), name


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing_behind(
    home: Path, tmp_path: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), BundleDraft("mine", "dit") as draft:
        spoil(draft, error)
    assert everything(tmp_path) == []


def test_leaving_without_commit_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    with BundleDraft("mine", "dit") as draft:
        draft.add_tensors("model.safetensors", {"weight": torch.zeros(3)})
    assert everything(tmp_path) == []


def test_an_error_leaves_the_older_bundle_as_it_was(home: Path) -> None:
    make(home, 1.0)
    before = everything(home)
    with pytest.raises(RuntimeError), BundleDraft("mine", "dit") as draft:
        spoil(draft, RuntimeError)
    assert everything(home) == before
    assert load_file(find_bundle("dit", "mine").path("model.safetensors"))["weight"][0] == 1


def test_a_new_bundle_replaces_the_older_one_whole(home: Path) -> None:
    make(home, 1.0)
    extra = home / "mine" / "dit" / "extra.txt"
    extra.write_text("of the older one")
    make(home, 2.0)
    assert load_file(find_bundle("dit", "mine").path("model.safetensors"))["weight"][0] == 2
    assert everything(home) == [
        "mine",
        "mine/dit",
        "mine/dit/bundle.toml",
        "mine/dit/model.safetensors",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_words(home: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no space left") as caught, BundleDraft("a", "b") as d:
        Path("/dev/full").write_text(str(d.folder))
    assert "AA_WEIGHTS" in caught.value.hint
    assert everything(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits on file sizes there")
def test_tensors_that_find_no_room_are_said_in_words(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", LIMITED, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == f"{home}/mine/dit could not be written: no space left on device\n"
    assert everything(tmp_path) == []


def test_a_home_that_is_a_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError), BundleDraft("a", "b", tmp_path / "file"):
        pass
    assert everything(tmp_path) == ["file"]


def test_what_a_killed_process_left_is_hidden_and_swept_by_the_next(home: Path) -> None:
    make(home, 1.0)
    command = [sys.executable, "-c", HALF, str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        make(home, 2.0)
        assert [name for name in everything(home) if "draft" in name], "it is still being written"
        process.send_signal(signal.SIGKILL)
    assert load_file(find_bundle("dit", "mine").path("model.safetensors"))["weight"][0] == 2
    make(home, 3.0)
    assert [name for name in everything(home) if "draft" in name] == []


def test_ctrl_c_in_another_process_leaves_nothing(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HALF, str(home)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        # a shell starts what runs in its background deaf to SIGINT
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGINT)
    assert everything(tmp_path) == []


def test_a_bundle_killed_between_two_renames_is_put_back(home: Path) -> None:
    make(home, 1.0)
    place = home / "mine" / "dit"
    place.rename(home / "mine" / ".dit.old-abc")
    (home / "mine" / ".dit.draft-abc").mkdir()
    with BundleDraft("mine", "dit"):
        assert load_file(find_bundle("dit", "mine").path("model.safetensors"))["weight"][0] == 1
    assert everything(home / "mine") == ["dit", "dit/bundle.toml", "dit/model.safetensors"]


def test_folders_of_others_are_not_swept(home: Path) -> None:
    stranger = home / "mine" / ".cache"
    stranger.mkdir(parents=True)
    make(home, 1.0)
    assert stranger.is_dir()


def test_a_finished_bundle_can_be_read_as_its_neighbours_can(home: Path) -> None:
    make(home, 1.0)
    mask = os.umask(0)
    os.umask(mask)
    assert (home / "mine" / "dit").stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.parametrize("file", ["../a.safetensors", "/a.safetensors", "bundle.toml", "a.pt", ""])
def test_files_stay_inside_and_are_safetensors(home: Path, file: str) -> None:
    with BundleDraft("mine", "dit") as draft, pytest.raises(ValueError, match="not"):
        draft.add_tensors(file, {})


def test_mistakes_of_a_converter_are_named(home: Path, tmp_path: Path) -> None:
    with BundleDraft("mine", "dit") as draft:
        with pytest.raises(ValueError, match="was not described"):
            draft.commit()
        with pytest.raises(TypeError, match=r"config\.shape is a set"):
            draft.describe(config={"shape": {1}}, licence="", source="")
    with pytest.raises(ValueError, match="is not lower-case"):
        BundleDraft("../mine", "dit")
    assert everything(tmp_path) == []


def test_a_link_is_no_file_of_a_bundle(home: Path) -> None:
    with BundleDraft("mine", "dit") as draft:
        draft.new_path("model.safetensors").symlink_to(__file__)
        draft.describe(config={}, licence="", source="")
        with pytest.raises(ValueError, match="is a link"):
            draft.commit()
