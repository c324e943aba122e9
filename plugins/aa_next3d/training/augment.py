"""Changes everything the discriminator sees, as much as it begins to know its pictures by heart.

The idea of Karras et al., 2020 ("Training generative adversarial networks with limited data"):
what is real and what is drawn go through the same random changes, each with probability p, and p
rises while the sign of the scores of real pictures, on average, lies above a target. Moves keep the
camera label true: the picture's centre moves in the label too. Mirrored pictures would need
mirrored mesh maps and are left out. Letters: B batch, S side.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from aa_next3d.training.config import AugmentConfig

CENTRE_X, CENTRE_Y = 18, 21
"""Where a camera label says at which share of the picture the axis passes."""

FURTHEST = 0.125  # move, as a share of the side
HOLE = 0.4  # side of what is cut out, as a share
BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.35, 0.5  # deviations; the latter two of log2


@dataclass(frozen=True, eq=False)
class Judged:
    """What the discriminator sees.

    Attributes:
        picture: (B, 3, S, S) in [-1, 1].
        raw: (B, 3, Q, Q) the same, small.
        camera: (B, 25) labels.
        drawing: (B, 3, S, S) of the mesh, or None.
    """

    picture: Tensor
    raw: Tensor
    camera: Tensor
    drawing: Tensor | None = None


class Augmentation(nn.Module):
    """Holds the probability and what it follows, as buffers: they outlive a kill."""

    probability: Tensor
    signs: Tensor
    seen: Tensor

    def __init__(self, config: AugmentConfig) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("probability", torch.tensor(min(config.start, config.most)))
        self.register_buffer("signs", torch.zeros(()))
        self.register_buffer("seen", torch.zeros(()))

    @torch.no_grad()
    def note(self, real_scores: Tensor, step: int, batch: int) -> None:
        """Follow the scores of real pictures.

        Args:
            real_scores: (B, 1).
            step: steps done before.
            batch: samples of a step, over all processes.
        """
        if not self.config.most:
            return
        self.signs += real_scores.sign().sum()
        self.seen += len(real_scores)
        if (step + 1) % self.config.every:
            return
        overfitting = self.signs / self.seen
        move = (overfitting - self.config.target).sign() * (
            batch * self.config.every / self.config.images
        )
        self.probability.copy_((self.probability + move).clamp(0, self.config.most))
        self.signs.zero_()
        self.seen.zero_()

    def forward(self, judged: Judged, chance: torch.Generator) -> Judged:
        """Change pictures; while the probability is 0 they stay as they are."""
        p = float(self.probability)
        if not p:
            return judged
        B, device = len(judged.picture), judged.picture.device

        def asked() -> Tensor:
            return (torch.rand(B, generator=chance) < p).float()

        gain = 2 ** (asked() * CONTRAST * torch.randn(B, generator=chance))
        shift = asked() * BRIGHTNESS * torch.randn(B, generator=chance)
        vivid = 2 ** (asked() * SATURATION * torch.randn(B, generator=chance))
        colours = (gain.to(device), shift.to(device), vivid.to(device))
        spread = 2 * torch.rand(B, 2, generator=chance) - 1
        move = asked()[:, None] * FURTHEST * spread
        hole = torch.where(asked()[:, None] > 0, torch.rand(B, 2, generator=chance), 9.0)
        changed = replace(
            judged,
            picture=coloured(judged.picture, *colours),
            raw=coloured(judged.raw, *colours),
        )
        return cut(moved(changed, move), hole)


def coloured(pictures: Tensor, gain: Tensor, shift: Tensor, vivid: Tensor) -> Tensor:
    """Scale, shift and saturate (B, 3, S, S) by (B,) numbers each."""
    gain, shift, vivid = (value[:, None, None, None] for value in (gain, shift, vivid))
    grey = pictures.mean(1, keepdim=True)
    return (grey + (pictures - grey) * vivid) * gain + shift


def moved(judged: Judged, move: Tensor) -> Judged:
    """Move pictures and the centres of their cameras by (B, 2) shares of the side, x and y.

    Moves are whole pixels of the raw picture, so that both pictures move alike; what comes in from
    outside repeats the border, and 0, which is no mesh, in the drawing.
    """
    Q, S = judged.raw.shape[-1], judged.picture.shape[-1]
    steps = torch.round(move * Q)
    camera = judged.camera.clone()
    shares = (steps / Q).to(camera)
    camera[:, CENTRE_X] += shares[:, 0]
    camera[:, CENTRE_Y] += shares[:, 1]
    pixels = (steps * S / Q).round().long().tolist()
    return Judged(
        picture=_shifted(judged.picture, pixels, outside=None),
        raw=_shifted(judged.raw, steps.long().tolist(), outside=None),
        camera=camera,
        drawing=None if judged.drawing is None else _shifted(judged.drawing, pixels, outside=0.0),
    )


def cut(judged: Judged, hole: Tensor) -> Judged:
    """Make a square grey in both pictures; (B, 2) are the shares of its middle, x and y."""
    return replace(judged, picture=_cut(judged.picture, hole), raw=_cut(judged.raw, hole))


def _shifted(pictures: Tensor, pixels: list[list[int]], outside: float | None) -> Tensor:
    S = pictures.shape[-1]
    places = torch.arange(S, device=pictures.device)
    rows = []
    for one, (x, y) in zip(pictures, pixels, strict=True):
        if not (x or y):
            rows.append(one)
            continue
        from_x, from_y = places - x, places - y
        read = one[:, from_y.clamp(0, S - 1)][:, :, from_x.clamp(0, S - 1)]
        if outside is not None:
            inside = ((from_y >= 0) & (from_y < S))[:, None] & ((from_x >= 0) & (from_x < S))
            read = torch.where(inside, read, outside)
        rows.append(read)
    return torch.stack(rows)


def _cut(pictures: Tensor, hole: Tensor) -> Tensor:
    S = pictures.shape[-1]
    places = (torch.arange(S, device=pictures.device) + 0.5) / S
    middle = hole.to(pictures.device)
    x = (places - middle[:, :1]).abs() < HOLE / 2
    y = (places - middle[:, 1:]).abs() < HOLE / 2
    return torch.where(y[:, None, :, None] & x[:, None, None, :], 0.0, pictures)
