"""The ``stylize`` transfer: a portrait is measured once, then redrawn by one look."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aa_stylize.config import StylizeConfig
from aa_stylize.looks.names import GROWN, LOOKS
from aa_stylize.scene import Scene
from avatarartist_core.data import Floats, Portrait
from avatarartist_core.entries import DomainEntry
from avatarartist_core.interfaces import DomainTransfer, Progress, silent
from avatarartist_core.lazy import load

Look = Callable[[Scene, StylizeConfig], Floats]


class Stylize(DomainTransfer):
    """Moves no pixel from its place: light, colour and texture alone change."""

    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        """Redraw the picture; all chance comes from the seed."""
        config: StylizeConfig = self.config
        progress(0, 2)
        scene = Scene(portrait, seed)
        look: Look = load(LOOKS[config.look], f"look {config.look!r}")
        progress(1, 2)
        drawn = look(scene, config)
        drawn = scene.picture + (drawn - scene.picture) * np.float32(config.strength)
        picture = np.clip(drawn * 255 + 0.5, 0, 255).astype(np.uint8)
        progress(2, 2)
        return replace(portrait, picture=picture, mask=self._mask(scene), domain=domain.name)

    def _mask(self, scene: Scene) -> Floats:
        """Let what the look adds belong to the person, so that it moves along."""
        name, mask = self.config.look, scene.portrait.mask
        if name not in GROWN or self.config.strength < 0.5:
            return mask
        grown: Floats = load(GROWN[name], f"look {name!r}")(scene)
        return np.maximum(mask, grown)
