"""Where labelled portraits come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from avatarartist_core.datasets.sample import Sample, Value
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.interfaces import Component


class RejectedError(AvatarArtistError):
    """This number has no portrait; the message says why. A build counts it and goes on."""


class PortraitSource(Component, ABC):
    """Numbers to labelled portraits, each from its own number and seed alone."""

    def __init__(self, config: Any, *, device: str = "cpu", path: str = "") -> None:
        """Keep the options, and the place that the user named: ``folder:PATH``."""
        super().__init__(config, device=device)
        self.path = path

    @property
    @abstractmethod
    def count(self) -> int | None:
        """How many there are; None: as many as are asked for."""

    def reads(self) -> Mapping[str, Value]:
        """Say what it reads, such as a hash of the names of its files.

        A build that goes on compares this with what it was when the build began.
        """
        return {}

    @abstractmethod
    def sample(self, index: int, *, seed: int = 0) -> Sample:
        """Make or read portrait ``index``, the same whatever was asked for before.

        Raises:
            RejectedError: it cannot be used.
        """
