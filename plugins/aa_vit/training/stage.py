"""The training stage ``renderer`` (paper section 3.3; official renderer, section 5).

Letters: B batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from aa_vit.model import MotionViT
from aa_vit.training.bundles import write_bundles
from aa_vit.training.config import RendererConfig
from aa_vit.training.losses import UNTAUGHT, losses, picture_distance, total
from aa_vit.training.showing import errors_of, sample_sheet
from avatarartist_core.data import Picture
from avatarartist_core.errors import UsageError
from avatarartist_core.nn.completion.planes import PlaneCompletion
from avatarartist_core.nn.drawing import Drawn
from avatarartist_core.nn.perceptual import PictureDistance
from avatarartist_core.training.people import People
from avatarartist_core.training.stage import (
    Moment,
    Networks,
    Optimised,
    TrainingStage,
    Update,
)
from avatarartist_core.training.views import Sizes, Views, made_up, read_views
from avatarartist_core.weights.loading import channels_last


class RendererStage(TrainingStage):
    """Teaches a ``MotionViT`` to draw a person in another view, expression and look.

    Where planes come from completion, that network is taught along: nobody else knows what planes
    the renderer would like best.
    """

    config: RendererConfig

    @property
    def averaged(self) -> tuple[str, ...]:  # type: ignore[override]  # which, the options say
        """Every network."""
        return ("completion", "renderer") if self._completes else ("renderer",)

    @property
    def judged_by(self) -> str:
        """The mean difference of held-out pictures."""
        return "error"

    def networks(self) -> dict[str, nn.Module]:
        """Make the renderer, and what completes planes for it.

        Channels lie last, whatever the device: convolutions take a fifth less time that way.
        """
        config = self.config
        renderer = MotionViT(config.renderer.model_dump(mode="json"))
        nn.init.normal_(renderer.styles)
        channels_last(renderer)
        if not self._completes:
            return {"renderer": renderer}
        completion = PlaneCompletion(config.completion.model_dump(mode="json"))
        channels_last(completion)
        return {"completion": completion, "renderer": renderer}

    def optimisers(self) -> dict[str, Optimised]:
        """Move everything at once."""
        return {"renderer": Optimised(self.averaged, self.config.optimiser)}

    def count(self) -> int:
        """Count the views that are learnt from.

        Raises:
            UsageError: the options ask for what cannot be taught yet.
        """
        if not self._completes:
            raise UsageError(
                "planes is 'pairs', and the renderer does not learn from a 4D GAN's pairs yet",
                "Train with --set planes=completion, or --preset tiny or small.",
            )
        for name in UNTAUGHT:
            if weight := getattr(self.config.loss, name):
                raise UsageError(
                    f"loss.{name} is {weight}, and the renderer does not learn from that loss yet",
                    f"Leave it out: --set loss.{name}=0",
                )
        return len(self._people)

    def batch(self, moment: Moment) -> Views:
        """Read the views to draw, and choose for each what is shown."""
        numbers = [int(number) for number in moment.indices]
        tasks = self._people.tasks(numbers, self.config.data.first, moment.chance)
        return read_views(self._people, tasks, self.sizes)

    def example(self, moment: Moment) -> Views:
        """Make up views."""
        embedding = self.config.renderer.motion_size
        return made_up(len(moment.indices), self.sizes, embedding, moment.chance)

    def updates(self, networks: Networks, batch: Views, moment: Moment) -> Iterator[Update]:
        """Draw, and compare with what was to be drawn."""
        config, views = self.config, batch.to(moment.device)
        drawn = self.draw(networks, views, moment)
        found = losses(drawn, views, config.loss, self._distance)
        told = {name: value.detach() for name, value in found.items()}
        yield Update("renderer", total(found, config.loss), told)

    def draw(self, networks: Networks, views: Views, moment: Moment | None = None) -> Drawn:
        """Draw views; in a step of training rays and motion are left to its chance."""
        renderer: Any = networks["renderer"]
        shape = self.config.renderer
        avatar = renderer.avatar_features(views.portrait, self._planes(networks, views), views.own)
        chances: dict[str, Any] = {}
        if moment is not None:
            chances = {**self._jitter(len(views), moment), "motion_scale": self._scales(views)}
        drawn: Drawn = renderer.frame(
            avatar,
            views.motion,
            views.mesh,
            views.camera,
            view=None if shape.surface is None else views.view,
            shared_bounds=False,
            **chances,
        )
        return drawn

    def pictures(self, networks: Networks, step: int) -> dict[str, Picture]:
        """Draw people who are held out."""
        return {"held-out": sample_sheet(self._drawn_views(networks), self.config.pictures)}

    def measures(self, networks: Networks, step: int) -> dict[str, float]:
        """Compare drawings of people who are held out."""
        return errors_of(self._drawn_views(networks))

    def export(self, networks: Networks, folder: Path, about: str) -> list[Path]:
        """Write bundles that ``vit`` loads, and what completes planes for it."""
        return write_bundles(networks, self.config, folder, about)

    @property
    def sizes(self) -> Sizes:
        """What the renderer reads and draws."""
        shape = self.config.renderer
        return Sizes(
            plane=shape.plane_resolution,
            portrait=shape.image_size,
            picture=shape.output_size,
            rays=shape.volume.resolution,
            cuts_out=shape.surface is not None,
        )

    @property
    def _completes(self) -> bool:
        return self.config.planes == "completion"

    @cached_property
    def _people(self) -> People:
        data = self.config.data
        return People(
            data.path, data.domains, topology=self.config.topology, held_out=data.held_out
        )

    @cached_property
    def _distance(self) -> PictureDistance | None:
        return picture_distance(self.config.loss, self.device)

    def _planes(self, networks: Networks, views: Views) -> Tensor:
        """Return (B, 4, C, R, R); of nothing where there is no network that completes."""
        if self._completes:
            planes: Tensor = networks["completion"](views.evidence)
            return planes
        shape = self.config.renderer
        side = shape.plane_resolution
        return views.camera.new_zeros(len(views), 4, shape.plane_channels, side, side)

    def _drawn_views(self, networks: Networks) -> Iterator[tuple[Views, Drawn]]:
        device = next(networks["renderer"].parameters()).device
        for task in self._people.held_out():
            views = read_views(self._people, [task], self.sizes).to(device)
            yield views, self.draw(networks, views)

    def _jitter(self, count: int, moment: Moment) -> dict[str, Tensor]:
        if not self.config.jitter:
            return {}
        volume = self.config.renderer.volume
        return {
            name: torch.rand((count, volume.resolution**2, samples), generator=moment.chance).to(
                moment.device
            )
            for name, samples in (("u_coarse", volume.coarse), ("u_fine", volume.fine))
        }

    def _scales(self, views: Views) -> Tensor:
        """Silence the motion in the last part of a batch ("static" samples)."""
        count = len(views)
        scales = views.camera.new_ones(count)
        scales[count - round(count * self.config.static) :] = 0
        return scales
