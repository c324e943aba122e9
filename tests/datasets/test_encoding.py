import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarartist_core.datasets.encoding import decode, encode, exact, mesh_levels, mesh_map_of
from avatarartist_core.errors import InputError

MESH_STEP = 2e-5


def test_a_record_comes_back_as_it_went(record):
    back = decode(encode(record))
    for field in fields(record):
        before, after = getattr(record, field.name), getattr(back, field.name)
        if field.name == "mesh_map":
            np.testing.assert_array_equal(before[..., 2], after[..., 2])
            np.testing.assert_allclose(before, after, atol=MESH_STEP)
        elif field.name == "depth":
            np.testing.assert_allclose(before, after, atol=before.max() / 65535)
        elif isinstance(before, np.ndarray):
            assert before.dtype == after.dtype, field.name
            np.testing.assert_array_equal(before, after, err_msg=field.name)
        else:
            assert before == after, field.name


def test_a_record_without_depth_has_none(record):
    members = encode(replace(record, depth=None))
    assert "depth.png" not in members
    assert decode(members).depth is None


def test_the_same_record_gives_the_same_bytes(record):
    assert encode(record) == encode(replace(record))


def test_ground_of_a_mesh_map_is_zero_exactly():
    drawn = np.zeros((256, 256, 3), np.float32)
    drawn[100, 100] = (-1, 1, 1)
    back = mesh_map_of(mesh_levels(drawn))
    np.testing.assert_array_equal(back, drawn)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float32_is_written_exactly(values):
    given_ = np.array(values, np.float32)
    back = np.array(json.loads(json.dumps(exact(given_))), np.float32)
    assert back.tobytes() == given_.tobytes()


def test_what_is_not_finite_is_not_written(record):
    with pytest.raises(ValueError, match="JSON compliant"):
        encode(replace(record, camera=np.full(25, np.nan, np.float32)))
    with pytest.raises(ValueError, match="not finite"):
        encode(replace(record, landmarks=np.full((478, 3), np.inf, np.float32)))


@pytest.mark.parametrize("name", ["png", "json", "mesh.png", "landmarks.npy"])
def test_a_damaged_or_missing_member_is_told(record, name):
    members = encode(record)
    with pytest.raises(InputError, match="a record cannot be read"):
        decode({**members, name: members[name][:40]})
    with pytest.raises(InputError, match=name):
        decode({key: data for key, data in members.items() if key != name})


def test_an_npy_of_objects_is_refused(record, tmp_path):
    odd = tmp_path / "odd.npy"
    np.save(odd, np.array([{}], object), allow_pickle=True)
    with pytest.raises(InputError, match="pickle"):
        decode({**encode(record), "landmarks.npy": odd.read_bytes()})
