"""How a person's eyeballs are coloured."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.datasets.synthetic.tones import any_colour, iris_colour


@dataclass(frozen=True, eq=False)
class Eyes:
    """Colours are linear, lengths in head units on an eyeball of radius 0.163.

    Attributes:
        iris: (3,) colour of the iris, outside.
        inner: (3,) colour of the iris round the pupil.
        white: (3,) colour of the sclera.
        iris_radius: that of the landmarks, give or take a little.
        pupil_radius: a third to a half of it.
        limbus: darkness of the iris' rim in [0, 1].
        veins: redness of the sclera in [0, 1].
        phase: (2,) of the pattern in the iris.
    """

    iris: Floats
    inner: Floats
    white: Floats
    iris_radius: float
    pupil_radius: float
    limbus: float
    veins: float
    phase: Floats

    def values(self) -> Floats:
        """Return (15,) numbers in the order that the shading reads them."""
        numbers = [self.iris_radius, self.pupil_radius, self.limbus, self.veins]
        return np.concatenate(
            [self.iris, self.inner, self.white, np.array(numbers), self.phase]
        ).astype(np.float32)


def random_eyes(rng: np.random.Generator, kind: float, wild: bool) -> Eyes:
    """Draw eyes that go with a Fitzpatrick type; any colours for the wild."""
    iris = any_colour(rng) if wild and rng.random() < 0.5 else iris_colour(rng, kind)
    inner = np.clip(iris * rng.uniform(1.0, 1.6) * (1.1, 1.0, 0.8), 0.03, 0.95)
    white: Floats = np.array([0.93, 0.91, 0.89], np.float32) * np.float32(rng.uniform(0.86, 1.0))
    if wild and rng.random() < 0.3:
        white = any_colour(rng)
    radius = 0.0575 * float(rng.uniform(0.96, 1.06))
    return Eyes(
        iris=np.asarray(iris**2, np.float32),
        inner=np.asarray(inner**2, np.float32),
        white=np.asarray(white**2, np.float32),
        iris_radius=radius,
        pupil_radius=radius * float(rng.uniform(0.28, 0.5)),
        limbus=float(rng.uniform(0.4, 0.9)),
        veins=float(rng.beta(1.2, 4)),
        phase=rng.uniform(0, 6.28, 2).astype(np.float32),
    )
