"""Marble: one white stone, carved eyes, the light of a museum."""

import numpy as np

from aa_stylize.backdrops import own_ground, spotlit
from aa_stylize.canvas import drawn_large
from aa_stylize.carving import carve
from aa_stylize.colour import blend, blur, ramp
from aa_stylize.config import StylizeConfig
from aa_stylize.scene import Scene
from aa_stylize.textures import marble
from avatarartist_core.data import Floats

_STONE = (
    (0.0, "#1f1b19"),
    (0.18, "#4b4744"),
    (0.45, "#989390"),
    (0.72, "#d6d2cc"),
    (0.92, "#f6f4ef"),
    (1.05, "#ffffff"),
)


@drawn_large
def greek_statue(scene: Scene, config: StylizeConfig) -> Floats:
    """Carve the portrait in white marble."""
    carving = carve(scene, config.detail)
    # Marble lets light in: shadows of fine forms are filled from their surroundings.
    light = 0.72 * carving.light + 0.28 * blur(carving.light, 0.03 * scene.unit)
    light = (
        0.03 + 1.02 * light * marble(scene.side, scene.unit, scene.rng(1)) + 0.10 * carving.shine
    )
    statue = ramp(np.clip(light, 0, 1.05), _STONE)
    if config.ground == "own":
        ground = own_ground(scene, 0.12, chroma=0.25)
    else:
        ground = spotlit(scene, "#1b1e23", "#565b62")
    return blend(ground, statue, scene.regions.person)
