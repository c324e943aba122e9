"""Finds the latents of a portrait, then bends the generator to it.

Gradient descent over latents with the generator fixed (Karras et al., 2020, section 5), then over
the generator with the latents fixed ("pivotal tuning", Roich et al., 2021). Letters: B batch (1), N
latents of width D, O side of the picture, Q side of the raw rendering.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from aa_next3d.config import InversionConfig
from aa_next3d.gan import Next3D
from avatarartist_core.interfaces import Progress, silent
from avatarartist_core.nn.drawing import Drawn

PerceptualLoss = Callable[[Tensor, Tensor], Tensor]
"""Two pictures (B, 3, O, O) in [-1, 1] to a number that is small where they look alike."""

SYNTHESIS = ("texture", "static", "face", "field", "super_resolution")
"""Parts of the GAN that can be bent to a portrait."""

PLANES = ("texture", "static")
"""Those that make the planes; what draws the planes stays as every other avatar has it."""


@dataclass(frozen=True, eq=False)
class Inversion:
    """A portrait found again.

    Attributes:
        gan: the generator bent to the portrait; the one given where nothing was tuned.
        ws: (1, N, D) latents.
        losses: error before every step, then the last.
    """

    gan: Next3D
    ws: Tensor
    losses: tuple[float, ...]

    @torch.no_grad()
    def planes(self) -> Tensor:
        """Draw the (1, 4, C, R, R) parametric triplane of the portrait."""
        return self.gan.planes(self.ws)


@dataclass(frozen=True, eq=False)
class Target:
    """What the generator is to draw.

    Attributes:
        picture: (1, 3, P, P) in [-1, 1], any side.
        mesh: (1, H, W, 3) mesh map of the portrait's expression.
        label: (1, 25) camera of the portrait.
    """

    picture: Tensor
    mesh: Tensor
    label: Tensor


def invert(
    gan: Next3D,
    target: Target,
    config: InversionConfig | None = None,
    *,
    generator: torch.Generator,
    perceptual: PerceptualLoss | None = None,
    parts: Sequence[str] = SYNTHESIS,
    progress: Progress = silent,
) -> Inversion:
    """Search the latents of a portrait and tune the generator to it.

    Args:
        gan: stays as it is.
        target: the portrait, its expression and its camera.
        config: steps and weights.
        generator: decides the start; the same seed finds the same latents.
        perceptual: added to the error of colours, such as LPIPS.
        parts: of the GAN that tuning moves.
        progress: told the steps done and how many there are.
    """
    config = config or InversionConfig()
    total = config.latent_steps + config.tuning_steps
    mean, deviation = latent_statistics(gan, target.label, config.samples, generator)
    frozen = _copied(gan)
    rows = gan.shape.latents if config.space == "w+" else 1
    latent = mean.repeat(1, rows, 1).requires_grad_()

    def wide() -> Tensor:
        return latent.expand(-1, gan.shape.latents, -1)

    def search_error() -> Tensor:
        strayed = ((latent - mean) / deviation).square().mean()
        drawn = frozen.synthesise(wide(), target.mesh, target.label)[1]
        return error(drawn, target.picture, config, perceptual) + config.closeness * strayed

    losses = _descend(
        [latent], config.latent_rate, search_error, config.latent_steps, 0, total, progress
    )
    ws = wide().detach().clone()
    tuned = gan
    if config.tuning_steps:
        tuned = _copied(gan, parts)
        moved = [p for part in parts for p in getattr(tuned, part).parameters()]

        def tuning_error() -> Tensor:
            drawn = tuned.synthesise(ws, target.mesh, target.label)[1]
            return error(drawn, target.picture, config, perceptual)

        start = config.latent_steps
        losses += _descend(
            moved, config.tuning_rate, tuning_error, config.tuning_steps, start, total, progress
        )
        tuned.requires_grad_(False)
    with torch.no_grad():
        drawn = tuned.synthesise(ws, target.mesh, target.label)[1]
        losses.append(float(error(drawn, target.picture, config, perceptual)))
    return Inversion(tuned, ws, tuple(losses))


def error(
    drawn: Drawn, picture: Tensor, config: InversionConfig, perceptual: PerceptualLoss | None = None
) -> Tensor:
    """Compare a drawing with (1, 3, P, P): mean absolute error of colours, large and raw."""
    large = _resized(picture, drawn.picture.shape[-1])
    raw = _resized(picture, drawn.raw.shape[-1])
    total = functional.l1_loss(drawn.picture, large)
    total = total + config.raw * functional.l1_loss(drawn.raw, raw)
    if perceptual is not None:
        total = total + config.perceptual * perceptual(drawn.picture, large)
    return total


@torch.no_grad()
def latent_statistics(
    gan: Next3D, label: Tensor, samples: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return the (1, 1, D) mean of random latents and their overall deviation."""
    size = (samples, gan.shape.noise_size)
    z = torch.randn(size, generator=generator, device=generator.device).to(label)
    latents = gan.mapping(z, label[:1].expand(samples, -1))
    mean = latents.mean(0)[None, None]
    return mean, (latents - mean[0]).square().mean().sqrt().clamp(min=1e-6)


def _descend(
    parameters: Iterable[Tensor],
    rate: float,
    loss: Callable[[], Tensor],
    steps: int,
    done: int,
    total: int,
    progress: Progress,
) -> list[float]:
    """Follow the gradient with Adam, slowing along a half cosine; returns the losses."""
    optimiser = torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, steps), rate / 20)
    losses = []
    for step in range(steps):
        optimiser.zero_grad(set_to_none=True)
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        losses.append(float(value.detach()))
        progress(done + step + 1, total)
    return losses


def _copied(gan: Next3D, learning: Sequence[str] = ()) -> Next3D:
    copied = copy.deepcopy(gan).requires_grad_(False)
    for part in learning:
        getattr(copied, part).requires_grad_(True)
    return copied


def _resized(picture: Tensor, side: int) -> Tensor:
    if picture.shape[-1] == side:
        return picture
    return functional.interpolate(picture, (side, side), mode="bilinear", antialias=True)
