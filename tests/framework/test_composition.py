"""Every generator with every renderer: pairs that fit draw frames, the others say why not."""

from __future__ import annotations

import runpy
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from avatarartist_core.choosing import Part
from avatarartist_core.compatibility import check_generator
from avatarartist_core.config import RetargetConfig
from avatarartist_core.data import Avatar
from avatarartist_core.entries import Entry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.lazy import build
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.plugins import installed
from avatarartist_core.samples import sample_cameras, sample_motion, sample_portrait
from avatarartist_core.specs import misfits
from avatarartist_core.testing.component import ComponentContract

CONTRACTS = Path(__file__).parents[1] / "contracts"
SIZE = 64


@cache
def bundled() -> dict[type[Entry], list[Part[Any]]]:
    """Collect what the contract tests run with: an entry and options that are quick."""
    parts: dict[type[Entry], list[Part[Any]]] = {GeneratorEntry: [], RendererEntry: []}
    for file in sorted(CONTRACTS.glob("test_*.py")):
        for kit in runpy.run_path(str(file)).values():
            entry = getattr(kit, "entry", None)
            if (
                isinstance(kit, type)
                and issubclass(kit, ComponentContract)
                and type(entry) in parts
            ):
                parts[type(entry)].append(Part(entry, kit.config or entry.config(), "test"))
    return parts


GENERATORS, RENDERERS = bundled()[GeneratorEntry], bundled()[RendererEntry]
PAIRS = list(product(GENERATORS, RENDERERS))


@cache
def avatar_of(name: str) -> Avatar:
    part = next(part for part in GENERATORS if part.entry.name == name)
    avatar: Avatar = build(part.entry, part.options).generate(sample_portrait())
    return avatar


def fits(generator: Part[GeneratorEntry], renderer: Part[RendererEntry]) -> bool:
    accepts, _ = renderer.entry.reads_with(renderer.options)
    return not misfits(generator.entry.produces_with(generator.options), accepts)


def test_the_paper_s_line_is_among_the_pairs_that_fit():
    fitting = {(g.entry.name, r.entry.name) for g, r in PAIRS if fits(g, r)}
    assert {("lift", "layers"), ("dit", "vit"), ("dit", "cnn"), ("next3d", "vit")} <= fitting
    assert ("lift", "vit") not in fitting


@pytest.mark.parametrize(("generator", "renderer"), PAIRS, ids=lambda part: part.entry.name)
def test_a_pair_draws_frames_or_says_why_not(generator, renderer):
    if not fits(generator, renderer):
        with pytest.raises(IncompatibleError, match="does not read the avatar of generator"):
            check_generator(generator, renderer, installed())
        return
    avatar = avatar_of(generator.entry.name)
    motion = retarget(avatar, sample_motion(2), RetargetConfig())
    drawing = build(renderer.entry, renderer.options)
    frames = list(drawing.render(avatar, motion, sample_cameras(2), size=SIZE))
    assert [frame.shape for frame in frames] == [(SIZE, SIZE, 3)] * 2
    assert all(frame.dtype == np.uint8 for frame in frames)
