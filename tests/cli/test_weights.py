"""``aa weights`` as a user meets it: with a plugin that imports somebody's two networks."""

import json
import os
from pathlib import Path

import pytest
import torch

from avatarartist_core.specs import AvatarSpec
from avatarartist_core.weights.draft import BundleDraft
from tests.cli.command import Answer, aa
from tests.cli.hub import hub

PLUGIN = """
from avatarartist_core.entries import GeneratorEntry, Importer, RendererEntry
from avatarartist_core.hookspecs import hookimpl

def reading(name):
    return Importer(bundle="theirs", reads=(f"nets/{name}.pt", f"{name}.txt|{name}.md"),
                    convert=f"bringing.{name}:convert", repository="owner/nets",
                    revert="bringing.maker:export" if name == "maker" else "")

@hookimpl
def aa_components():
    yield GeneratorEntry(name="maker", summary="", factory="bringing:X",
                         importers=(reading("maker"),))
    yield RendererEntry(name="drawer", summary="", factory="bringing:X",
                        importers=(reading("drawer"),))
"""
CONVERTER = """
from avatarartist_core.specs import AvatarSpec
from avatarartist_core.weights.reading import read_tensors

def convert(folder, draft, progress):
    name = __name__.rpartition(".")[2]
    draft.add_tensors("model.safetensors", read_tensors(folder / "nets" / f"{name}.pt"))
    draft.describe(config={}, licence="CC-BY-4.0", source="its owner",
                   spec=AvatarSpec(representation="triplane", channels=32))

def export(bundle, folder):
    import torch
    from safetensors.torch import load_file
    (folder / "nets").mkdir()
    torch.save(load_file(bundle.path("model.safetensors")), folder / "nets" / "maker.pt")
"""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Return a folder with the owners' files of both networks."""
    folder = tmp_path / "theirs"
    (folder / "nets").mkdir(parents=True)
    for name in ("maker", "drawer"):
        torch.save({"weight": torch.ones(3, 4)}, folder / "nets" / f"{name}.pt")
        (folder / f"{name}.txt").write_text(name)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """Return an environment with the plugin and a folder of bundles of its own."""
    package = tmp_path / "plugins" / "bringing"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "plugin.py").write_text(PLUGIN)
    for name in ("maker", "drawer"):
        (package / f"{name}.py").write_text(CONVERTER)
    path = [str(package.parent), os.environ.get("PYTHONPATH", "")]
    return {
        "PYTHONPATH": os.pathsep.join(path),
        "AA_PLUGINS": "bringing=bringing.plugin",
        "AA_WEIGHTS": str(tmp_path / "weights"),
    }


@pytest.fixture
def bundles(settings: dict[str, str]) -> Path:
    """Return the folder of bundles with both networks in it."""
    for name in ("maker", "drawer"):
        with BundleDraft("theirs", name, home(settings)) as draft:
            draft.add_tensors("model.safetensors", {"weight": torch.ones(3, 4)})
            draft.describe(
                config={},
                licence="CC-BY-4.0",
                source="its owner",
                spec=AvatarSpec(representation="triplane", channels=32),
            )
            draft.commit()
    return home(settings)


def home(settings: dict[str, str]) -> Path:
    return Path(settings["AA_WEIGHTS"])


def bring(theirs: Path, settings: dict[str, str], *words: str) -> Answer:
    return aa("weights", "import", "theirs", str(theirs), *words, **settings)


def there(settings: dict[str, str]) -> list[str]:
    """List the components whose bundle is in the user's folder."""
    return sorted(path.parent.name for path in home(settings).glob("theirs/[!.]*/bundle.toml"))


def test_import_brings_every_component_and_says_where(
    theirs: Path, settings: dict[str, str]
) -> None:
    answer = bring(theirs, settings)
    assert answer.code == 0, answer.err
    folders = [home(settings) / "theirs" / name for name in ("maker", "drawer")]
    assert answer.out.splitlines() == [str(folder) for folder in folders]
    assert "licence: CC-BY-4.0" in answer.err
    assert there(settings) == ["drawer", "maker"]


