"""What people wear: where the cloth ends at the neck, and its pattern."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.tones import any_colour, cloth_colour

PLAIN, STRIPED, UPRIGHT, CHECKED, KNITTED = range(5)
"""Patterns."""


@dataclass(frozen=True, eq=False)
class Clothes:
    """A collar is the height, in head units on the mean head, below which there is cloth.

    Attributes:
        height: of the collar at the neck's middle.
        slope: how much it falls towards the front.
        vee: how deep it is cut at the front.
        vee_width: half the width of that cut.
        trim: width of a band along the edge.
        colour: (3,) linear.
        second: (3,) linear, of pattern and band.
        pattern: one of the five above.
        size: of the pattern in head units.
    """

    height: float
    slope: float
    vee: float
    vee_width: float
    trim: float
    colour: Floats
    second: Floats
    pattern: int
    size: float

    def values(self) -> Floats:
        """Return (13,) numbers in the order that the shading reads them."""
        shape = [self.height, self.slope, self.vee, self.vee_width, self.trim]
        pattern = [self.pattern, self.size]
        return np.concatenate([shape, self.colour, self.second, pattern]).astype(np.float32)


_COLLARS = {
    "crew": (-1.62, 0.34, 0.0, 0.4, 0.06),
    "vee": (-1.6, 0.3, 0.6, 0.45, 0.04),
    "turtle": (-1.28, 0.12, 0.0, 0.4, 0.0),
    "boat": (-1.85, 0.15, 0.0, 0.4, 0.03),
    "shirt": (-1.45, 0.3, 0.5, 0.22, 0.0),
    "none": (-9.0, 0.0, 0.0, 0.4, 0.0),
}
"""Height, slope, cut, its half width and band."""


def random_clothes(rng: np.random.Generator, wild: bool) -> Clothes:
    """Draw clothes."""
    kind = tuple(_COLLARS)[int(rng.choice(6, p=[0.34, 0.2, 0.12, 0.1, 0.2, 0.04]))]
    height, slope, vee, width, trim = _COLLARS[kind]
    colour = any_colour(rng) if wild or rng.random() < 0.15 else cloth_colour(rng)
    second = cloth_colour(rng) if rng.random() < 0.6 else np.clip(colour * 0.6, 0, 1)
    return Clothes(
        height=height + float(rng.normal(0, 0.04)),
        slope=slope * float(rng.uniform(0.8, 1.2)),
        vee=vee * float(rng.uniform(0.6, 1.3)),
        vee_width=width * float(rng.uniform(0.8, 1.2)),
        trim=trim * float(rng.random() < 0.6),
        colour=np.asarray(colour**2, np.float32),
        second=np.asarray(second**2, np.float32),
        pattern=int(rng.choice(5, p=[0.5, 0.14, 0.08, 0.1, 0.18])),
        size=float(rng.uniform(0.08, 0.35)),
    )
