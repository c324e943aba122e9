"""Draw a small rendered picture larger, led by the features rendered beside it (spec 4.3).

Letters: B batch, F rendered features, S side of the rendering.
"""

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from avatarartist_core.nn.stylegan.noise import Noise, NoiseFeed
from avatarartist_core.nn.stylegan.synthesis import SynthesisBlock


class SuperResolution(nn.Module):
    """Synthesis blocks on top of a rendering, each doubling its side.

    Args:
        features: channels rendered; the first three are the picture.
        latent: width of the latent.
        side: of the rendering it is made for.
        channels: width of each block; two blocks make a picture four times as large.
        clamp: largest magnitude after any convolution.
    """

    def __init__(
        self,
        features: int = 32,
        *,
        latent: int = 512,
        side: int = 128,
        channels: tuple[int, ...] = (256, 128),
        clamp: float | None = 256.0,
    ) -> None:
        super().__init__()
        self.side = side
        self.blocks = nn.ModuleList(
            SynthesisBlock(inputs, outputs, latent, side * 2 ** (place + 1), 3, clamp=clamp)
            for place, (inputs, outputs) in enumerate(pairwise((features, *channels)))
        )

    def forward(self, image: Tensor, features: Tensor, w: Tensor, noise: Noise = "none") -> Tensor:
        """Draw the large picture.

        Args:
            image: (B, 3, S, S) in [-1, 1]; another side than ``side`` is resized to it first.
            features: (B, F, S, S), the picture's channels among them.
            w: (B or 1, latent) the last latent.
            noise: the authors use none here.

        Returns:
            (B, 3, side * 2 ** blocks, the same); not clamped
        """
        feed = NoiseFeed(noise)
        x, image = self._at_side(features), self._at_side(image)
        ws = w[:, None].expand(-1, 3, -1)
        for block in self.blocks:
            x, image = block(x, image, ws, feed)
        return image

    def _at_side(self, x: Tensor) -> Tensor:
        if x.shape[-1] == self.side:
            return x
        size = (self.side, self.side)
        return functional.interpolate(x, size, mode="bilinear", align_corners=False, antialias=True)
