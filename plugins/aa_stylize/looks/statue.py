"""Marble: one white stone, carved eyes, the light of a museum."""

import numpy as np

from aa_stylize.config import StylizeConfig
from aa_stylize.relief import lit
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats


def greek_statue(scene: Scene, config: StylizeConfig) -> Floats:
    """Carve the portrait in white marble."""
    relief = scene.relief
    normals = relief.bumped(relief.detail * np.float32(0.25 * scene.unit), config.detail)
    shade = lit(normals, wrap=0.2) * (1 - 0.6 * relief.occlusion)
    return np.asarray(np.repeat(shade[..., None], 3, -1), np.float32)
