"""Network pickles: the tensors of the official way to load them, and nothing executed, ever."""

import io
import os
import pickle
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.network_pickle import read_networks
from tests.weights.foreign import Block, Calls, named, network_pickle, persistence, short, text


@pytest.fixture
def sentinel(tmp_path: Path) -> Path:
    """Return a file that appears when something is executed."""
    return tmp_path / "executed"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "network.pkl"


def refused(file: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        read_networks(file)
    assert str(caught.value).startswith(f"{file} ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{file} ")


def test_tensors_are_those_of_the_state_dict_in_its_order(file: Path, sentinel: Path) -> None:
    wanted = network_pickle(file, sentinel)
    read = read_networks(file)
    assert read.keys() == wanted.keys()
    for name, state in wanted.items():
        assert list(read[name].tensors) == list(state)
        for key, tensor in state.items():
            ours = read[name].tensors[key]
            assert type(ours) is torch.Tensor
            assert (ours.dtype, ours.stride()) == (tensor.dtype, tensor.stride())
            assert torch.equal(ours, tensor), key
    assert not sentinel.exists()


def test_a_shared_tensor_is_one_object(file: Path, sentinel: Path) -> None:
    network_pickle(file, sentinel)
    tensors = read_networks(file)["G"].tensors
    assert tensors["weight"] is tensors["conv.weight"]


def test_plain_attributes_come_and_others_are_left_out(file: Path, sentinel: Path) -> None:
    network_pickle(file, sentinel)
    state = read_networks(file)["G"]
    assert state.kind == "Block"
    assert state.attributes == {
        "training": True,
        "neural_rendering_resolution": 128,
        "rendering_kwargs": {"depth": 48, "box": [1, 2.5]},
        "_init_kwargs": {"z_dim": 512, "inner": {"name": "x", "device": "cpu"}},
    }


def test_one_network_can_be_read_alone_and_a_missing_one_is_named(
    file: Path, sentinel: Path
) -> None:
    network_pickle(file, sentinel)
    assert list(read_networks(file, ["G_ema"])) == ["G_ema"]
    with pytest.raises(WeightsError, match="holds G, D, G_ema, not generator"):
        read_networks(file, ["generator"])


def test_a_damaged_network_does_not_spoil_the_others(file: Path, sentinel: Path) -> None:
    broken = torch.nn.Linear(2, 2)
    broken._parameters["bias"] = "text"  # type: ignore[assignment]
    file.write_bytes(pickle.dumps({"G": broken, "G_ema": torch.nn.Linear(2, 2)}))
    assert read_networks(file, ["G_ema"])
    assert "holds bias, which is no tensor" in refused(file)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol_of_today_is_read(file: Path, protocol: int) -> None:
    net = torch.nn.Linear(2, 2)
    file.write_bytes(pickle.dumps({"G": net}, protocol=protocol))
    if protocol == 2:  # bytes are calls of a codec there, and no network was saved so
        assert "damaged" in refused(file)
    else:
        assert torch.equal(read_networks(file)["G"].tensors["weight"], net.weight)


TOUCH = [
    (os.system, "touch {}"),
    (eval, "open({!r}, 'w')"),
    (exec, "open({!r}, 'w')"),
    (compile, "open({!r}, 'w')", "x", "exec"),
    (subprocess.Popen, ["touch", "{}"]),
    (open, "{}", "w"),
    (os.mkdir, "{}"),
    (Path.touch, "{}"),
    (getattr, os, "system"),
    (__import__, "os"),
    (type, "X", (), {}),
    (torch.load, "{}"),
    (torch.hub.load, "{}", "x"),
    (pickle.loads, b"x"),
    (map, print, []),
    (setattr, 1, "x", 1),
    (super,),
    (input,),
    (__build_class__,),
]


@pytest.mark.parametrize("call", TOUCH, ids=lambda call: call[0].__qualname__)
@pytest.mark.parametrize("inside", ["value", "attribute", "hook"])
def test_a_pickle_that_carries_code_is_refused_and_named(
    file: Path, sentinel: Path, call: tuple[Any, ...], inside: str
) -> None:
    function, *arguments = call
    said = [a.format(str(sentinel)) if isinstance(a, str) else a for a in arguments]
    said = [b if not isinstance(b, type(os)) else 0 for b in said]
    evil = Calls(function, *said)
    net = torch.nn.Linear(2, 2)
    value: dict[str, Any] = {"G": net, "x": evil}
    if inside == "attribute":
        value = {"G": net}
        net.extra = evil  # type: ignore[assignment]
    elif inside == "hook":
        value = {"G": net}
        net._forward_hooks[0] = evil  # type: ignore[assignment]
    file.write_bytes(pickle.dumps(value))
    words = refused(file)
    assert words.startswith("carries code: it asks for ")
    assert words.rpartition(".")[2] == function.__name__
    assert not sentinel.exists()


DIRTY = [
    (b"\x80\x02cos\nsystem\n.", "os.system"),
    (b"\x80\x02cposix\nsystem\n(S'touch SENTINEL'\ntR.", "posix.system"),
    (b"\x80\x02(S'touch SENTINEL'\nios\nsystem\n.", "os.system"),
    (b"\x80\x02(cmodels\nNet\nS'x'\no.", "models.Net"),
    (b"\x80\x02cmodels\nNet\n}b.", "models.Net"),
    (b"\x80\x02c__builtin__\neval\n(S'1'\ntR.", "__builtin__.eval"),
    (b"\x80\x02cbuiltins\ngetattr\n.", "builtins.getattr"),
    (b"\x80\x02cbuiltins\ntype\n.", "builtins.type"),
    (b"\x80\x02c__main__\nNet\n)R.", "__main__.Net"),
    (b"\x80\x02ctorch.utils.cpp_extension\nload\n)R.", "torch.utils.cpp_extension.load"),
    (b"\x80\x02ctorch.utils.data\nDataLoader\n)R.", "torch.utils.data.DataLoader"),
    (b"\x80\x02cnumpy.testing._private.utils\nrunstring\n)R.", "runstring"),
    (b"\x80\x02cmodels\nrun\n)R.", "models.run"),
    (b"\x80\x02cmodels\nNet\n)R)R.", "a Node"),
    (b"\x80\x02}}R.", "a dict"),
    (b"\x80\x02ccopyreg\nadd_extension\n.", "copyreg.add_extension"),
    (b"\x80\x02\x82\x01.", "refers to objects outside itself (ext1)"),
    (b"\x80\x02Psome id\n.", "refers to objects outside itself (persid)"),
    (b"\x80\x02K\x01Q.", "refers to objects outside itself (binpersid)"),
    (b"\x80\x05\x97.", "refers to objects outside itself (next_buffer)"),
    (b"\x80\x04" + named("builtins", "getattr.__self__") + b".", "builtins.getattr.__self__"),
    (b"\x80\x04" + named("os", "path.os.system") + b".", "os.path.os.system"),
    (b"\x80\x04" + named("torch.storage", "os.system") + b")R.", "torch.storage.os.system"),
    (b"\x80\x04" + named("evil\x1b[2J", "x") + b")R.", "'evil\\x1b[2J.x'"),
]


@pytest.mark.parametrize(("data", "said"), DIRTY, ids=[said for _, said in DIRTY])
def test_code_written_by_hand_is_refused(
    file: Path, sentinel: Path, data: bytes, said: str
) -> None:
    file.write_bytes(data.replace(b"SENTINEL", str(sentinel).encode()))
    assert said in refused(file)
    assert not sentinel.exists()


def net_with(attributes: bytes) -> bytes:
    """Write a pickle of one network by hand; ``attributes`` are instructions for its items."""
    state = b"}(" + short("_modules") + b"}" + attributes + b"u"
    return b"\x80\x04}" + short("G") + named("models", "Net") + b")\x81" + state + b"bs."


def test_a_class_of_another_package_is_inert(file: Path, sentinel: Path) -> None:
    state = short("state") + b"}"
    file.write_bytes(net_with(short("a") + named("evil", "Evil") + b"(}t\x81}" + state + b"sb"))
    assert read_networks(file)["G"].attributes == {}


STORAGE = named("torch.storage", "_load_from_bytes")
TENSOR = named("torch._utils", "_rebuild_tensor_v2")


def row(payload: bytes) -> bytes:
    return STORAGE + b"B" + struct.pack("<I", len(payload)) + payload + b"\x85R"


def saved(value: object, *, zipped: bool = False) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=zipped)
    return buffer.getvalue()


