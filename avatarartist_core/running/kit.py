"""Built components and tracked motions, kept so that a batch makes each of them once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from avatarartist_core.choosing import Part
from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.data import Motion
from avatarartist_core.entries import Entry
from avatarartist_core.lazy import build
from avatarartist_core.running.device import check_device


class Kit:
    """The components of a run, each built on first use and handed out again after that."""

    def __init__(self) -> None:
        place_compiled_code()
        self.motions: dict[str, Motion] = {}
        self._components: dict[str, Any] = {}

    def component(self, part: Part[Entry], device: str, use: str) -> Any:
        """Build a component, or return the one built before for the same use.

        Args:
            part: what was chosen.
            device: where it runs.
            use: the stage that asks; stages run side by side and share no instance.

        Raises:
            AvatarArtistError: it cannot be imported, or the device is not there.
        """
        key = f"{use} {device} {part.choice!r}"
        if key not in self._components:
            check_device(device)
            self._components[key] = build(part.entry, part.options, device)
        return self._components[key]


class Clock:
    """Seconds that each stage took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time until the end of the ``with`` block to a stage."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.add(name, began)

    def add(self, name: str, began: float) -> None:
        """Add the time since ``began``, a reading of ``time.monotonic``, to a stage."""
        spent = self.seconds.get(name, 0.0) + time.monotonic() - began
        self.seconds[name] = round(spent, 3)
