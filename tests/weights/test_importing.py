"""Importing a folder: every component alone, all or nothing, what was read is recorded."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from avatarartist_core.entries import Entry, GeneratorEntry, Importer, RendererEntry
from avatarartist_core.errors import (
    AvatarArtistError,
    OutputError,
    UnknownNameError,
    WeightsError,
)
from avatarartist_core.weights.bundle import find_bundle
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.importing import Outcome, import_folder, importers
from avatarartist_core.weights.reading import read_tensors

HERE = __name__


def convert(folder: Path, draft: BundleDraft, progress: Callable[[int, int | None], None]) -> None:
    draft.add_tensors("model.safetensors", read_tensors(folder / "net.pt"))
    progress(1, 1)
    draft.describe(config={"width": 3}, licence="MIT", source="their test")


def convert_pair(folder: Path, draft: BundleDraft, progress: object) -> None:
    draft.add_tensors("a.safetensors", read_tensors(folder / "sub" / "a.pt"))
    draft.add_tensors("b.safetensors", read_tensors(folder / "b.pt"))
    draft.describe(config={}, licence="MIT", source="their test")


def convert_wrongly(folder: Path, draft: BundleDraft, progress: object) -> None:
    raise ZeroDivisionError("of all things\nand more")


def convert_and_touch(folder: Path, draft: BundleDraft, progress: object) -> None:
    convert(folder, draft, lambda done, total: None)
    os.utime(folder / "net.pt", (1, 1))


def interrupt(folder: Path, draft: BundleDraft, progress: object) -> None:
    convert(folder, draft, lambda done, total: None)
    raise KeyboardInterrupt


def importer(function: str, *reads: str) -> Importer:
    return Importer(bundle="theirs", reads=reads, convert=f"{HERE}:{function}")


def entry(name: str, *made: Importer) -> tuple[Entry, str]:
    return GeneratorEntry(name=name, summary="", factory="x:Y", importers=made), "test 1.0"


ONE = entry("one", importer("convert", "net.pt"))
PAIR = entry("pair", importer("convert_pair", "sub/a.pt", "b.pt"))


def run(folder: Path, *entries: tuple[Entry, str]) -> dict[str, Outcome]:
    outcomes = import_folder(importers(entries, "theirs"), folder, lambda name: lambda *_: None)
    return {outcome.component: outcome for outcome in outcomes}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    torch.save({"weight": torch.arange(3.0)}, made / "net.pt")
    return made


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_component_whose_files_are_there_gets_its_bundle(home: Path, folder: Path) -> None:
    made = run(folder, ONE)["one"]
    assert (made.state, made.kind, made.error) == ("imported", "generator", None)
    bundle = find_bundle("one", "theirs")
    assert made.bundle == bundle
    assert (bundle.licence, bundle.config) == ("MIT", {"width": 3})


def test_what_was_read_is_recorded(home: Path, folder: Path) -> None:
    run(folder, ONE)
    read = (folder / "net.pt").read_bytes()
    (file,) = find_bundle("one", "theirs").made_from
    assert (file.path, file.size) == ("net.pt", len(read))
    assert file.sha256 == hashlib.sha256(read).hexdigest()


def test_components_without_files_are_not_found(home: Path, folder: Path) -> None:
    outcomes = run(folder, ONE, PAIR)
    assert outcomes["one"].state == "imported"
    assert outcomes["pair"].state == "not found"


def test_a_component_with_some_files_names_the_others(home: Path, folder: Path) -> None:
    torch.save({"a": torch.zeros(1)}, folder / "b.pt")
    outcomes = run(folder, ONE, PAIR)
    assert outcomes["one"].state == "imported"
    assert str(outcomes["pair"].error) == f"{folder} lacks sub/a.pt for generator 'pair'"
    assert outcomes["pair"].error.exit_code == 2  # type: ignore[union-attr]
    assert everything(home) == [
        "theirs",
        "theirs/one",
        "theirs/one/bundle.toml",
        "theirs/one/model.safetensors",
    ]


def test_the_folder_around_the_files_will_do(home: Path, folder: Path) -> None:
    (folder / "sub").mkdir()
    assert run(folder.parent, ONE)["one"].state == "imported"


def test_one_that_fails_leaves_the_others_and_its_own_older_bundle(
    home: Path, folder: Path
) -> None:
    run(folder, ONE)
    torch.save({"weight": torch.arange(4.0)}, folder / "net.pt")
    broken = entry("broken", importer("convert_wrongly", "net.pt"))
    outcomes = run(folder, broken, ONE)
    assert outcomes["one"].state == "imported"
    assert str(outcomes["broken"].error) == (
        "generator 'broken' could not be imported: its converter raised "
        "ZeroDivisionError: of all things"
    )
    (folder / "net.pt").write_bytes(b"damaged")
    outcomes = run(folder, ONE)
    assert isinstance(outcomes["one"].error, WeightsError)
    path = find_bundle("one", "theirs").path("model.safetensors")
    assert len(read_tensors(path)["weight"]) == 4
    assert not [name for name in everything(home) if "." in name.split("/")[-1][:1]]


def test_a_file_that_changes_meanwhile_is_refused(home: Path, folder: Path) -> None:
    changing = entry("changing", importer("convert_and_touch", "net.pt"))
    assert "changed while it was read" in str(run(folder, changing)["changing"].error)
    assert not home.exists()


def test_ctrl_c_stops_all_and_leaves_nothing_half(home: Path, folder: Path) -> None:
    stopping = entry("stopping", importer("interrupt", "net.pt"))
    with pytest.raises(KeyboardInterrupt):
        run(folder, stopping, ONE)
    assert not home.exists()


def test_a_converter_that_is_not_there_is_named(home: Path, folder: Path) -> None:
    lost = entry("lost", importer("no_such_function", "net.pt"))
    error = run(folder, lost)["lost"].error
    assert isinstance(error, AvatarArtistError)
    assert "has no 'no_such_function'" in str(error)


def test_a_folder_without_any_of_the_files_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeightsError, match="holds none of the files") as caught:
        run(tmp_path / "empty", ONE, PAIR)
    assert "net.pt, sub/a.pt, b.pt" in caught.value.hint
    with pytest.raises(WeightsError, match="does not exist"):
        run(tmp_path / "nowhere", ONE)


def test_a_bundle_nobody_imports_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match="'theres'; did you mean 'theirs'"):
        importers([ONE, PAIR], "theres")


def test_a_renderer_of_the_same_folder_stands_alone(home: Path, folder: Path) -> None:
    made = importer("convert", "net.pt")
    drawn = RendererEntry(name="drawn", summary="", factory="x:Y", importers=(made,)), "test"
    outcomes = run(folder, ONE, drawn)
    assert [outcome.kind for outcome in outcomes.values()] == ["generator", "renderer"]
    assert find_bundle("drawn", "theirs").component == "drawn"


def test_a_disk_without_room_is_noticed_before_anything_is_read(home: Path, folder: Path) -> None:
    huge = folder / "net.pt"
    try:
        os.truncate(huge, 1 << 43)
    except OSError:
        pytest.skip("this file system holds no file of 8 TB, not even an empty one")
    with pytest.raises(OutputError, match="the weights take 8796"):
        run(folder, ONE)
    assert not home.exists()


def test_either_of_two_files_will_do_and_the_one_that_was_read_is_recorded(
    home: Path, folder: Path
) -> None:
    either = entry("either", importer("convert", "net.safetensors|net.pt"))
    outcome = run(folder, either)["either"]
    assert outcome.bundle is not None
    assert [file.path for file in outcome.bundle.made_from] == ["net.pt"]
    neither = entry("neither", importer("convert", "net.pt", "x.bin|x.safetensors"))
    with_words = run(folder, neither)["neither"].error
    assert "x.bin or x.safetensors" in str(with_words)
