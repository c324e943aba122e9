"""What learned renderers of parametric triplanes share: frames in batches."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from avatarartist_core.data import Avatar, Cameras, Floats, Frames, Motion, ParametricTriplane
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.heads.driving import Drive, drives
from avatarartist_core.interfaces import Renderer
from avatarartist_core.nn.layers import COLOURS, background_of, layered
from avatarartist_core.nn.pictures import to_pictures
from avatarartist_core.nn.stylegan.noise import Noise
from avatarartist_core.nn.volume.config import VolumeConfig


@dataclass(frozen=True, eq=False)
class Chance:
    """What a batch of frames leaves to chance.

    Attributes:
        noise: of the face generator.
        u_coarse: (B, rays, samples) jitter of the even samples, or None: half a step.
        u_fine: (B, rays, samples) shares of the others, or None: spread evenly.
    """

    noise: Noise = "fixed"
    u_coarse: Tensor | None = None
    u_fine: Tensor | None = None


class TriplaneRenderer(Renderer):
    """Draws a ``ParametricTriplane``; derive it and say how a batch is drawn.

    Attributes:
        name: of the renderer, for messages.
    """

    name: ClassVar[str]

    @abstractmethod
    def prepare(self, avatar: ParametricTriplane) -> Any:
        """Load the network and compute what all frames of an avatar share."""

    @abstractmethod
    def draw(self, prepared: Any, drive: Drive, chance: Chance) -> Tensor:
        """Draw (B, 3, O, O) pictures in about [-1, 1]; gradients are off.

        A network that tells the person from the background draws (B, 4, O, O): the person before
        black, and an alpha in [0, 1].
        """

    @abstractmethod
    def volume(self) -> VolumeConfig:
        """Say how the network's rays are sampled."""

    def view(self) -> int | None:
        """Name the side of the view maps that the network reads, or None."""
        return None

    def embedding(self) -> str | None:
        """Name the implicit motion embedding that the network reads, or None."""
        return None

    def render(
        self,
        avatar: Avatar,
        motion: Motion,
        cameras: Cameras,
        *,
        size: int = 512,
        transparent: bool = False,
    ) -> Frames:
        """Draw one (size, size, 3) frame per frame of motion, RGBA if ``transparent``."""
        if transparent and self.view() is None:
            raise IncompatibleError(
                f"renderer {self.name!r} draws the background too and cannot leave it out",
                "Leave --background out, or choose another --renderer.",
            )
        if not isinstance(avatar, ParametricTriplane):
            kind = type(avatar).__name__
            raise TypeError(f"{self.name} draws a ParametricTriplane, not a {kind}")
        with torch.inference_mode():
            prepared = self.prepare(avatar)
        ground = None
        if self.view() is not None and not transparent:
            ground = self.tensor(background_of(avatar, size))
        seed = None
        if self.config.chance == "random":
            seed = torch.Generator(self.device).manual_seed(0)
        for drive in drives(
            avatar,
            motion,
            cameras,
            embedding=self.embedding(),
            batch=self.config.batch,
            view=self.view(),
        ):
            with torch.inference_mode():
                drawn = self.draw(prepared, drive, self._chance(len(drive), seed))
                if drawn.shape[1] > COLOURS:
                    drawn = layered(drawn, ground, size)
                pictures = to_pictures(drawn, size)
            yield from pictures

    def tensor(self, values: Floats) -> Tensor:
        """Put an array on the renderer's device."""
        return torch.from_numpy(values).to(self.device)

    def _chance(self, frames: int, seed: torch.Generator | None) -> Chance:
        if seed is None:
            return Chance()
        volume = self.volume()

        def drawn(samples: int) -> Tensor:
            size = (frames, volume.resolution**2, samples)
            return torch.rand(size, generator=seed, device=seed.device)

        return Chance(seed, drawn(volume.coarse), drawn(volume.fine))