def tensor(payload: bytes, offset: str, shape: str, stride: str) -> bytes:
    numbers = f"I{offset}\n({shape}t({stride}t".encode()
    weight = TENSOR + b"(" + row(payload) + numbers + b"\x89}tR"
    return short("_parameters") + b"}" + short("weight") + weight + b"s"


TYPED = saved(torch.storage.TypedStorage([1.0, 2, 3, 4], dtype=torch.float32, _internal=True))


def test_a_tensor_written_by_hand_is_read(file: Path) -> None:
    file.write_bytes(net_with(tensor(TYPED, "1", "I3\n", "I1\n")))
    assert read_networks(file)["G"].tensors["weight"].tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("payload", "offset", "shape", "stride", "said"),
    [
        (TYPED, "1", "I4\n", "I1\n", "reaches beyond its 4 values"),
        (TYPED, "4", "", "", "reaches beyond its 4 values"),
        (TYPED, "0", "I2\nI2\n", "I4\nI1\n", "reaches beyond its 4 values"),
        (TYPED, "0", "I1000000\nI1000000\n", "I0\nI0\n", "of 4000000000000 bytes in 16 bytes"),
        (TYPED, "0", "I-1\n", "I1\n", "damaged"),
        (TYPED, "0", "I1\n", "", "damaged"),
        (TYPED, "0", f"L{1 << 70}L\n", "I1\n", "damaged"),
        (TYPED, "0", "I1\n" * 9, "I1\n" * 9, "damaged"),
        (saved({"a": 1}), "0", "I4\n", "I1\n", "whose values are a dict"),
        (saved(torch.zeros(3)), "0", "I3\n", "I1\n", "whose values are a Tensor"),
        (b"cos\nsystem\n.", "0", "I4\n", "I1\n", "it asks for os.system"),
        (text("cos", "system", "(S'touch SENTINEL'", "tR."), "0", "", "", "it asks for os.system"),
        (TYPED[:-3], "0", "I4\n", "I1\n", "cut off or damaged"),
        (b"", "0", "I4\n", "I1\n", "cut off or damaged"),
    ],
)
def test_tensors_that_lie_are_refused(
    file: Path, sentinel: Path, payload: bytes, offset: str, shape: str, stride: str, said: str
) -> None:
    payload = payload.replace(b"SENTINEL", str(sentinel).encode())
    file.write_bytes(net_with(tensor(payload, offset, shape, stride)))
    assert said in refused(file)
    assert not sentinel.exists()


