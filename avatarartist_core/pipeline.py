"""The flow from portrait to video as generators of events; whoever iterates draws them.

Each generator returns what it made, which ``finish`` hands over::

    made = finish(animate(plan), print)
"""

from __future__ import annotations

from pathlib import Path

from avatarartist_core.choosing import Part
from avatarartist_core.config import RunConfig
from avatarartist_core.data import Avatar
from avatarartist_core.entries import EncoderEntry, RendererEntry
from avatarartist_core.plan import Creation, Plan
from avatarartist_core.running.concurrency import side_by_side
from avatarartist_core.running.events import Stage, finish
from avatarartist_core.running.kit import Clock, Kit
from avatarartist_core.running.made import Made, face_facts, untracked_note, untracked_runs
from avatarartist_core.running.places import check_apart, check_free, need_file
from avatarartist_core.running.shot import Shot, versions_of
from avatarartist_core.running.stages import make_avatar, open_motion, sound_of, track_motion

__all__ = ["Stage", "animate", "create", "finish", "render", "track"]


def animate(
    plan: Plan, *, kit: Kit | None = None, overwrite: bool = False, resume: bool = False
) -> Stage[Made]:
    """Turn the portrait of ``plan`` into a video; a driving video is tracked meanwhile.

    Args:
        plan: the resolved run.
        kit: components of earlier runs to use again.
        overwrite: replace an output that is there.
        resume: go on where an interrupted run stopped.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    kit, clock, config = kit or Kit(), Clock(), plan.config
    shot = Shot(config, plan.renderer, plan.parts(), "run", overwrite, resume)
    shot.check()
    need_file(config.portrait, "portrait")
    source = open_motion(config.motion)
    with clock.stage("total"):
        (portrait, avatar), motion = yield from side_by_side(
            lambda report: make_avatar(plan, kit, clock, report),
            lambda report: track_motion(source, plan.encoder, config.device, kit, clock, report),
        )
        made = yield from shot.draw(avatar, motion, sound_of(source), kit, clock)
    return shot.record(made, clock, face_facts(portrait))


def create(plan: Creation, *, output: Path, overwrite: bool = False) -> Stage[Made]:
    """Turn the portrait of ``plan`` into an avatar file.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    from avatarartist_core import storage

    clock, config = Clock(), plan.config
    need_file(config.portrait, "portrait")
    check_apart(output, config.portrait)
    check_free(output, overwrite=overwrite)
    with clock.stage("total"):
        ((portrait, avatar),) = yield from side_by_side(
            lambda report: make_avatar(plan, Kit(), clock, report)
        )
        storage.save(avatar, output)
    parts = [plan.finder, plan.generator, *([plan.transfer] if plan.transfer else [])]
    return Made(
        output=output,
        seconds=clock.seconds,
        face=face_facts(portrait),
        versions=versions_of(parts),
    )


def track(
    video: Path,
    encoder: Part[EncoderEntry],
    *,
    output: Path,
    device: str = "cpu",
    overwrite: bool = False,
) -> Stage[Made]:
    """Track a video into a motion file.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    from avatarartist_core.motion.files import check_motion_name, save_motion
    from avatarartist_core.motion.video import open_video

    clock = Clock()
    check_motion_name(output)
    check_apart(output, video)
    check_free(output, overwrite=overwrite)
    source = open_video(video)
    with clock.stage("total"):
        (motion,) = yield from side_by_side(
            lambda report: track_motion(source, encoder, device, Kit(), clock, report)
        )
        save_motion(motion, output)
    runs = untracked_runs(motion)
    return Made(
        output=output,
        frames=len(motion),
        fps=motion.fps,
        seconds=clock.seconds,
        untracked=runs,
        notes=tuple(note for note in (*source.notes, untracked_note(runs)) if note),
        versions=versions_of([encoder]),
    )


def render(
    avatar: Avatar,
    config: RunConfig,
    renderer: Part[RendererEntry],
    encoder: Part[EncoderEntry],
    *,
    overwrite: bool = False,
    resume: bool = False,
) -> Stage[Made]:
    """Draw an avatar that was made before; ``config.portrait`` is its file.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    kit, clock = Kit(), Clock()
    shot = Shot(config, renderer, [renderer, encoder], "render", overwrite, resume)
    shot.check()
    source = open_motion(config.motion)
    with clock.stage("total"):
        (motion,) = yield from side_by_side(
            lambda report: track_motion(source, encoder, config.device, kit, clock, report)
        )
        made = yield from shot.draw(avatar, motion, sound_of(source), kit, clock)
    return shot.record(made, clock, {})
