"""One person, drawn from a seed: everything but expression, look and camera."""

from dataclasses import dataclass, replace

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic import face_hair, skin
from avatarartist_core.datasets.synthetic.clothes import Clothes, random_clothes
from avatarartist_core.datasets.synthetic.config import SyntheticConfig
from avatarartist_core.datasets.synthetic.eyes import Eyes, random_eyes
from avatarartist_core.datasets.synthetic.hair_grid import grid
from avatarartist_core.datasets.synthetic.hair_shape import Hair, grow
from avatarartist_core.datasets.synthetic.hair_styles import HairStyle, random_style
from avatarartist_core.datasets.synthetic.layers import finished
from avatarartist_core.datasets.synthetic.light import Light, random_light
from avatarartist_core.datasets.synthetic.regions import SIDE, regions
from avatarartist_core.datasets.synthetic.surface import surface
from avatarartist_core.datasets.synthetic.things import Things, joined, random_glasses, random_hat
from avatarartist_core.datasets.synthetic.tones import any_colour, hair_colour, skin_tone

COMPONENTS = 80


@dataclass(frozen=True, eq=False)
class WornHair:
    """A haircut on a head.

    Attributes:
        shape: its shells.
        cut: (7,) numbers that ``hair_draw.strand_at`` reads.
        noise: (2, 64, 640) of its strands.
        colours: (3, 3) linear: roots, tips, gloss.
    """

    shape: Hair
    cut: Floats
    noise: Floats
    colours: Floats


@dataclass(frozen=True, eq=False)
class Person:
    """Shape and looks.

    Attributes:
        identity: (80,) scores.
        painting: (512, 512, 4) linear skin colour, and gloss in [0, 1].
        eyes: colours of the eyeballs.
        teeth: (3,) linear.
        tongue: (3,) linear.
        clothes: what they wear.
        light: what falls on them.
        hairdo: the name of the haircut.
        hair: None: bald.
        things: glasses and hat; None: neither.
        is_wild: whether the colours are unusual.
    """

    identity: Floats
    painting: Floats
    eyes: Eyes
    teeth: Floats
    tongue: Floats
    clothes: Clothes
    light: Light
    hairdo: str
    hair: WornHair | None
    things: Things | None
    is_wild: bool


def person(seed: int | list[int], config: SyntheticConfig | None = None) -> Person:
    """Draw a person; the same seed and options give the same one.

    Args:
        seed: any number, or a list of them.
        config: share of the wild, of hats and glasses.
    """
    config = config or SyntheticConfig()
    rng = np.random.default_rng(seed)
    identity = (rng.normal(0, 1, COMPONENTS) * rng.uniform(0.6, 1.3)).astype(np.float32)
    is_wild = bool(rng.random() < config.wild)
    tone, kind = skin_tone(rng)
    hair = any_colour(rng) if is_wild and rng.random() < 0.6 else hair_colour(rng, kind)
    manly = bool(rng.random() < 0.5)
    hairdo, style = random_style(rng, manly)
    vertices = surface().mesh.vertices + np.tensordot(identity, surface().mesh.identity, 1)
    hatted, glassed = rng.random() < config.hats, rng.random() < config.glasses
    radii = grid().radii(vertices)
    pieces, pressed = random_hat(rng, radii) if hatted else ([], None)
    if hatted:
        style = replace(style, bun=None, strip=0.0)
    if glassed:
        pieces = pieces + random_glasses(rng, surface().mesh.landmarks(vertices))
    painting = _painted(rng, tone, kind, hair, manly, hairdo, is_wild)
    return Person(
        identity=identity,
        painting=painting,
        eyes=random_eyes(rng, kind, is_wild),
        teeth=(np.array([0.9, 0.86, 0.76]) * rng.uniform(0.82, 1.0)).astype(np.float32) ** 2,
        tongue=(np.array([0.72, 0.36, 0.35]) * rng.uniform(0.85, 1.05)).astype(np.float32) ** 2,
        clothes=random_clothes(rng, is_wild),
        light=random_light(rng),
        hairdo=hairdo,
        hair=None if hairdo == "bald" else _worn(rng, style, hair, radii, pressed),
        things=joined(pieces) if pieces else None,
        is_wild=is_wild,
    )


def _painted(
    rng: np.random.Generator,
    tone: Floats,
    kind: float,
    hair: Floats,
    manly: bool,
    hairdo: str,
    is_wild: bool,
) -> Floats:
    """Return the (512, 512, 4) painting of the whole surface."""
    places = regions()
    if is_wild:
        whole = skin.wild_skin(rng)
        tone = whole[SIDE // 2 - 40 : SIDE // 2 + 40, SIDE // 2 - 40 : SIDE // 2 + 40].mean((0, 1))
    else:
        whole = skin.random_skin(rng, tone, kind)
    made_up = bool(rng.random() < (0.04 if manly else 0.5))
    lipstick = np.array([rng.uniform(0.4, 0.8), rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.35)])
    skin.paint_eye_make_up(rng, whole, tone, made_up)
    skin.paint_lips(
        rng, whole, tone, lipstick.astype(np.float32) if made_up and rng.random() < 0.7 else None
    )
    brows = np.clip(hair * np.float32(rng.uniform(0.45, 0.9)), 0, 1)
    face_hair.paint_lashes(rng, whole, rng.uniform(3, 5) if made_up else rng.uniform(1, 3))
    face_hair.paint_brows(rng, whole, face_hair.random_brows(rng), brows)
    if manly and rng.random() < 0.55:
        mask = (
            np.maximum(places.beard, places.moustache) if rng.random() < 0.7 else places.moustache
        )
        face_hair.paint_stubble(rng, whole, mask, brows, rng.uniform(0.15, 0.95))
    shaven = {"bald": rng.choice([0.0, 0.35]), "receding": 0.3, "mohawk": 0.35, "afro": 0.95}
    face_hair.paint_stubble(
        rng, whole, places.scalp, hair * np.float32(0.7), float(shaven.get(hairdo, 0.85))
    )
    gloss = places.nose * np.float32(0.35) + places.lips * np.float32(rng.uniform(-0.1, 0.6))
    gloss = (gloss + np.float32(rng.uniform(0.25, 0.8))) * (1 - np.float32(0.8) * places.scalp)
    return finished(whole, gloss)


def _worn(
    rng: np.random.Generator,
    style: HairStyle,
    colour: Floats,
    radii: Floats,
    pressed: Floats | None,
) -> WornHair:
    """Grow, comb and dye a haircut on the head of a person."""
    tips = colour * np.float32(rng.uniform(0.85, 1.3))
    if rng.random() < 0.06:
        tips = any_colour(rng)
    gloss = rng.uniform(0.2, 1.0) * (1 - 0.6 * style.curl)
    noise = rng.standard_normal((2, 64, 640), dtype=np.float32)
    numbers = [
        int(style.strands * 2),
        style.wave,
        style.waves,
        style.curl,
        style.ragged,
        style.fluff,
    ]
    return WornHair(
        shape=grow(rng, style, radii, pressed),
        cut=np.array([*numbers, 0], np.float32),
        noise=noise,
        colours=np.stack([colour**2, np.clip(tips, 0, 1) ** 2, [gloss, 0, 0]]).astype(np.float32),
    )