def test_a_payload_that_carries_code_is_refused(file: Path, sentinel: Path) -> None:
    for zipped in (True, False):
        payload = saved({"a": Calls(os.system, f"touch {sentinel}")}, zipped=zipped)
        file.write_bytes(net_with(tensor(payload, "0", "I4\n", "I1\n")))
        assert refused(file) == (
            "carries code or objects other than tensors: it asks for posix.system"
            if os.name == "posix"
            else "carries code or objects other than tensors: it asks for nt.system"
        )
        assert not sentinel.exists()


BOMBS = {
    "memo": b"\x80\x04" + b"(]" + b"".join(b"\x94h%c" % n + b"\x86" for n in range(200)) + b".",
    "text claim": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 60) + b"x.",
    "bytes claim": b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b"x.",
    "long claim": b"\x80\x04\x8b" + struct.pack("<I", 1 << 30) + b"x.",
    "memo index": b"\x80\x02]r\xff\xff\xff\xff0h\x01.",
    "huge number": b"\x80\x04\x8b" + struct.pack("<I", 1 << 16) + b"\x7f" * (1 << 16) + b".",
    "tuple key": b"\x80\x02}(" + b"".join(b")" for _ in range(2)) + b"\x86\x86K\x01u.",
    "long line": b"\x80\x02V" + b"x" * (1 << 21) + b"\n.",
    "instructions": b"\x80\x02" + b"N0" * 1_100_000 + b"].",
    "marks": b"\x80\x02" + b"(" * 100_000 + b".",
    "deep list": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused(file: Path, bomb: str) -> None:
    file.write_bytes(BOMBS[bomb])
    assert refused(file).startswith(("is ", "has "))


