"""Haircuts: how thick, how long, where they end, which way they lie."""

from dataclasses import dataclass, replace

import numpy as np

Point = tuple[float, float, float]


@dataclass(frozen=True)
class HairStyle:
    """One haircut; lengths in head units, angles in radians.

    Attributes:
        top: thickness on top.
        sides: thickness at the sides.
        back: thickness at the back.
        crest: further thickness above the forehead.
        front: how much lower than the forehead's hairline it ends at the front.
        low: how much lower it ends at the sides and the back.
        temples: how far the corners of the forehead are bare.
        length: how far it hangs below the widest part of the head; 0: it does not hang.
        opening: half angle that hanging hair leaves free round the face.
        pole: where strands spring from, from the middle of the skull; where they gather in a bun.
        parting: distance of the parting from the middle; None: strands spring from ``pole``.
        wave: how far strands swing to the sides.
        waves: how often they do, per head unit.
        curl: 0: strands; 1: locks as wide as long.
        ragged: how uneven the ends are.
        fluff: share of the thickness in which strands stand apart.
        strands: round the head; few are coarse.
        bun: (radius, up, back) of a bun, or None.
        bare: angle round the top without hair; 0: none.
        strip: half width of the only strip that has hair; 0: all of it.
    """

    top: float = 0.16
    sides: float = 0.08
    back: float = 0.12
    crest: float = 0.0
    front: float = 0.0
    low: float = 0.0
    temples: float = 0.0
    length: float = 0.0
    opening: float = 0.95
    pole: Point = (0.0, 0.85, -0.5)
    parting: float | None = None
    wave: float = 0.02
    waves: float = 3.0
    curl: float = 0.0
    ragged: float = 0.08
    fluff: float = 0.4
    strands: float = 160.0
    bun: Point | None = None
    bare: float = 0.0
    strip: float = 0.0


STYLES: dict[str, HairStyle] = {
    "buzz": HairStyle(top=0.035, sides=0.025, back=0.03, ragged=0.05, curl=0.6, strands=260),
    "crop": HairStyle(top=0.17, sides=0.06, back=0.09, ragged=0.1),
    "side part": HairStyle(top=0.2, sides=0.07, back=0.1, crest=0.1, parting=0.35, ragged=0.05),
    "swept back": HairStyle(
        top=0.16, sides=0.06, back=0.12, crest=0.1, pole=(0, 0.35, 0.94), ragged=0.05
    ),
    "quiff": HairStyle(
        top=0.24, sides=0.05, back=0.08, crest=0.28, pole=(0.2, 0.4, 0.9), ragged=0.08
    ),
    "fringe": HairStyle(top=0.16, sides=0.13, back=0.15, front=0.38, low=0.2, ragged=0.1),
    "bowl": HairStyle(
        top=0.17, sides=0.17, back=0.18, front=0.42, low=0.25, ragged=0.03, wave=0.01
    ),
    "bob": HairStyle(top=0.15, sides=0.16, back=0.18, length=0.9, parting=0.15, ragged=0.04),
    "bob with fringe": HairStyle(
        top=0.16, sides=0.17, back=0.18, length=0.85, front=0.38, ragged=0.04
    ),
    "long": HairStyle(top=0.14, sides=0.15, back=0.16, length=2.0, parting=0.05, ragged=0.2),
    "long with fringe": HairStyle(
        top=0.15, sides=0.15, back=0.16, length=1.9, front=0.38, ragged=0.15
    ),
    "wavy": HairStyle(
        top=0.2, sides=0.22, back=0.24, length=1.5, parting=0.3, wave=0.1, waves=2.2, ragged=0.2
    ),
    "curly": HairStyle(
        top=0.34, sides=0.28, back=0.3, low=0.2, curl=0.8, ragged=0.16, fluff=0.7, strands=60
    ),
    "long curls": HairStyle(
        top=0.3,
        sides=0.34,
        back=0.34,
        length=1.2,
        curl=0.65,
        ragged=0.25,
        fluff=0.7,
        strands=60,
        wave=0.12,
        waves=3.5,
    ),
    "afro": HairStyle(
        top=0.62, sides=0.58, back=0.6, curl=1.0, ragged=0.1, fluff=0.45, strands=110, low=0.1
    ),
    "bun": HairStyle(
        top=0.07, sides=0.05, back=0.07, pole=(0, 0.8, -0.6), bun=(0.34, 1.0, -0.75), ragged=0.04
    ),
    "low bun": HairStyle(
        top=0.09,
        sides=0.07,
        back=0.08,
        pole=(0, 0.05, -1.0),
        bun=(0.32, -0.1, -1.2),
        parting=0.1,
        ragged=0.04,
    ),
    "receding": HairStyle(top=0.05, sides=0.06, back=0.08, temples=0.25, bare=0.55, ragged=0.12),
    "mohawk": HairStyle(
        top=0.5, sides=0.03, back=0.4, strip=0.22, crest=0.1, ragged=0.1, fluff=0.7
    ),
    "bald": HairStyle(top=0.0),
}
"""Haircuts by name."""

_MEN = (14, 16, 12, 8, 7, 5, 1, 1, 0, 3, 0, 2, 6, 1, 4, 1.5, 0, 7, 1, 9)
_WOMEN = (1, 4, 3, 3, 1, 4, 2, 10, 8, 14, 8, 11, 6, 7, 4, 7, 6, 0, 0.3, 0.7)


def random_style(rng: np.random.Generator, manly: bool) -> tuple[str, HairStyle]:
    """Draw a haircut's name and the haircut, a little different each time."""
    shares = np.array(_MEN if manly else _WOMEN, float)
    name = tuple(STYLES)[int(rng.choice(len(STYLES), p=shares / shares.sum()))]
    style = STYLES[name]
    full = float(np.exp(rng.normal(0, 0.18)))
    side = float(rng.choice([-1, 1]))
    x, y, z = style.pole
    return name, replace(
        style,
        top=style.top * full,
        sides=style.sides * full * float(np.exp(rng.normal(0, 0.12))),
        back=style.back * full,
        crest=style.crest * float(rng.uniform(0.4, 1.4)),
        front=style.front * float(rng.uniform(0.75, 1.1)) + float(rng.normal(0, 0.03)),
        low=style.low * float(rng.uniform(0.5, 1.4)),
        temples=style.temples + float(abs(rng.normal(0, 0.08))) * manly,
        length=style.length * float(rng.uniform(0.8, 1.2)),
        opening=float(rng.uniform(0.72, 1.1)),
        pole=(x * side + float(rng.normal(0, 0.1)), y, z),
        parting=None
        if style.parting is None
        else style.parting * side * float(rng.uniform(0.3, 1.3)),
        wave=style.wave * float(rng.uniform(0.4, 2)),
        strands=style.strands * float(rng.uniform(0.7, 1.3)),
        ragged=style.ragged * float(rng.uniform(0.6, 1.5)),
    )
