"""One avatar drawn with one motion into one file, with the record of it beside the file."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from avatarartist_core.cameras import cameras_for
from avatarartist_core.choosing import Part
from avatarartist_core.config import RunConfig
from avatarartist_core.data import Avatar, Event, Motion
from avatarartist_core.entries import Entry, RendererEntry
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.output.formats import format_of, middle
from avatarartist_core.output.writer import Writer, check_output, open_writer
from avatarartist_core.running.events import Stage
from avatarartist_core.running.kit import Clock, Kit
from avatarartist_core.running.made import Made, untracked_note, untracked_runs
from avatarartist_core.running.naming import output_of
from avatarartist_core.running.places import check_apart
from avatarartist_core.running.record import LEARNED, record_path, versions, write_record
from avatarartist_core.running.stages import frames_of, over_colour
from avatarartist_core.weights.bundle import find_bundle
from avatarartist_core.weights.learned import LearnedConfig
from avatarartist_core.weights.manifest import MANIFEST


@dataclass(frozen=True)
class Shot:
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
            UsageError: see ``check_output`` and ``check_apart``.
        """
        check_apart(output_of(self.config), self.config.portrait, Path(self.config.motion))
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
            made, record=path, seconds=clock.seconds, face=face, versions=versions_of(self.parts)
        )
        config = self.config.model_copy(update={"output": made.output})
        write_record(path, config, {"command": self.command, **whole.as_record()})
        return whole

    def fingerprint(self) -> str:
        """Tell runs apart whose frames would differ: options, versions, bytes of the inputs."""
        values = self.config.model_dump(mode="json", exclude={"output", "portrait", "motion"})
        digest = hashlib.sha256(json.dumps([values, versions_of(self.parts)]).encode())
        for name in (str(self.config.portrait), self.config.motion):
            path = Path(name)
            if not path.is_file():
                digest.update(name.encode())
                continue
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return digest.hexdigest()


def versions_of(parts: Sequence[Part[Entry]]) -> dict[str, str]:
    """Read the versions that decide the pixels, and who brings each component."""
    learned = [part for part in parts if isinstance(part.options, LearnedConfig)]
    return {
        **versions(LEARNED if learned else ()),
        **{f"{part.entry.kind} {part.entry.name}": part.provider for part in parts},
        **{f"weights {part.entry.name}": _weights_of(part) for part in learned},
    }


def _weights_of(part: Part[Entry]) -> str:
    """Say which weights a component reads: the bundle and the hash of what it holds."""
    options = part.options
    assert isinstance(options, LearnedConfig)
    if options.untrained:
        return f"untrained {options.untrained}"
    package = part.entry.factory.partition(":")[0].partition(".")[0]
    bundle = find_bundle(part.entry.name, options.weights, package)
    with (bundle.folder / MANIFEST).open("rb") as manifest:
        return f"{bundle.name} sha256 {hashlib.file_digest(manifest, 'sha256').hexdigest()}"
