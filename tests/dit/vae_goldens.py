"""Reference tensors of the VAE and the rule its seeded weights come from."""

import importlib.util
from pathlib import Path

import pytest
from safetensors.torch import load_file

from aa_dit.official_vae import vae_keys

SHARED = Path(__file__).parents[2].parent / "shared"
FOLDER = SHARED / "golden" / "stage2"
KEYS = SHARED / "spec" / "vae_keys.txt"

needs_goldens = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference tensors are not here")


def golden(name):
    return load_file(FOLDER / f"{name}.safetensors")


def recipe():
    spec = importlib.util.spec_from_file_location("stage2_recipe", FOLDER / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seeded(model):
    """The authors' layout of a VAE of this model's shape, filled by the rule of the goldens."""
    fill, shapes = recipe().value, model.state_dict()
    keys = vae_keys(model.shape.levels)
    state = {official: fill(official, shapes[ours].shape) for official, ours in keys.ours.items()}
    return state | {alias: state[real] for alias, real in keys.aliases.items()}


def relative_error(given, expected):
    """Largest absolute difference over the largest magnitude of the reference."""
    return ((given - expected).abs().max() / expected.abs().max()).item()