def test_list_tells_size_licence_spec_whose_and_what_is_broken(
    bundles: Path, settings: dict[str, str]
) -> None:
    answer = aa("weights", "list", **settings)
    assert answer.code == 0
    for word in ("theirs", "maker", "CC-BY-4.0", "0.0 MB", "channels 32", "yours"):
        assert word in answer.out
    (bundles / "theirs" / "maker" / "bundle.toml").write_text("format = 9")
    answer = aa("weights", "list", **{**settings, "COLUMNS": "300"})
    assert answer.code == 0
    assert "broken: " in answer.out
    assert "has the format 9" in answer.out
    listed = json.loads(aa("weights", "list", "--json", **settings).out)
    faults = {each["component"]: each["fault"] for each in listed if each["bundle"] == "theirs"}
    assert "has the format 9" in faults["maker"]
    assert faults["drawer"] == ""


def test_a_component_half_there_is_an_error_and_the_other_is_imported(
    theirs: Path, settings: dict[str, str]
) -> None:
    (theirs / "drawer.txt").unlink()
    answer = bring(theirs, settings)
    assert answer.code == 2
    assert f"error: {theirs} lacks drawer.txt or drawer.md for renderer 'drawer'" in answer.err
    assert there(settings) == ["maker"]
    (theirs / "nets" / "drawer.pt").unlink()
    answer = bring(theirs, settings)
    assert answer.code == 0, "none of its files is there, which may be meant"
    assert "renderer 'drawer': none of its files is there" in answer.err


