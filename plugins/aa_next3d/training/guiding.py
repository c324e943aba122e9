"""The guide of short runs: pulls drawings to the portraits whose mesh and camera they have.

Ours, not the paper's; see ``GuideConfig``. Letters: B batch, S side of the picture, Q side of the
raw one.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from aa_next3d.discriminator import enlarge
from aa_next3d.training.batches import Labelled
from aa_next3d.training.config import GANConfig
from avatarartist_core.nn.drawing import Drawn


class Guide:
    """Tells how many samples of a step are guided, and how far they are from their portraits."""

    def __init__(self, config: GANConfig) -> None:
        self._config = config.guide
        self._tunes = bool(config.resume_from)

    def is_alone(self, images: int) -> bool:
        """Tell whether nobody judges yet; a run that tunes another's networks is always judged."""
        is_early = images < self._config.alone and not self._tunes
        return is_early and self._config.left(images) > 0

    def count(self, batch: int, images: int) -> int:
        """Tell how many of a batch, the first ones, are guided.

        Args:
            batch: samples of the step in this process.
            images: samples seen before.
        """
        if self.is_alone(images):
            return batch
        return round(batch * self._config.share) if self._config.left(images) else 0

    def error(self, drawn: Drawn, posed: Labelled, guided: int, images: int) -> Tensor:
        """Compare the first ``guided`` drawings with their portraits.

        Returns:
            the mean absolute difference of both pictures, the mesh's pixels weighing more, and of
            the opacity to the mask, as much as is left of the guide
        """
        config, Q = self._config, drawn.raw.shape[-1]
        picture, mask = posed.picture[:guided], posed.mask[:guided]
        weight = 1 + (config.face - 1) * posed.drawing[:guided, 2:]
        colour = ((drawn.picture[:guided] - picture).abs() * weight).mean()
        small = (drawn.raw[:guided] - enlarge(picture, Q)).abs() * enlarge(weight, Q)
        opacity = functional.l1_loss(drawn.opacity[:guided], enlarge(mask, Q))
        error = config.colour * (colour + small.mean()) + config.opacity * opacity
        return config.left(images) * error
