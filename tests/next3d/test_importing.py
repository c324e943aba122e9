"""A published pickle of the GAN to a bundle and back, with small networks in its layout."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from aa_next3d.config import TINY, TINY_DISCRIMINATOR
from aa_next3d.discriminator import DualDiscriminator
from aa_next3d.gan import Next3D
from aa_next3d.importing import AVERAGED, CRITIC, PICKLE, convert, export
from aa_next3d.loading import load_gan
from aa_next3d.networks import Next3DConfig
from aa_next3d.weights import discriminator_to_official, generator_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Bundle
from avatarartist_core.weights.draft import BundleDraft


class Part(nn.Module):
    """Stands for any module of the authors' code."""


def modules_of(tensors: Mapping[str, Tensor]) -> nn.Module:
    root = Part()
    for name, tensor in tensors.items():
        *path, last = name.split(".")
        part: nn.Module = root
        for step in path:
            if step not in part._modules:
                part.add_module(step, Part())
            part = part.get_submodule(step)
        part.register_buffer(last, tensor)
    return root


@pytest.fixture
def published(tmp_path: Path) -> dict[str, dict[str, Tensor]]:
    torch.manual_seed(0)
    gan = Next3D(TINY.model_dump(mode="json"))
    critic = DualDiscriminator(TINY_DISCRIMINATOR.model_dump(mode="json"))
    tensors = {
        AVERAGED: generator_to_official(gan),
        CRITIC: discriminator_to_official(critic),
    }
    held = {name: modules_of(state) for name, state in tensors.items()}
    with (tmp_path / PICKLE).open("wb") as file:
        pickle.dump({"training_set_kwargs": None, "G": None, **held}, file)
    return tensors


@pytest.fixture
def bundle(published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    monkeypatch.setenv("AA_WEIGHTS", str(tmp_path / "home"))
    with BundleDraft("official", "next3d") as draft:
        convert(tmp_path, draft, shape=TINY, critic=TINY_DISCRIMINATOR)
        return draft.commit()


def test_what_is_imported_comes_back_bit_for_bit(published, bundle, tmp_path):
    export(bundle, tmp_path / "back")
    back = torch.load(tmp_path / "back" / PICKLE.replace(".pkl", ".pt"), weights_only=True)
    for name, state in published.items():
        assert back[name].keys() == state.keys()
        for key, tensor in state.items():
            assert torch.equal(back[name][key], tensor), key


def test_the_bundle_is_what_the_generator_loads(published, bundle):
    about, gan = load_gan(Next3DConfig(weights="official"), "cpu")
    assert about.topology == bundle.spec.topology == "faceverse-v3"
    for key, tensor in generator_to_official(gan).items():
        assert torch.equal(tensor, published[AVERAGED][key]), key


def test_a_pickle_of_other_networks_is_refused(tmp_path):
    with (tmp_path / PICKLE).open("wb") as file:
        pickle.dump({AVERAGED: nn.Linear(2, 2), CRITIC: nn.Linear(2, 2)}, file)
    with (
        pytest.raises(WeightsError, match="generator"),
        BundleDraft("official", "next3d", tmp_path / "home") as draft,
    ):
        convert(tmp_path, draft)
    assert not (tmp_path / "home").exists()
