"""A plugin whose transfer slides and dims a picture; either part can be left out."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from pydantic import BaseModel

from avatarartist_core.data import Portrait
from avatarartist_core.entries import DomainEntry, TransferEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.interfaces import DomainTransfer, Progress, silent


class SlideConfig(BaseModel, frozen=True, extra="forbid"):
    slide: bool = True
    dim: bool = True
    black: bool = False


class Slide(DomainTransfer):
    def transfer(
        self, portrait: Portrait, domain: DomainEntry, *, seed: int = 0, progress: Progress = silent
    ) -> Portrait:
        picture = portrait.picture
        if self.config.slide:
            picture = np.roll(picture, 8 + seed, axis=1)
        if self.config.dim:
            picture = picture // 2
        if self.config.black:
            picture = np.zeros_like(picture)
        return replace(portrait, picture=picture, domain=domain.name)


@hookimpl
def aa_components() -> Iterator[TransferEntry]:
    yield TransferEntry(
        "slide",
        "Slides",
        "tests.ablation.toy:Slide",
        config=SlideConfig,
        needs_recipe=True,
        ablations={"full": {}, "no slide": {"slide": False}, "nothing": {"black": True}},
    )


@hookimpl
def aa_domains() -> Iterator[DomainEntry]:
    yield DomainEntry("dusk", "Dusk", recipe={"slide": {}})
