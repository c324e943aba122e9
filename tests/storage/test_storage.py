import json
import pickle
import struct
import subprocess
import sys
from dataclasses import dataclass, field, fields, is_dataclass

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from avatarartist_core.data import (
    Avatar,
    HeadFit,
    LayeredPortrait,
    ParametricTriplane,
    Portrait,
)
from avatarartist_core.errors import InputError, OutputError
from avatarartist_core.specs import AvatarSpec, MotionSpec
from avatarartist_core.storage import load_avatar, load_motion, load_portrait, read_header, save
from tests.motion.samples import performance

RANDOM = np.random.default_rng(0)


def noise(*shape):
    return RANDOM.normal(size=shape).astype(np.float32)


def fit():
    return HeadFit(
        identity=noise(80),
        expression=noise(52),
        rotation=noise(3, 3),
        scale=123.456,
        translation=noise(2),
        gaze=noise(2),
        rms=0.0123,
    )


def portrait():
    return Portrait(
        picture=RANDOM.integers(0, 255, (64, 64, 3), np.uint8),
        to_file=noise(2, 3),
        landmarks=noise(478, 3),
        mask=RANDOM.random((64, 64), np.float32),
        fit=fit(),
        score=0.97,
        humanness=0.8,
        source="face.png",
    )


SPEC = AvatarSpec("layers", "anny-head", face_box=(0.1, 0.2, 0.8, 0.9))


def layered():
    return LayeredPortrait(
        spec=SPEC,
        fit=fit(),
        generator="lift",
        landmarks=noise(478, 3),
        side=512,
        arrays={
            "texture": RANDOM.integers(0, 255, (16, 16, 4), np.uint8),
            "binding": np.arange(12, dtype=np.int32).reshape(4, 3)[:, ::-1],
            "is_hair": np.array([True, False]),
            "depth": np.array(-np.inf, np.float32),
        },
    )


def assert_same(one, other):
    assert type(one) is type(other)
    for part in fields(one):
        mine, theirs = getattr(one, part.name), getattr(other, part.name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, theirs)
            assert mine.dtype == theirs.dtype
        elif isinstance(mine, dict):
            assert mine.keys() == theirs.keys()
            for name, array in mine.items():
                np.testing.assert_array_equal(array, theirs[name])
                assert array.dtype == theirs[name].dtype
        elif is_dataclass(mine):
            assert_same(mine, theirs)
        else:
            assert mine == theirs


def test_a_portrait_comes_back_as_it_went(tmp_path):
    value = portrait()
    save(value, tmp_path / "a.safetensors")
    assert_same(load_portrait(tmp_path / "a.safetensors"), value)


def test_a_layered_avatar_comes_back_as_it_went(tmp_path):
    value = layered()
    save(value, tmp_path / "a.safetensors")
    assert_same(load_avatar(tmp_path / "a.safetensors", LayeredPortrait), value)


def test_a_motion_comes_back_as_it_went(tmp_path):
    value = performance(
        residual=RANDOM.normal(size=(12, 468, 2)).astype(np.float16),
        embedding=noise(12, 7),
        spec=MotionSpec("anny-head", "pdfgc"),
    )
    save(value, tmp_path / "a.safetensors")
    assert_same(load_motion(tmp_path / "a.safetensors"), value)


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_triplanes_come_back_as_torch(tmp_path, kind):
    import torch

    planes = torch.randn(1, 4, 3, 8, 8).to(getattr(torch, kind))
    spec = AvatarSpec("triplane", "anny-head", 3, 8, "xy-xz-zx", 0.5)
    value = ParametricTriplane(spec, fit(), "dit", noise(478, 3), 512, planes)
    save(value, tmp_path / "a.safetensors")
    again = load_avatar(tmp_path / "a.safetensors", ParametricTriplane)
    assert again.spec == spec
    assert torch.equal(again.planes, planes)


