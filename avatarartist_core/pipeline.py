"""The flow from portrait to video as generators of events; whoever iterates draws them.

Each generator returns what it made, which ``finish`` hands over::

    made = finish(animate(plan), print)
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from avatarartist_core.cameras import cameras_for
from avatarartist_core.choosing import Part
from avatarartist_core.concurrency import side_by_side
from avatarartist_core.config import RunConfig
from avatarartist_core.data import Avatar, Event, Motion
from avatarartist_core.entries import EncoderEntry, Entry, RendererEntry
from avatarartist_core.kit import Clock, Kit
from avatarartist_core.made import Made, face_facts, untracked_note, untracked_runs
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.naming import output_of
from avatarartist_core.output.formats import format_of, middle
from avatarartist_core.output.writer import Writer, check_output, open_writer
from avatarartist_core.plan import Creation, Plan
from avatarartist_core.record import record_path, versions, write_record
from avatarartist_core.stages import (
    check_free,
    frames_of,
    make_avatar,
    need_file,
    open_motion,
    over_colour,
    sound_of,
    track_motion,
)

T = TypeVar("T")

Stage = Generator[Event, None, T]


def finish(stage: Stage[T], draw: Callable[[Event], object] = lambda event: None) -> T:
    """Run a stage to its end, handing each event to ``draw``; return what it made."""
    with closing(stage):
        while True:
            try:
                event = next(stage)
            except StopIteration as end:
                return end.value
            draw(event)


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
    drawing = _Drawing(config, plan.renderer, plan.parts(), "run", overwrite, resume)
    drawing.check()
    need_file(config.portrait, "portrait")
    source = open_motion(config.motion)
    with clock.stage("total"):
        (portrait, avatar), motion = yield from side_by_side(
            lambda report: make_avatar(plan, kit, clock, report),
            lambda report: track_motion(source, plan.encoder, config.device, kit, clock, report),
        )
        made = yield from drawing.draw(avatar, motion, sound_of(source), kit, clock)
    return drawing.record(made, clock, face_facts(portrait))


def create(plan: Creation, *, output: Path, overwrite: bool = False) -> Stage[Made]:
    """Turn the portrait of ``plan`` into an avatar file.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    from avatarartist_core import storage

    clock, config = Clock(), plan.config
    need_file(config.portrait, "portrait")
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
        versions=_versions(parts),
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
    from avatarartist_core.motion.files import save_motion
    from avatarartist_core.motion.video import open_video

    clock = Clock()
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
        versions=_versions([encoder]),
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
    drawing = _Drawing(config, renderer, [renderer, encoder], "render", overwrite, resume)
    drawing.check()
    source = open_motion(config.motion)
    with clock.stage("total"):
        (motion,) = yield from side_by_side(
            lambda report: track_motion(source, encoder, config.device, kit, clock, report)
        )
        made = yield from drawing.draw(avatar, motion, sound_of(source), kit, clock)
    return drawing.record(made, clock, {})


@dataclass(frozen=True)
class _Drawing:
    """How an avatar and a motion become a file with its record."""

    config: RunConfig
    renderer: Part[RendererEntry]
    parts: Sequence[Part[Entry]]
    command: str
    overwrite: bool
    resume: bool

    @property
    def is_transparent(self) -> bool:
        """Whether the file keeps the alpha channel."""
        return self.config.background == "transparent"

    def check(self) -> None:
        """Refuse, before anything is made, a name that cannot be written.

        Raises:
            UsageError: see ``check_output``.
        """
        check_output(
            output_of(self.config),
            transparent=self.is_transparent,
            overwrite=self.overwrite,
            resume=self.resume,
        )

    def draw(
        self, avatar: Avatar, motion: Motion, sound: Path | None, kit: Kit, clock: Clock
    ) -> Stage[Made]:
        """Draw and encode frame by frame; frames of an interrupted run are not drawn again."""
        config, output = self.config, output_of(self.config)
        form = format_of(output, transparent=self.is_transparent)
        shown = slice(0, len(motion))
        if form.suffix == ".png":
            shown = slice(middle(len(motion)), middle(len(motion)) + 1)
        total = shown.stop - shown.start
        yield Event("render", 0, total)
        with clock.stage("render"):
            moved = retarget(avatar, motion, config.retarget)
            cameras = cameras_for(config.view, len(motion), motion.fps)
            renderer = kit.component(self.renderer, config.device, "render")
        with self._writer(output, motion.fps, total, sound) as writer:
            rest = slice(shown.start + writer.already, shown.stop)
            with clock.stage("render"):
                frames = renderer.render(
                    avatar,
                    moved[rest],
                    frames_of(cameras, rest),
                    size=config.size,
                    transparent=config.background != "keep",
                )
                if config.background not in ("keep", "transparent"):
                    frames = over_colour(frames, config.background)
                for number, frame in enumerate(frames, writer.already + 1):
                    writer.write(frame)
                    yield Event("render", number, total)
            yield Event("encode", 0, 1)
            began = time.monotonic()
        clock.add("encode", began)
        yield Event("encode", 1, 1)
        runs = untracked_runs(motion)
        notes = [*writer.notes, untracked_note(runs)]
        for note in writer.notes:
            yield Event("encode", 1, 1, note)
        return Made(
            output=output,
            frames=total,
            fps=motion.fps,
            size=config.size,
            untracked=runs,
            notes=tuple(note for note in notes if note),
        )

    def _writer(self, output: Path, fps: float, total: int, sound: Path | None) -> Writer:
        return open_writer(
            output,
            size=self.config.size,
            fps=fps,
            transparent=self.is_transparent,
            audio_from=sound,
            overwrite=self.overwrite,
            resume=self.resume,
            total=total,
            fingerprint=self.fingerprint(),
        )

    def record(self, made: Made, clock: Clock, face: dict[str, Any]) -> Made:
        """Write ``NAME.run.toml`` and return what was made with all that is known of it."""
        path = record_path(made.output)
        whole = replace(
            made, record=path, seconds=clock.seconds, face=face, versions=_versions(self.parts)
        )
        config = self.config.model_copy(update={"output": made.output})
        write_record(path, config, {"command": self.command, **whole.as_record()})
        return whole

    def fingerprint(self) -> str:
        """Tell runs apart whose frames would differ: options, versions, bytes of the inputs."""
        values = self.config.model_dump(mode="json", exclude={"output", "portrait", "motion"})
        digest = hashlib.sha256(json.dumps([values, _versions(self.parts)]).encode())
        for name in (str(self.config.portrait), self.config.motion):
            path = Path(name)
            if not path.is_file():
                digest.update(name.encode())
                continue
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def _versions(parts: Sequence[Part[Entry]]) -> dict[str, str]:
    return {
        **versions(),
        **{f"{part.entry.kind} {part.entry.name}": part.provider for part in parts},
    }
