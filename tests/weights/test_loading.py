"""Networks in memory: untrained ones are always the same, layouts change nothing."""

from pathlib import Path

import pytest
import torch
from torch import nn

from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Bundle
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.loading import channels_last, precision_of, reading, untrained


def test_untrained_networks_are_the_same_in_every_run_and_leave_chance_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with untrained():
        first = nn.Linear(4, 4)
    assert torch.equal(torch.rand(3), expected)
    torch.rand(100)
    with untrained():
        second = nn.Linear(4, 4)
    assert torch.equal(first.weight, second.weight)


def test_channels_last_changes_the_layout_and_no_value():
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(2), nn.Conv1d(8, 2, 1))
    solid = nn.Conv3d(2, 2, 3)
    x = torch.rand(1, 3, 8, 8)
    before = network(x)
    channels_last(network)
    channels_last(solid)
    assert network[0].weight.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(network(x), before)


@pytest.mark.parametrize(
    ("word", "device", "kind"),
    [
        ("auto", "cpu", torch.float32),
        ("auto", "cuda:1", torch.bfloat16),
        ("float16", "cpu", torch.float16),
    ],
)
def test_arithmetic_follows_the_word_and_else_the_device(word, device, kind):
    assert precision_of(word, device) is kind


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    with BundleDraft("mine", "deep", tmp_path) as draft:
        draft.add_tensors("model.safetensors", {"w": torch.ones(4)})
        draft.describe(config={}, licence="CC0-1.0", source="here")
        return draft.commit()


def test_a_bundle_that_lost_a_byte_is_named(bundle):
    with reading(bundle):
        pass
    path = bundle.folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    lost = pytest.raises(WeightsError, match=r"model\.safetensors has \d+ bytes, needs")
    with lost, reading(bundle):
        pytest.fail("the file was not looked at")


def test_whatever_loading_raises_becomes_one_sentence(bundle):
    said = pytest.raises(WeightsError, match=r"'mine' of 'deep' cannot be loaded: size mismatch$")
    with said, reading(bundle):
        raise RuntimeError("size mismatch\nfor layer one\nand two")