@dataclass(frozen=True, eq=False)
class Toon(Avatar):
    strokes: np.ndarray | None = None
    brushes: dict[str, np.ndarray] = field(default_factory=dict)
    hue: float = 0.5


def test_an_avatar_of_a_third_party_needs_no_code_of_its_own(tmp_path):
    value = Toon(SPEC, fit(), "toon", noise(478, 3), 256, noise(5, 2), {"fine": noise(3)}, 0.25)
    save(value, tmp_path / "a.safetensors")
    assert_same(load_avatar(tmp_path / "a.safetensors", Toon), value)
    with pytest.raises(InputError, match="holds a Toon, not a LayeredPortrait"):
        load_avatar(tmp_path / "a.safetensors", LayeredPortrait)


def test_the_header_tells_all_without_numpy(tmp_path):
    path = tmp_path / "a.safetensors"
    save(layered(), path)
    stated = read_header(path)
    assert stated["kind"] == "avatar"
    assert stated["values"]["generator"] == "lift"
    assert stated["values"]["spec"]["representation"] == "layers"
    code = (
        "import sys, pathlib; from avatarartist_core.tensorfile import read_header;"
        f"read_header(pathlib.Path({str(path)!r})); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_one_kind_is_not_taken_for_another(tmp_path):
    save(portrait(), tmp_path / "a.safetensors")
    with pytest.raises(InputError, match="is a portrait file, not a motion"):
        load_motion(tmp_path / "a.safetensors")
    with pytest.raises(InputError, match="is a portrait file, not an avatar"):
        load_avatar(tmp_path / "a.safetensors", LayeredPortrait)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-500])


def scrambled(path):
    path.write_bytes(b"\xff" * 8 + path.read_bytes()[8:])


def pickled(path):
    path.write_bytes(pickle.dumps({"expression": 1}))


def foreign(path):
    save_file({"weight": np.zeros(3)}, path)


def emptied(path):
    path.write_bytes(b"")


def reshaped(path):
    edited(path, expression=np.zeros((12, 51), np.float32))


def shortened(path):
    edited(path, gaze=np.zeros((11, 2), np.float32))


def not_finite(path):
    edited(path, gaze=np.full((12, 2), np.nan, np.float32))


def edited(path, **arrays):
    header = json.loads(path.read_bytes()[8 : 8 + struct.unpack("<Q", path.read_bytes()[:8])[0]])
    save_file(load_file(path) | arrays, path, header["__metadata__"])


@pytest.mark.parametrize(
    "damage",
    [truncated, scrambled, pickled, foreign, emptied, reshaped, shortened, not_finite],
)
def test_damaged_and_foreign_files_are_refused_in_one_sentence(tmp_path, damage):
    path = tmp_path / "a.safetensors"
    save(performance(), path)
    damage(path)
    with pytest.raises(InputError) as caught:
        load_motion(path)
    assert "\n" not in str(caught.value)
    assert caught.value.hint


def test_a_file_of_a_later_version_asks_for_an_upgrade(tmp_path):
    path = tmp_path / "a.safetensors"
    stated = json.dumps({"kind": "motion", "version": 99, "class": "Motion", "values": {}})
    save_file({"expression": np.zeros((1, 52))}, path, {"avatarartist": stated})
    with pytest.raises(InputError, match="version 99") as caught:
        load_motion(path)
    assert "Upgrade" in caught.value.hint


def test_a_missing_array_is_named(tmp_path):
    path = tmp_path / "a.safetensors"
    save(performance(), path)
    header = json.loads(path.read_bytes()[8 : 8 + struct.unpack("<Q", path.read_bytes()[:8])[0]])
    arrays = load_file(path)
    del arrays["gaze"]
    save_file(arrays, path, header["__metadata__"])
    with pytest.raises(InputError, match="gaze is missing"):
        load_motion(path)


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "a.safetensors"
    save(performance(), path)
    before = path.read_bytes()

    with pytest.raises(TypeError):
        save(performance(name=object()), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OutputError, match="could not be written"):
        save(performance(), path / "below.safetensors")
