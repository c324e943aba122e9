"""A portrait source and a transfer that take no time, for tests of builds."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from pydantic import BaseModel

from avatarartist_core.datasets.sample import Labels, Sample
from avatarartist_core.datasets.source import PortraitSource, RejectedError
from avatarartist_core.entries import DomainEntry, SourceEntry, TransferEntry
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.interfaces import DomainTransfer, silent
from avatarartist_core.samples import sample_portrait


class TinyConfig(BaseModel, frozen=True, extra="forbid"):
    side: int = 64
    pause: float = 0.0
    end: int = 0
    unlucky: int = -1
    broken: bool = False


class TintConfig(BaseModel, frozen=True, extra="forbid"):
    strength: float = 0.5


class Tiny(PortraitSource):
    @property
    def count(self):
        return self.config.end or None

    def sample(self, index, *, seed=0):
        time.sleep(self.config.pause)
        if self.config.broken:
            raise ZeroDivisionError("it was never tried")
        if index % 10 == self.config.unlucky:
            raise RejectedError(f"portrait {index} blinks")
        portrait, labels = _drawn(self.config.side, bool(index % 2))
        noise = np.random.default_rng([seed, index]).integers(0, 9, portrait.picture.shape)
        picture = np.clip(portrait.picture.astype(int) + noise, 0, 255).astype(np.uint8)
        return Sample(f"tiny-{index}", replace(portrait, picture=picture), labels, {"index": index})


class Tint(DomainTransfer):
    def transfer(self, portrait, domain, *, seed=0, progress=silent):
        colour = np.random.default_rng(seed).integers(0, 256, 3)
        share = self.config.strength
        picture = portrait.picture * (1 - share) + colour * share
        return replace(portrait, picture=picture.astype(np.uint8), domain=domain.name)


@cache
def _drawn(side, other):
    portrait, head = sample_portrait(side, other), head_model("anny-head")
    fit = portrait.fit
    drawn = mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])[0]
    camera = portrait_camera(fit, side, head.window)
    return portrait, Labels(
        "anny-head", drawn, camera, fit.identity, fit.expression, fit.gaze, fit.rotation
    )


@hookimpl
def aa_components() -> Iterator[SourceEntry | TransferEntry]:
    yield SourceEntry("tiny", "Two drawn people.", "tiny_parts:Tiny", TinyConfig)
    yield TransferEntry(
        "tint", "One colour.", "tiny_parts:Tint", TintConfig, domains=("warm", "cold")
    )


@hookimpl
def aa_domains() -> Iterator[DomainEntry]:
    yield DomainEntry("plain", "Plain", as_is=True)
    yield DomainEntry("warm", "Warm", recipe={"tint": {}})
    yield DomainEntry("cold", "Cold", recipe={"tint": {"strength": 0.2}})
