"""The stages a plugin can fill. Each class is made as ``Class(config, device=device)``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from avatarartist_core.data import (
    Avatar,
    Cameras,
    Face,
    Floats,
    Frames,
    HeadFit,
    Motion,
    Picture,
    Portrait,
)
from avatarartist_core.entries import DomainEntry
from avatarartist_core.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

    from avatarartist_core.heads.window import FaceWindow

Progress = Callable[[int, int | None], None]
"""Called with (done, total); total is None when it is not known."""


def silent(done: int, total: int | None) -> None:
    """Take a report of progress and do nothing."""


class Component:
    """What every stage shares."""

    def __init__(self, config: Any, *, device: str = "cpu") -> None:
        """Keep the validated options and the device; weights are read on first use."""
        self.config = config
        self.device = device


class FaceFinder(ABC):
    """Finds and measures faces; ``prepare`` needs one. A motion encoder can be one too."""

    @abstractmethod
    def find(self, picture: Picture) -> list[Face]:
        """Find every face, largest first, landmarks included.

        Args:
            picture: (H, W, 3) uint8 RGB of any size.
        """

    @abstractmethod
    def fit(self, landmarks: Floats) -> HeadFit:
        """Lay the head model over (478, 3) landmarks, in the pixels of the landmarks."""

    @abstractmethod
    def person(self, picture: Picture) -> Floats:
        """Return the (H, W) mask of the person in [0, 1]."""


class MotionEncoder(Component, ABC):
    """Frames to motion."""

    @abstractmethod
    def encode(
        self,
        frames: Iterable[Picture],
        fps: float,
        *,
        total: int | None = None,
        progress: Progress = silent,
    ) -> Motion:
        """Track a clip; frames are read once, in order, and not kept.

        Raises:
            NoFaceError: no frame shows a face.
        """


class DomainTransfer(Component, ABC):
    """A portrait to the same portrait in another style, landmarks kept."""

    @abstractmethod
    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        """Carry the picture into the domain; size, landmarks and fit stay those of the input."""


class FourDGenerator(Component, ABC):
    """A portrait to an avatar."""

    @abstractmethod
    def generate(self, portrait: Portrait, *, seed: int = 0, progress: Progress = silent) -> Avatar:
        """Make the avatar; its ``spec`` is the entry's ``produces``; the seed decides chance."""


class AvatarSampler(ABC):
    """Draws avatars of nobody from random vectors; a generator can be one too, as a 4D GAN is.

    Letters: B batch, Z size of a random vector, C channels and R side of a plane, P of a picture.
    """

    @property
    @abstractmethod
    def noise_size(self) -> int:
        """Z."""

    @abstractmethod
    def planes(
        self, noise: Floats, *, truncation: float = 1.0, cutoff: int | None = None
    ) -> Tensor:
        """Draw triplanes, the same for the same noise; nothing else is left to chance.

        Args:
            noise: (B, Z) standard normal. A row among others may differ from that row alone in the
                last digits.
            truncation: how far a latent may stray from the mean, as a share of how far it does.
            cutoff: latents, of those for one layer each, that are truncated; None: all.

        Returns:
            (B, 4, C, R, R) float32 on the generator's device, texture and XY, XZ, ZX planes.
        """

    @abstractmethod
    def sample(
        self,
        noise: Floats,
        mesh_map: Floats,
        camera: Floats,
        *,
        truncation: float = 1.0,
        cutoff: int | None = None,
    ) -> tuple[Tensor, Picture]:
        """Draw somebody with an expression, seen by a camera.

        Args:
            noise: (Z,) standard normal.
            mesh_map: (256, 256, 3) of the avatar's topology.
            camera: (25,) label.
            truncation: as for ``planes``.
            cutoff: as for ``planes``.

        Returns:
            What ``planes`` gives for this row alone without its first axis, to the last bit, and
            the (P, P, 3) picture.
        """


class Renderer(Component, ABC):
    """An avatar and a motion to frames."""

    @abstractmethod
    def render(
        self,
        avatar: Avatar,
        motion: Motion,
        cameras: Cameras,
        *,
        size: int = 512,
        transparent: bool = False,
    ) -> Frames:
        """Draw one frame per frame of motion, lazily and each from its own values alone.

        Args:
            avatar: what the generator made.
            motion: already retargeted: absolute values for this avatar's own head.
            cameras: one a frame.
            size: side of the square frames in pixels.
            transparent: yield RGBA (H, W, 4) with the person cut out.

        Yields:
            (size, size, 3 or 4) uint8.
        """


class HeadModel(Component, ABC):
    """A parametric head mesh."""

    topology: str

    @abstractmethod
    def vertices(self, identity: Floats, expression: Floats) -> Floats:
        """Return the (V, 3) mesh in head units for (k,) identity and (E,) expression.

        Args:
            identity: scores of the first k components; the rest are 0.
            expression: coefficients of the topology: 52 for ``anny-head``.
        """

    @abstractmethod
    def landmarks(self, vertices: Floats) -> Floats:
        """Read the (478, 3) landmarks off a (V, 3) mesh."""

    def looking(self, vertices: Floats, gaze: Floats) -> Floats:
        """Turn the eyes of a (V, 3) mesh by (2,) yaw and pitch; as it is where expressions do."""
        return vertices

    def fit_of(self, avatar: Avatar) -> HeadFit:
        """Lay this head over an avatar's portrait; every portrait has a fit of ``anny`` already."""
        return avatar.fit

    @property
    def window(self) -> FaceWindow:
        """Where the face sits in a triplane and its texture plane, for learned renderers.

        Raises:
            UsageError: the head model has none.
        """
        raise UsageError(
            f"the head model of topology {self.topology!r} has no face window for mesh maps",
            hint="Use a renderer of the avatar's own kind, or another head model.",
        )
