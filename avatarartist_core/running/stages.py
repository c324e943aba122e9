"""The stages of a run as plain functions: each takes values, reports events, returns one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from avatarartist_core.choosing import Part
from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.data import Avatar, Cameras, Event, Frames, Motion, Picture, Portrait
from avatarartist_core.entries import EncoderEntry
from avatarartist_core.errors import InputError
from avatarartist_core.interfaces import Progress
from avatarartist_core.lazy import load
from avatarartist_core.plan import Creation
from avatarartist_core.plugins import Plugins
from avatarartist_core.running.concurrency import Report
from avatarartist_core.running.kit import Clock, Kit
from avatarartist_core.running.made import untracked_note, untracked_runs

if TYPE_CHECKING:
    from avatarartist_core.motion.video import VideoSource


def make_avatar(plan: Creation, kit: Kit, clock: Clock, report: Report) -> tuple[Portrait, Avatar]:
    """Prepare the portrait, carry it into a domain when one is named, and generate."""
    from avatarartist_core.prepare import prepare

    config = plan.config
    with clock.stage("prepare"):
        report(Event("prepare", 0, 1))
        finder = kit.component(plan.finder, config.device, "prepare")
        portrait = prepare(config.portrait, finder, config.prepare)
        report(Event("prepare", 1, 1))
    if plan.transfer is not None and plan.domain is not None:
        with clock.stage("transfer"):
            transfer = kit.component(plan.transfer, config.device, "transfer")
            portrait = transfer.transfer(
                portrait, plan.domain, seed=config.seed, progress=_progress(report, "transfer")
            )
            report(Event("transfer", 1, 1))
    elif plan.domain is not None:
        portrait = replace(portrait, domain=plan.domain.name)
    with clock.stage("generate"):
        report(Event("generate", 0, 1))
        generator = kit.component(plan.generator, config.device, "generate")
        avatar = generator.generate(
            portrait, seed=config.seed, progress=_progress(report, "generate")
        )
        report(Event("generate", 1, 1))
    return portrait, avatar


def open_motion(motion: str) -> Motion | VideoSource:
    """Load a clip or a motion file, or look into a video without tracking it yet.

    Raises:
        UsageError: there is no such clip or file, or it cannot be read.
    """
    from avatarartist_core.motion.find import find_motion

    found = find_motion(motion)
    if found.kind == "clip":
        from avatarartist_core.motion.clips import load_clip

        return load_clip(found.name)
    if found.kind == "file":
        from avatarartist_core.motion.files import load_motion

        return load_motion(found.path)
    from avatarartist_core.motion.video import open_video

    return open_video(found.path)


def sound_of(source: Motion | VideoSource) -> Path | None:
    """Return the file whose sound goes with the result, or None when there is none."""
    return source.path if not isinstance(source, Motion) and source.has_audio else None


def open_avatar(path: Path, plugins: Plugins) -> Avatar:
    """Load an avatar file as the class that its generator's entry names.

    Raises:
        UsageError: it is no avatar file, or its generator is not installed.
    """
    from avatarartist_core import storage

    place_compiled_code()
    stated = storage.read_header(path)
    if stated.get("kind") != "avatar":
        raise InputError(f"{path} is no avatar file", "Make one: aa create PORTRAIT")
    entry = plugins.generators[stated["values"]["generator"]]
    avatar: Avatar = storage.load_avatar(path, load(entry.avatar, f"generator {entry.name!r}"))
    return avatar


def track_motion(
    source: Motion | VideoSource,
    encoder: Part[EncoderEntry],
    device: str,
    kit: Kit,
    clock: Clock,
    report: Report,
) -> Motion:
    """Track a video; a motion that was loaded is handed on, and a video tracked before reused."""
    if isinstance(source, Motion):
        return source
    key = f"{source.path.resolve()} {source.path.stat().st_mtime_ns} {encoder.choice!r}"
    if key not in kit.motions:
        with clock.stage("track"):
            report(Event("track", 0, source.total))
            tracker = kit.component(encoder, device, "track")
            motion: Motion = tracker.encode(
                source, source.rate, total=source.total, progress=_progress(report, "track")
            )
            report(Event("track", len(motion), len(motion)))
        kit.motions[key] = motion
    motion = kit.motions[key]
    held = untracked_note(untracked_runs(motion))
    for note in (*source.notes, held):
        if note:
            report(Event("track", len(motion), len(motion), note))
    return motion


def frames_of(cameras: Cameras, frames: slice) -> Cameras:
    """Cut a run of frames out of the cameras."""
    return Cameras(cameras.cam2world[frames], cameras.intrinsics[frames])


def over_colour(frames: Frames, colour: str) -> Iterator[Picture]:
    """Lay RGBA frames over one colour; yields RGB.

    Args:
        frames: (H, W, 4) uint8 with straight alpha.
        colour: as people write it: ``#202830``, ``white``.
    """
    from PIL import ImageColor

    red, green, blue = ImageColor.getrgb(colour)[:3]
    behind = np.array([red, green, blue], np.uint16)
    for frame in frames:
        alpha = frame[..., 3:].astype(np.uint16)
        mixed = frame[..., :3] * alpha + behind * (255 - alpha) + 127
        yield (mixed // 255).astype(np.uint8)


def _progress(report: Report, stage: str) -> Progress:
    return lambda done, total: report(Event(stage, done, total))
