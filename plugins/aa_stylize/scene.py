"""What a look works from: the picture, its parts and its relief, each measured when asked for."""

from functools import cached_property

import cv2
import numpy as np

from aa_stylize.overlay import Overlay, lay_over
from aa_stylize.regions import Regions, find_regions
from aa_stylize.relief import Relief, make_relief
from avatarartist_core.data import Floats, Portrait


class Scene:
    """One portrait, measured. Pictures are (P, P, 3) float32, masks (P, P) float32 in [0, 1].

    Attributes:
        portrait: the portrait itself.
        picture: (P, P, 3) RGB in [0, 1].
        side: P.
        landmarks: (478, 2) pixel x and y.
        unit: pixels of one head unit (a decimetre of the mean head): the face from brow to chin
            measures about 1.1, the distance of the eyes 0.64. Lines, tiles and blurs are sized by
            it, so that a look is the same at every resolution.
    """

    def __init__(self, portrait: Portrait, seed: int = 0) -> None:
        """Keep the portrait; nothing is measured yet."""
        self.portrait = portrait
        self.picture: Floats = portrait.picture.astype(np.float32) / np.float32(255)
        self.side = portrait.picture.shape[0]
        self.landmarks: Floats = portrait.landmarks[:, :2].astype(np.float32)
        self.unit = float(portrait.fit.scale)
        self._seed = seed

    def on(self, portrait: Portrait) -> "Scene":
        """Return the scene of another picture of the portrait, under the same chance."""
        return Scene(portrait, self._seed)

    def rng(self, purpose: int) -> np.random.Generator:
        """Return the chance of one purpose: the same for the same seed, apart from others."""
        return np.random.default_rng([abs(self._seed), purpose])

    @cached_property
    def lab(self) -> Floats:
        """(P, P, 3) CIE Lab of the picture: L in [0, 100], a and b about 0."""
        return np.asarray(cv2.cvtColor(self.picture, cv2.COLOR_RGB2Lab), np.float32)

    @cached_property
    def light(self) -> Floats:
        """(P, P) lightness in [0, 1]."""
        return np.asarray(self.lab[..., 0] / np.float32(100))

    @cached_property
    def overlay(self) -> Overlay:
        """The fitted head mesh in the portrait's pixels."""
        return lay_over(self.portrait)

    @cached_property
    def regions(self) -> Regions:
        """Soft masks of the parts of the portrait."""
        return find_regions(self.portrait, self.lab, self.overlay)

    @cached_property
    def relief(self) -> Relief:
        """The person as a surface: normals, height, occlusion."""
        return make_relief(self.lab, self.regions, self.overlay, self.unit)
