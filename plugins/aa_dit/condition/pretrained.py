"""The published condition: CLIP says what is seen, DINOv2 says where."""

from __future__ import annotations

from aa_dit.condition.clip import ClipTower
from aa_dit.condition.dino import DinoTower
from aa_dit.condition.interface import Features, ImageCondition, Pixels
from aa_dit.config import ConditionShape


class ClipDinoCondition(ImageCondition):
    """Two frozen towers."""

    def __init__(self, shape: ConditionShape) -> None:
        super().__init__(shape)
        self.clip = ClipTower(shape.clip)
        self.dino = DinoTower(shape.dino)
        self.requires_grad_(False)

    def features(self, pixels: Pixels) -> Features:
        """Encode standardised pictures."""
        return Features(self.clip(pixels.clip), self.dino(pixels.dino))
