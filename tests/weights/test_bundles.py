"""What a bundle states, where it is found, and what damaged ones are answered with."""

import sys
import tomllib
from pathlib import Path

import pytest
import torch

from avatarartist_core.errors import WeightsError
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.weights.bundle import Bundle, bundles_of, find_bundle, read_bundle
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.manifest import MANIFEST

SPEC = AvatarSpec(representation="triplane", channels=32, face_box=(0.25, 0.25, 0.75, 0.75))
CONFIG = {"scale": 0.3994218, "depths": (1, 2), "inner": {"name": "x", "none": None}}


def make(home: Path | None = None, name: str = "mine", component: str = "dit") -> Bundle:
    with BundleDraft(name, component, home) as draft:
        draft.add_tensors("vae/model.safetensors", {"weight": torch.arange(6.0).reshape(2, 3)})
        draft.describe(
            config=CONFIG,
            licence="Apache-2.0",
            source="a test",
            spec=SPEC,
            motion=MotionSpec(topology="anny-head"),
        )
        return draft.commit()


def test_a_bundle_reads_as_it_was_described(home: Path) -> None:
    make()
    bundle = find_bundle("dit", "mine")
    assert bundle.folder == home / "mine" / "dit"
    assert bundle.spec == SPEC
    assert bundle.motion == MotionSpec(topology="anny-head")
    assert bundle.config == {"scale": 0.3994218, "depths": [1, 2], "inner": {"name": "x"}}
    assert (bundle.licence, bundle.source) == ("Apache-2.0", "a test")
    assert bundle.path("vae/model.safetensors").is_file()
    assert [file.path for file in bundle.files] == ["vae/model.safetensors"]


def test_bundles_are_found_by_component(home: Path) -> None:
    for name, component in (("a", "dit"), ("b", "dit"), ("a", "vit")):
        make(None, name, component)
    assert [bundle.name for bundle in bundles_of("dit")] == ["a", "b"]
    assert [bundle.name for bundle in bundles_of("vit")] == ["a"]
    assert bundles_of("cnn") == []


def test_a_shipped_bundle_is_found_without_importing_its_package_and_wins(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "a_shipping_package"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('it was imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    make(package / "bundles", "tiny")
    make(None, "tiny")
    make(None, "mine")
    found = bundles_of("dit", package=package.name)
    assert [bundle.name for bundle in found] == ["tiny", "mine", "tiny"]
    assert find_bundle("dit", "tiny", package.name).folder.is_relative_to(package)
    assert package.name not in sys.modules


def test_a_name_that_is_not_there_is_answered_with_what_is(home: Path) -> None:
    make(None, "official")
    with pytest.raises(WeightsError, match="no weights called 'oficial'; did you mean 'offi") as e:
        find_bundle("dit", "oficial")
    assert "aa weights import oficial FOLDER" in e.value.hint
    assert e.value.exit_code == 2


def test_a_broken_bundle_is_left_out_of_lists_and_named_when_asked_for(home: Path) -> None:
    make(None, "good")
    broken = make(None, "broken").folder / MANIFEST
    broken.write_text("format = 1\nname = ")
    assert [bundle.name for bundle in bundles_of("dit")] == ["good"]
    with pytest.raises(WeightsError, match=r"bundle\.toml is damaged"):
        find_bundle("dit", "broken")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "has the format 2, this program reads up to 1"),
        ("format = 1", "format = true", "its format is True"),
        ('component = "dit"', 'component = "../dit"', "component is '../dit'"),
        ('name = "mine"', "", "'name' is missing"),
        ("vae/model.safetensors", "../../secret", "not inside the bundle"),
        ("vae/model.safetensors", "/etc/passwd", "not inside the bundle"),
        ("vae/model.safetensors", "c:x", "not inside the bundle"),
        ("vae/model.safetensors", "bundle.toml", "not inside the bundle"),
        ('sha256 = "', 'sha256 = "x', "not 64 hex digits"),
        ("size = ", "size = -", "not a number of bytes"),
        ("channels = 32", "chanels = 32", "spec has no 'chanels'"),
        ("[config]", "[[config]]", "not a table"),
    ],
)
def test_a_damaged_manifest_is_refused(home: Path, old: str, new: str, said: str) -> None:
    manifest = make().folder / MANIFEST
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    with pytest.raises(WeightsError) as caught:
        read_bundle(manifest.parent)
    assert said in str(caught.value)
    assert str(manifest) in str(caught.value)


def test_a_bundle_under_another_name_is_refused(home: Path) -> None:
    folder = make(None, "mine").folder
    (home / "yours").mkdir()
    folder.rename(home / "yours" / "dit")
    with pytest.raises(WeightsError, match="says that it is bundle 'mine'"):
        find_bundle("dit", "yours")


def test_a_file_that_is_gone_or_cut_off_is_named(home: Path) -> None:
    bundle = make()
    with pytest.raises(WeightsError, match="has no file 'other'"):
        bundle.path("other")
    file = bundle.path("vae/model.safetensors")
    size = file.stat().st_size
    file.write_bytes(b"short")
    with pytest.raises(WeightsError, match=f"has 5 bytes, needs {size}"):
        bundle.path("vae/model.safetensors")
    file.unlink()
    with pytest.raises(WeightsError, match=r"model\.safetensors is missing"):
        bundle.path("vae/model.safetensors")


def test_the_manifest_is_plain_toml(home: Path) -> None:
    facts = tomllib.loads((make().folder / MANIFEST).read_text())
    assert facts["format"] == 1
    assert facts["spec"]["face_box"] == [0.25, 0.25, 0.75, 0.75]
    assert set(facts["files"][0]) == {"path", "sha256", "size"}
