"""The whole renderer against its plain twin, in the authors' order of steps."""

import pytest
import torch

from aa_vit.config import TINY
from aa_vit.weights import renderer_from_official, renderer_to_official
from tests.vit import twin

LIMIT = 1e-4
"""Largest difference over the largest value; the twin is in double precision."""


@pytest.fixture(scope="module")
def given(renderer, inputs):
    draw = torch.Generator().manual_seed(4)
    rays = TINY.volume.resolution**2
    sides = [4] + [side for power in range(3, 7) for side in (2**power, 2**power)]
    own = {name: value[1:] for name, value in inputs.items()}
    return own | {
        "ws_avg": renderer.styles,
        "motion_scale": 0.8,
        "noises": [torch.randn(1, 1, side, side, generator=draw) for side in sides],
        "u_coarse": torch.rand(1, rays, TINY.volume.coarse, 1, generator=draw),
        "u_fine": torch.rand(rays, TINY.volume.fine, generator=draw),
    }


def test_a_frame_is_the_twins(renderer, given):
    official = renderer_to_official(renderer)
    model = renderer_from_official(official, shape=TINY)
    with torch.inference_mode():
        found = model(**given)
        doubled = {
            name: [one.double() for one in value] if name == "noises" else value
            for name, value in given.items()
        }
        doubled = {
            name: value.double() if isinstance(value, torch.Tensor) else value
            for name, value in doubled.items()
        }
        expected = twin.render({k: v.double() for k, v in official.items()}, TINY, doubled)
    for name in expected:
        difference = (found[name] - expected[name]).abs().max() / expected[name].abs().max()
        assert difference < LIMIT, name