def test_shared_modules_do_not_multiply_without_end(file: Path) -> None:
    def with_state(modules: bytes) -> bytes:
        state = b"}" + short("_modules") + modules + b"s"
        return named("models", "Net") + b")\x81" + state + b"b"

    deep = with_state(b"}") + b"q\x00"
    for level in range(1, 40):
        two = b"}(" + short("a") + b"h%c" % (level - 1) + short("b") + b"h%c" % (level - 1) + b"u"
        deep += with_state(two) + b"q%c" % level
    file.write_bytes(b"\x80\x04(" + deep + b"1}" + short("G") + b"h\x27s.")
    assert refused(file) == "holds more than 100000 tensors and values"


def test_modules_nested_without_end_are_refused(file: Path) -> None:
    start = named("models", "Net") + b")\x81}" + short("_modules") + b"}"
    closing = b"sb"
    nested = (start + short("a")) * 70 + start + closing + (b"s" + closing) * 70
    file.write_bytes(b"\x80\x04}" + short("G") + nested + b"s.")
    assert refused(file) == "holds modules nested deeper than 64"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04more", "is a zip file of tensors"),
        (b"no pickle", "is not a pickle of networks"),
        (b"<html>", "is not a pickle of networks"),
        (pickle.dumps([1]), "is a pickle of something other than networks by name"),
        (pickle.dumps({"a": 1}), "is a pickle without a network"),
        (b"\x80\x04\xff.", "is cut off or damaged"),
        (b"\x80\x04.", "is cut off or damaged"),
        (b"\x80\x04h\x05.", "is cut off or damaged"),
        (b"\x80\x04]K\x01K\x02s.", "is cut off or damaged"),
        (b"\x80\x04I99x\n.", "is cut off or damaged"),
    ],
)
def test_what_is_no_pickle_of_networks_is_said(file: Path, data: bytes, said: str) -> None:
    file.write_bytes(data)
    assert refused(file).startswith(said)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "cannot be read: no such file" in refused(tmp_path / "nowhere.pkl")
    assert "cannot be read: is a directory" in refused(tmp_path)


def test_a_file_cut_off_anywhere_is_refused(file: Path, sentinel: Path) -> None:
    with persistence():
        data = pickle.dumps({"G": Block(sentinel)})
    for length in range(0, len(data), 7):
        file.write_bytes(data[:length])
        assert refused(file).startswith(("is cut off", "is empty")), length
    assert not sentinel.exists()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_file_with_changed_bytes_is_read_or_refused(
    file: Path, sentinel: Path, data: st.DataObject
) -> None:
    network_pickle(file, sentinel)
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(1, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    file.write_bytes(content)
    with suppress(WeightsError):
        read_networks(file)
    assert not sentinel.exists()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(file: Path, body: bytes) -> None:
    file.write_bytes(b"\x80" + body)
    refused(file)
