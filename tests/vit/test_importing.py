"""The authors' files to a bundle: a pickle of modules is read, never run."""

import pickle

import pytest
import torch
from torch import nn

from aa_vit import importing
from aa_vit.config import TINY
from aa_vit.model import MotionViT
from aa_vit.weights import renderer_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.draft import BundleDraft


class Part(nn.Module):
    """Stands for any module of the authors' code."""


def as_modules(tensors):
    """Build modules whose state dict has these names."""
    root = Part()
    for name, tensor in tensors.items():
        *path, last = name.split(".")
        part = root
        for step in path:
            if step not in part._modules:
                part.add_module(step, Part())
            part = part._modules[step]
        part.register_buffer(last, tensor)
    return root


@pytest.fixture
def folder(renderer, tmp_path, monkeypatch):
    """Files as the authors have them, of a tiny network."""
    monkeypatch.setattr(importing, "RELEASED", TINY)
    network = as_modules(renderer_to_official(renderer))
    network.neural_rendering_resolution = 32
    with (tmp_path / "render.pkl").open("wb") as file:
        pickle.dump({"training_set_kwargs": None, "G_ema": network, "D_patch": None}, file)
    torch.save([renderer.styles], tmp_path / "ws_avg.pkl")
    return tmp_path


def converted(folder, home):
    with BundleDraft("official", "vit", home) as draft:
        importing.convert(folder, draft)
        return draft.commit()


def test_the_authors_files_become_a_bundle(renderer, folder):
    bundle = converted(folder, folder / "home")
    model = MotionViT.from_pretrained(bundle.folder / "vit")
    expected, found = renderer.state_dict(), model.state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert model.shape.volume.resolution == 32
    assert bundle.spec.topology == bundle.motion.topology == "faceverse-v3"
    assert bundle.spec.resolution == TINY.plane_resolution
    assert bundle.motion.embedding == "pdfgc"


def test_what_was_imported_goes_back_bit_for_bit(renderer, folder):
    bundle = converted(folder, folder / "home")
    importing.export(bundle, folder / "back")
    back = torch.load(folder / "back/render.pt", weights_only=True)
    expected = renderer_to_official(renderer)
    assert list(back) == list(expected)
    assert all(torch.equal(back[name], expected[name]) for name in expected)
    [styles] = torch.load(folder / "back/ws_avg.pkl", weights_only=True)
    assert torch.equal(styles, renderer.styles)


@pytest.mark.parametrize("held", [{}, [], ["words"], [torch.full((10, 64), torch.nan)]])
def test_a_style_code_of_another_kind_is_refused(folder, held):
    torch.save(held, folder / "ws_avg.pkl")
    with pytest.raises(WeightsError, match=r"ws_avg\.pkl does not hold finite tensors"):
        converted(folder, folder / "home")
    assert not (folder / "home").exists()
