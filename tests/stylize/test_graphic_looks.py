from functools import cache
from pathlib import Path

import numpy as np
import pytest

from aa_stylize.config import StylizeConfig
from aa_stylize.looks.names import LOOKS
from aa_stylize.scene import Scene
from avatarartist_core.data import Portrait
from avatarartist_core.lazy import build, load
from avatarartist_core.plugins import installed
from avatarartist_core.prepare.portrait import prepare
from avatarartist_core.samples import sample_portrait

PHOTOGRAPH = Path(__file__).parents[2] / "examples" / "astronaut.png"
GRAPHIC = (
    "pencil",
    "ink",
    "stained-glass",
    "pixel-art",
    "retro",
    "graffiti",
    "toon",
    "aam",
    "counterfeit",
    "lyriel",
    "xxm",
)


@cache
def finder():  # type: ignore[no-untyped-def]
    entry = installed().encoders["facemesh"]
    return build(entry, entry.config())


@cache
def photograph() -> Portrait:
    return prepare(PHOTOGRAPH, finder())


def drawn(name: str, portrait: Portrait, seed: int = 0, **options: object) -> np.ndarray:
    look = load(LOOKS[name], f"look {name!r}")
    picture = look(Scene(portrait, seed), StylizeConfig(look=name, **options))
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


@cache
def small(name: str) -> np.ndarray:
    """Draw the sample portrait once for all tests that only look at it."""
    return drawn(name, sample_portrait(96), 5)


@pytest.mark.parametrize("name", GRAPHIC)
def test_landmarks_stay_within_two_hundredths_of_the_eye_distance(name: str) -> None:
    portrait = photograph()
    faces = finder().find(drawn(name, portrait))
    assert faces
    before, after = portrait.landmarks[:, :2], faces[0].landmarks[:, :2]
    eyes = np.linalg.norm(before[[33, 133]].mean(0) - before[[263, 362]].mean(0))
    assert np.median(np.linalg.norm(after - before, axis=1)) < 0.02 * eyes


@pytest.mark.parametrize("name", GRAPHIC)
def test_the_seed_decides_the_picture(name: str) -> None:
    assert np.array_equal(small(name), drawn(name, sample_portrait(96), 5))


def test_domains_are_told_apart_by_their_colours() -> None:
    pictures = {name: small(name)[::8, ::8].astype(float) for name in GRAPHIC}
    for name, picture in pictures.items():
        others = [np.abs(picture - other).mean() for key, other in pictures.items() if key != name]
        assert min(others) > 9, name


def test_pencil_and_ink_are_grey() -> None:
    for name in ("pencil", "ink"):
        picture = small(name).astype(int)
        assert np.ptp(picture, axis=-1).max() < 24, name


def test_pixel_art_is_squares_of_few_colours() -> None:
    portrait = sample_portrait(192)
    picture = drawn("pixel-art", portrait)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= 32
    own = drawn("pixel-art", portrait, palette=("#000000", "#ffffff", "#ff0000"))
    assert len(np.unique(own.reshape(-1, 3), axis=0)) <= 3
    corners = [picture[y::2, x::2] for y in (0, 1) for x in (0, 1)]  # dots are two pixels wide
    assert all(np.array_equal(corners[0], corner) for corner in corners)
    assert (picture[:, 2::2] != picture[:, 1:-1:2]).any()