def test_a_file_that_carries_code_is_refused(theirs: Path, settings: dict[str, str]) -> None:
    executed = theirs / "executed"

    class Evil:
        def __reduce__(self) -> object:
            return os.system, (f"touch {executed}",)

    torch.save({"weight": Evil()}, theirs / "nets" / "maker.pt")
    answer = bring(theirs, settings, "--json")
    told = {each["component"]: each for each in json.loads(answer.out)}
    assert answer.code == 2
    assert f"{theirs}/nets/maker.pt carries code" in told["maker"]["reason"]
    assert "system" in told["maker"]["reason"]
    assert told["drawer"]["state"] == "imported"
    assert not executed.exists()
    assert [path.name for path in (home(settings) / "theirs").iterdir()] == ["drawer"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "theris", "."], "did you mean 'theirs'?"),
        (["import", "theirs", "nowhere"], "nowhere does not exist"),
        (["import", "theirs", "."], "holds none of the files that are needed"),
        (["pull", "theris"], "did you mean 'theirs'?"),
        (["verify", "theirs"], "no bundle is called 'theirs'"),
        (["remove", "theirs"], "no bundle is called 'theirs'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_words_are_answered_with_what_would_do(
    words: list[str], said: str, settings: dict[str, str], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    answer = aa("weights", *words, cwd=empty, **settings)
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert said in answer.err
    assert answer.out == ""


def test_verify_finds_a_changed_byte_and_what_does_not_belong(
    bundles: Path, settings: dict[str, str]
) -> None:
    assert aa("weights", "verify", "theirs", "-q", **settings).code == 0
    maker = bundles / "theirs" / "maker"
    data = bytearray((maker / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (maker / "model.safetensors").write_bytes(data)
    (maker / "more.txt").write_text("more")
    answer = aa("weights", "verify", "--json", **settings)
    assert answer.code == 1
    found = {each["component"]: each["faults"] for each in json.loads(answer.out)}
    assert found["drawer"] == []
    assert found["maker"] == [
        f"{maker}/model.safetensors has changed since it was imported",
        f"{maker}/more.txt is not part of the bundle",
    ]
    shown = aa("weights", "verify", "theirs", **settings)
    assert (shown.code, "✗ theirs maker" in shown.out) == (1, True)


def test_remove_takes_one_or_all_and_a_wrong_name_takes_none(
    bundles: Path, settings: dict[str, str]
) -> None:
    wrong = aa("weights", "remove", "their", **settings)
    assert (wrong.code, "did you mean 'theirs'?" in wrong.err) == (2, True)
    wrong = aa("weights", "remove", "theirs", "makr", **settings)
    assert (wrong.code, "did you mean 'maker'?" in wrong.err) == (2, True)
    assert there(settings) == ["drawer", "maker"]
    one = aa("weights", "remove", "theirs", "maker", **settings)
    assert (one.code, one.out) == (0, f"{bundles}/theirs/maker\n")
    assert there(settings) == ["drawer"]
    assert aa("weights", "remove", "theirs", **settings).code == 0
    assert list(bundles.iterdir()) == []


def test_what_is_shipped_is_not_removed(bundles: Path, settings: dict[str, str]) -> None:
    shipped = Path(settings["PYTHONPATH"].partition(os.pathsep)[0]) / "bringing" / "bundles"
    bundles.rename(shipped)
    answer = aa("weights", "remove", "theirs", **settings)
    assert answer.code == 2
    assert "is shipped inside a package and cannot be removed" in answer.err
    assert "shipped" in aa("weights", "list", **settings).out
    assert (shipped / "theirs" / "maker" / "bundle.toml").is_file()


def test_pull_fetches_only_what_is_needed_and_imports_it(
    theirs: Path, settings: dict[str, str]
) -> None:
    (theirs / "maker.md").write_text("not needed beside maker.txt")
    asked = {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with hub("owner/nets", theirs) as (address, sent):
        answer = aa("weights", "pull", "theirs", "-q", HF_ENDPOINT=address, **asked, **settings)
    assert answer.code == 0, answer.err
    assert set(sent) == {"nets/maker.pt", "maker.txt", "nets/drawer.pt", "drawer.txt"}
    assert there(settings) == ["drawer", "maker"]
    assert [path.name for path in home(settings).iterdir()] == ["theirs"]


def test_pull_says_what_keeps_it_from_the_network(settings: dict[str, str]) -> None:
    answer = aa("weights", "pull", "theirs", HF_HUB_OFFLINE="1", **settings)
    assert answer.code == 1
    assert answer.err.splitlines()[0] == (
        "error: 'owner/nets' was not fetched: the network is switched off"
    )
    assert len(answer.err.splitlines()) == 2
    answer = aa("weights", "pull", "theirs", HF_ENDPOINT="http://127.0.0.1:9", **settings)
    assert answer.code == 1
    assert "was not fetched: the hub cannot be reached (" in answer.err
    assert "aa weights import NAME FOLDER" in answer.err
    assert len(answer.err.splitlines()) == 2


def test_pull_says_when_the_repository_is_not_there(theirs: Path, settings: dict[str, str]) -> None:
    with hub("owner/other", theirs) as (address, _):
        answer = aa("weights", "pull", "theirs", HF_ENDPOINT=address, **settings)
    assert answer.code == 1
    assert "the hub has no such repository" in answer.err


def test_doctor_counts_bundles_and_licences(bundles: Path, settings: dict[str, str]) -> None:
    (bundles / "theirs" / "maker" / "bundle.toml").write_text("format = 9")
    found = json.loads(aa("doctor", "--json", **settings).out)
    told = {each["name"]: each for each in found if each["group"] == "weights"}
    assert f"1 yours in {bundles}" in told["bundles"]["value"]
    assert told["licence"]["value"] == "CC-BY-4.0: theirs drawer"
    assert told["theirs maker"]["state"] == "note"
    assert "aa weights remove theirs maker" in told["theirs maker"]["mend"]


def test_list_says_what_can_be_brought(settings: dict[str, str]) -> None:
    answer = aa("weights", "list", **settings)
    assert answer.code == 0
    assert "'theirs' for maker, drawer: aa weights pull theirs" in answer.err


def test_export_writes_what_was_imported(
    theirs: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    aa("weights", "import", "theirs", str(theirs), **settings)
    back = tmp_path / "back"
    answer = aa("weights", "export", "theirs", str(back), **settings)
    assert answer.code == 0, answer.err
    assert answer.out.strip() == str(back)
    assert "drawer: its plugin has no way back" in answer.err
    before = torch.load(theirs / "nets" / "maker.pt", weights_only=True)
    after = torch.load(back / "nets" / "maker.pt", weights_only=True)
    assert torch.equal(before["weight"], after["weight"])
    again = aa("weights", "export", "theirs", str(back), **settings)
    assert again.code == 2
    assert "exists" in again.err
    assert not list(tmp_path.glob(".back*"))


def test_what_has_no_way_back_is_named(theirs: Path, settings: dict[str, str]) -> None:
    aa("weights", "import", "theirs", str(theirs), **settings)
    answer = aa("weights", "export", "theirs", "back", "drawer", **settings)
    assert answer.code == 2
    assert "drawer cannot be written in the layout" in answer.err
