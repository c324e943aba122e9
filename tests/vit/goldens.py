"""Reference tensors of the renderer's parts and the rule their seeded weights come from."""

import importlib.util
from functools import cache
from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.torch import load_file

SHARED = Path(__file__).parents[3] / "shared"
FOLDER = SHARED / "golden" / "stage3"
KEYS = SHARED / "spec" / "renderer_keys.txt"
LIMIT = 1e-4
"""Largest absolute difference over the largest magnitude of the reference."""

needs_goldens = pytest.mark.skipif(not FOLDER.is_dir(), reason="the reference tensors are not here")


@cache
def recipe():
    spec = importlib.util.spec_from_file_location("stage3_recipe", FOLDER / "recipe.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def golden(name):
    """Tensors of a file, and which slice of a result each is: ``"[:, ::4] of (1, 64, 8, 8)"``."""
    path = FOLDER / f"{name}.safetensors"
    with safe_open(path, "pt") as file:
        notes = file.metadata()
    return load_file(path), notes


def relative_error(given, expected, note=""):
    if " of " in note:
        steps = [part.strip() for part in note.split(" of ")[0].strip("[]").split(",")]
        given = given[tuple(slice(None, None, int(step[2:] or 1)) for step in steps)]
    assert given.shape == expected.shape
    return float((given - expected).abs().max() / expected.abs().max())


def seeded(part, pairs, prefix):
    """Fill one part of the network by the rule; ``prefix`` is what the part is called inside it."""
    state = part.state_dict()
    named = {ours.removeprefix(f"{prefix}."): theirs for theirs, ours in pairs}
    for ours, theirs in named.items():
        state[ours] = recipe().weight(theirs, state[ours].shape)
    part.load_state_dict(state, assign=True)
    return part.eval()


def loaded(part, pairs, prefix, tensors):
    """Fill one part with tensors of a golden file whose names begin with ``prefix``."""
    part.load_state_dict({ours[1:]: tensors[prefix + theirs[1:]] for theirs, ours in pairs})
    return part.eval()
