"""The training stage ``gan``: generator against discriminator (official renderer, section 6.3).

Letters: B batch, S side of the picture, Q side of the raw one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from aa_next3d.discriminator import DualDiscriminator, enlarge
from aa_next3d.gan import BackboneNoise, Next3D
from aa_next3d.training.augment import Augmentation, Judged
from aa_next3d.training.batches import GANBatch, Labelled, Portraits, made_up, spread
from aa_next3d.training.beginning import begin
from aa_next3d.training.bundles import write_bundles
from aa_next3d.training.config import GANConfig
from aa_next3d.training.guiding import Guide
from aa_next3d.training.likeness import Likeness
from aa_next3d.training.losses import (
    blurred,
    density_variation,
    gradient_penalty,
    is_fake,
    is_real,
)
from aa_next3d.training.showing import Distance, sample_sheet
from avatarartist_core.data import Picture
from avatarartist_core.nn.drawing import Drawn
from avatarartist_core.training.stage import (
    Moment,
    Networks,
    Optimised,
    TrainingStage,
    Update,
    frozen,
)

_BLUR_SIDE = 512  # of the pictures for which the blur is stated


class GANStage(TrainingStage):
    """Teaches a ``Next3D`` to draw heads that a ``DualDiscriminator`` takes for portraits."""

    averaged: ClassVar[tuple[str, ...]] = ("generator",)
    config: GANConfig

    @property
    def judged_by(self) -> str:
        """The distance to the data, by the name of its feature network."""
        return f"frechet_{self.config.sample.features}"

    def networks(self) -> dict[str, nn.Module]:
        """Make generator, discriminator and augmentation."""
        config = self.config
        generator = Next3D(config.generator.model_dump(mode="json"))
        if config.start == "plain":
            begin(generator, config.topology)
        return {
            "generator": generator,
            "discriminator": DualDiscriminator(config.discriminator.model_dump(mode="json")),
            "augmentation": Augmentation(config.augment),
            "likeness": self._likeness(),
        }

    def optimisers(self) -> dict[str, Optimised]:
        """Name both players; the lazily penalised one has rate and memory scaled for it.

        A penalty every n steps is as strong as n times it each step; Adam then sees n + 1 gradients
        in n steps (Karras et al., 2020, appendix).
        """
        config = self.config
        ratio = {
            "generator": _lazy(config.density.every if config.density.weight else 0),
            "discriminator": _lazy(config.adversary.r1_every if config.adversary.r1 else 0),
        }
        given = {
            "generator": config.generator_optimiser,
            "discriminator": config.discriminator_optimiser,
        }
        return {
            name: Optimised(
                (name,),
                own.model_copy(
                    update={
                        "rate": own.rate * ratio[name],
                        "betas": (own.betas[0] ** ratio[name], own.betas[1] ** ratio[name]),
                    }
                ),
            )
            for name, own in given.items()
        }

    def count(self) -> int:
        """Count the portraits."""
        return len(self._portraits)

    def batch(self, moment: Moment) -> GANBatch:
        """Read real portraits, and labels of others to draw by."""
        count = len(self._portraits)
        others = torch.randint(count, (len(moment.indices),), generator=moment.chance)
        return GANBatch(
            self._portraits.take(moment.indices.tolist()), self._portraits.take(others.tolist())
        )

    def example(self, moment: Moment) -> GANBatch:
        """Make up portraits."""
        B = len(moment.indices)
        return GANBatch(*(made_up(self.config, B, moment.chance) for _ in range(2)))

    def updates(self, networks: Networks, batch: GANBatch, moment: Moment) -> Iterator[Update]:
        """Draw and judge: first the generator's loss, then the discriminator's."""
        generator: Any = networks["generator"]
        discriminator, augmentation = networks["discriminator"], networks["augmentation"]
        real, posed = batch.real.to(moment.device), batch.posed.to(moment.device)
        guided = self._guide.count(len(posed.camera), moment.images)
        drawn = self._draw(networks, posed, moment, guided)
        loss, told = torch.zeros((), device=moment.device), {}
        is_judged = not self._guide.is_alone(moment.images)
        if is_judged:
            with frozen(discriminator):
                scores = self._judge(discriminator, augmentation, _of(drawn, posed), moment)
            loss, told = is_real(scores), {"scores": scores.detach().mean()}
        density = self._smoothness(generator, drawn, moment)
        if guided:
            error = self._guide.error(drawn, posed, guided, moment.images)
            told["guide"] = error.detach()
            loss = loss + error
        if density is not None:
            told["density"] = density.detach()
            loss = loss + self.config.density.weight * self.config.density.every * density
        yield Update("generator", loss, told)
        if is_judged:
            yield self._judgement(networks, real, posed, drawn, moment)

    def pictures(self, networks: Networks, step: int) -> dict[str, Picture]:
        """Draw random people (rows) by meshes and cameras of the data (columns)."""
        return {"samples": sample_sheet(networks["generator"], self._portraits, self.config)}

    def measures(self, networks: Networks, step: int) -> dict[str, float]:
        """Measure how far drawn pictures are from the data's."""
        return {self.judged_by: self._distance.of(networks["generator"])}

    def export(self, networks: Networks, folder: Path, about: str) -> list[Path]:
        """Write bundles that ``next3d`` and, where it can, ``cnn`` load."""
        return write_bundles(networks["generator"], self.config, folder, about)

    @cached_property
    def _guide(self) -> Guide:
        return Guide(self.config)

    @cached_property
    def _distance(self) -> Distance:
        return Distance(self._portraits, self.config, self.device)

    @cached_property
    def _portraits(self) -> Portraits:
        return Portraits(self.config)

    def _draw(self, networks: Networks, posed: Labelled, moment: Moment, guided: int = 0) -> Drawn:
        """Draw random people by the posed labels, the first ``guided`` with colours of theirs."""
        generator: Any = networks["generator"]
        shape, chance = self.config.generator, moment.chance
        B, told = len(posed.camera), self.config.guide.likeness
        z = torch.randn((B, shape.noise_size), generator=chance).to(posed.camera)
        if guided and told:
            z[:guided, :told] = networks["likeness"](posed.colours[:guided])
        start, end = self.config.adversary.swap
        later = min(1.0, moment.images / self.config.adversary.swap_images)
        if self.config.resume_from:
            later = 1.0
        is_swapped = torch.rand(B, 1, generator=chance) < start + (end - start) * later
        other = posed.camera.roll(1, 0)
        latents = generator.mapping(
            z, torch.where(is_swapped.to(other.device), other, posed.camera)
        )
        generator.mapping.track(latents)
        noise = None
        if self.config.adversary.noise == "random":
            noise = BackboneNoise(chance, chance, chance)
        rays = shape.volume.resolution**2

        def jitter(samples: int) -> Tensor:
            return torch.rand((B, rays, samples), generator=chance).to(posed.camera)

        drawn: Drawn = generator.synthesise(
            latents[:, None].repeat(1, shape.latents, 1),
            posed.mesh,
            posed.camera,
            noise=noise,
            u_coarse=jitter(shape.volume.coarse),
            u_fine=jitter(shape.volume.fine),
            shared_bounds=False,
        )[1]
        return drawn

    def _judge(
        self, discriminator: Any, augmentation: Any, judged: Judged, moment: Moment
    ) -> Tensor:
        """Score (B, 1) what the discriminator sees after blur and augmentation."""
        config = self.config.adversary
        left = 0.0 if self.config.resume_from else 1 - moment.images / config.blur_images
        changed = augmentation(judged, moment.chance)
        if config.blur and left > 0:
            deviation = config.blur * left / _BLUR_SIDE
            changed = Judged(
                blurred(changed.picture, deviation * changed.picture.shape[-1]),
                blurred(changed.raw, deviation * changed.raw.shape[-1]),
                changed.camera,
                changed.drawing,
            )
        scores: Tensor = discriminator(
            changed.picture, changed.raw, changed.camera, changed.drawing if self._draws else None
        )
        return scores

    def _judgement(
        self,
        networks: Networks,
        real: Labelled,
        posed: Labelled,
        drawn: Drawn,
        moment: Moment,
    ) -> Update:
        """Return the discriminator's loss, with the gradient penalty where it is due."""
        config = self.config.adversary
        discriminator, augmentation = networks["discriminator"], networks["augmentation"]
        if not config.reuse:
            with torch.no_grad():
                drawn = self._draw(networks, posed, moment)
        drawn_scores = self._judge(discriminator, augmentation, _of(drawn, posed, True), moment)
        is_due = bool(config.r1) and moment.step % config.r1_every == 0
        seen = Judged(
            real.picture.detach().requires_grad_(is_due),
            enlarge(real.picture, self.config.generator.volume.resolution)
            .detach()
            .requires_grad_(is_due),
            real.camera,
            real.drawing,
        )
        scores = self._judge(discriminator, augmentation, seen, moment)
        loss = is_fake(drawn_scores) + is_real(scores)
        told = {"real": scores.detach().mean(), "drawn": drawn_scores.detach().mean()}
        if is_due:
            penalty = gradient_penalty(scores, (seen.picture, seen.raw))
            loss = loss + config.r1 / 2 * config.r1_every * penalty
            told["r1"] = penalty.detach()
        augmentation_state: Any = augmentation
        augmentation_state.note(scores.detach(), moment.step, self.config.batch)
        told["augmented"] = augmentation_state.probability.clone()
        return Update("discriminator", loss, told)

    def _likeness(self) -> Likeness:
        """Learn what colours the data's people have, where that is to be told."""
        guide = self.config.guide
        likeness = Likeness(guide.likeness)
        if guide.likeness and self.config.data.path:
            numbers = spread(len(self._portraits), min(guide.learnt_from, len(self._portraits)))
            likeness.learn(self._portraits.take(numbers).colours)
        return likeness

    def _smoothness(self, generator: Any, drawn: Drawn, moment: Moment) -> Tensor | None:
        config = self.config.density
        if not config.weight or moment.step % config.every:
            return None
        return density_variation(
            drawn.planes,
            generator.field,
            self.config.generator.volume,
            count=config.points,
            reach=config.reach,
            chance=moment.chance,
        )

    @property
    def _draws(self) -> bool:
        return bool(self.config.discriminator.drawing)


def _of(drawn: Drawn, posed: Labelled, detached: bool = False) -> Judged:
    picture, raw = drawn.picture, drawn.raw
    if detached:
        picture, raw = picture.detach(), raw.detach()
    return Judged(picture, raw, posed.camera, posed.drawing)


def _lazy(every: int) -> float:
    return every / (every + 1) if every else 1.0
