"""What the authors' code said of a small transformer whose weights follow a rule.

The files lie outside the repository; without them the tests that read them are skipped. Errors are
relative: the largest difference over the largest value of the reference.
"""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from aa_dit.config import DiTShape
from aa_dit.official import dit_pairs
from aa_dit.transformer import DiT
from aa_dit.weights import dit_from_official

FOLDER = Path(__file__).parents[3] / "shared" / "golden" / "stage2"
TOLERANCE = 1e-4
SIZES = {"heads": 4, "resampler_head_width": 16, "latent_side": 8}
SHAPE = DiTShape(
    **SIZES,
    width=64,
    depth=2,
    clip_channels=24,
    dino_channels=20,
    clip_tokens=5,
    dino_tokens=12,
    resampler_depth=2,
    resampler_heads=3,
    position="square",
)

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference values are not here")


def golden(name: str) -> dict[str, Tensor]:
    return load_file(FOLDER / f"{name}.safetensors")


@cache
def recipe() -> Any:
    spec = importlib.util.spec_from_file_location("stage2_recipe", FOLDER / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def official_state(shape: DiTShape = SHAPE) -> dict[str, Tensor]:
    """Make the weights under their official names, by the rule."""
    with torch.device("meta"):
        ours = DiT(**shape.model_dump()).state_dict()
    return {
        official: recipe().value(official, ours[name].shape) for official, name in dit_pairs(shape)
    }


def small_dit() -> DiT:
    return dit_from_official(official_state(), **SIZES)


def error(found: Tensor, expected: Tensor) -> float:
    assert found.shape == expected.shape
    return ((found - expected).abs().max() / expected.abs().max()).item()
