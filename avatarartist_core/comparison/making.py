"""The avatars of a comparison: one a generator that takes part, each made once and kept as file."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from avatarartist_core import storage
from avatarartist_core.choosing import Part
from avatarartist_core.comparison.plan import ComparePlan
from avatarartist_core.data import Avatar, Event, Motion, Picture, Portrait
from avatarartist_core.entries import GeneratorEntry
from avatarartist_core.errors import InputError
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.plugins import Plugins
from avatarartist_core.prepare import prepare
from avatarartist_core.running.concurrency import Report
from avatarartist_core.running.kit import Clock, Kit
from avatarartist_core.running.stages import open_avatar


@dataclass(frozen=True)
class Sitter:
    """An avatar and the files that a drawing process reads.

    Attributes:
        avatar: what was made or loaded.
        name: its generator, or ``"file"``.
        seconds: from the prepared portrait to the avatar; None: it was loaded.
        file: the avatar.
        motion: where its retargeted motion goes.
    """

    avatar: Avatar
    name: str
    seconds: float | None
    file: Path
    motion: Path

    def take(self, motion: Motion, plan: ComparePlan) -> None:
        """Write the motion as this avatar performs it."""
        storage.save(retarget(self.avatar, motion, plan.config.retarget), self.motion)


def make_sitters(
    plan: ComparePlan, plugins: Plugins, folder: Path, kit: Kit, clock: Clock, report: Report
) -> list[Sitter]:
    """Make or load the avatar of every column, in the order of the columns.

    Raises:
        InputError: an avatar file is to be made again by another generator and keeps no picture.
    """
    loaded = open_avatar(plan.config.portrait, plugins) if plan.is_avatar else None
    made: dict[str, Sitter] = {}
    if loaded is not None:
        file = plan.config.portrait
        made["file"] = Sitter(loaded, "file", None, file, folder / "file.safetensors")
    portrait = _portrait(plan, loaded, folder, kit, clock, report) if plan.makers() else None
    for number, maker in enumerate(plan.makers()):
        assert portrait is not None
        name = f"avatar{number}"
        avatar, seconds = _generated(maker, portrait, plan, clock, report)
        storage.save(avatar, file := folder / f"{name}.avatar")
        motion = folder / f"{name}.safetensors"
        made[repr(maker.choice)] = Sitter(avatar, maker.entry.name, seconds, file, motion)
    return [
        made["file" if column.maker is None else repr(column.maker.choice)]
        for column in plan.columns
    ]


def picture_of(avatar: Avatar) -> Picture | None:
    """Return the portrait's picture where the avatar keeps it: as a field, or among its arrays."""
    kept = getattr(avatar, "picture", None)
    arrays = getattr(avatar, "arrays", None) or {}
    picture = arrays.get("picture") if kept is None else kept
    whole = isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.shape[2] == 3
    return picture if whole else None


def _portrait(
    plan: ComparePlan,
    loaded: Avatar | None,
    folder: Path,
    kit: Kit,
    clock: Clock,
    report: Report,
) -> Portrait:
    """Prepare the picture, or the one that an avatar file keeps."""
    source = plan.config.portrait
    if loaded is not None:
        picture = picture_of(loaded)
        if picture is None:
            raise InputError(
                f"{source} keeps no picture that another generator could work from",
                "Give the portrait itself, or renderers that read this file.",
            )
        source = folder / "portrait.png"
        Image.fromarray(picture).save(source)
    with clock.stage("prepare"):
        report(Event("prepare", 0, 1))
        finder = kit.component(plan.finder, plan.config.device, "prepare")
        portrait: Portrait = prepare(source, finder, plan.config.prepare)
        report(Event("prepare", 1, 1))
    return portrait


def _generated(
    maker: Part[GeneratorEntry],
    portrait: Portrait,
    plan: ComparePlan,
    clock: Clock,
    report: Report,
) -> tuple[Avatar, float]:
    """Make one avatar; its generator is let go of, since a drawing process may need the room."""
    stage, began = f"generate {maker.entry.name}", time.monotonic()
    report(Event(stage, 0, None))
    with clock.stage("generate"):
        generator = Kit().component(maker, plan.config.device, "generate")
        avatar: Avatar = generator.generate(
            portrait,
            seed=plan.config.seed,
            progress=lambda done, total: report(Event(stage, done, total)),
        )
    report(Event(stage, 1, 1))
    return avatar, round(time.monotonic() - began, 3)
