"""The authors' numbers, where a checkout has them beside it."""

import importlib.util
from pathlib import Path

import pytest
from safetensors.torch import load_file

FOLDER = Path(__file__).parents[3] / "shared/golden/stage3"


def golden(name):
    """Return the tensors of a golden file, or skip the test."""
    if not (FOLDER / name).is_file():
        pytest.skip("the golden files are not here")
    return load_file(FOLDER / name)


def recipe():
    """Import the recipe of seeded inputs, or skip the test."""
    if not (FOLDER / "recipe.py").is_file():
        pytest.skip("the golden files are not here")
    spec = importlib.util.spec_from_file_location("stage3_recipe", FOLDER / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def error(found, expected):
    """Return the largest absolute error over the largest absolute expected value."""
    found = found.detach().reshape(expected.shape)
    return float((found - expected).abs().max() / expected.abs().max())
