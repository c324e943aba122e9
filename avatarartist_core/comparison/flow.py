"""A comparison from portrait to video as a generator of events, see ``compare``."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from avatarartist_core.comparison.alone import Speed, draw_alone
from avatarartist_core.comparison.compared import Compared, Drawn
from avatarartist_core.comparison.draw import Job
from avatarartist_core.comparison.joining import Joined, join
from avatarartist_core.comparison.making import Sitter, make_sitters
from avatarartist_core.comparison.plan import Column, ComparePlan
from avatarartist_core.data import Motion
from avatarartist_core.errors import OutputError, UsageError
from avatarartist_core.motion.video import VideoSource, open_video
from avatarartist_core.output.formats import format_of, middle
from avatarartist_core.output.writer import check_output
from avatarartist_core.plugins import Plugins
from avatarartist_core.running.concurrency import side_by_side
from avatarartist_core.running.events import Stage
from avatarartist_core.running.kit import Clock, Kit
from avatarartist_core.running.made import untracked_note, untracked_runs
from avatarartist_core.running.record import write_record
from avatarartist_core.running.shot import versions_of
from avatarartist_core.running.stages import open_motion, track_motion

CHANNELS = 3


def compare(plan: ComparePlan, plugins: Plugins, *, overwrite: bool = False) -> Stage[Compared]:
    """Draw one motion with every renderer, measure each, and lay the frames side by side.

    Each avatar is made once. Then the renderers draw one after another, each alone in a process of
    its own, so that their seconds and memory are theirs; frames wait on the disk beside the output,
    and memory does not grow with length.

    Args:
        plan: the resolved comparison.
        plugins: what is installed, to load an avatar file.
        overwrite: replace an output that is there.

    Raises:
        AvatarArtistError: something the user can act on; nothing lies under the output's name.
    """
    kit, clock, config = Kit(), Clock(), plan.config
    check_output(config.output, overwrite=overwrite)
    source = open_motion(config.motion)
    reference = open_video(config.reference) if config.reference else None
    if reference is not None:
        _check_reference(reference, source)
    with ExitStack() as held, clock.stage("total"):
        folder = _scratch(config.output, held)
        (sitters,) = yield from side_by_side(
            lambda report: make_sitters(plan, plugins, folder, kit, clock, report)
        )
        (motion,) = yield from side_by_side(
            lambda report: track_motion(source, plan.encoder, config.device, kit, clock, report)
        )
        shown = _shown(config.output, len(motion))
        _check_room(folder, (shown.stop - shown.start) * len(plan.columns) * config.size**2)
        speeds, files = [], []
        for number, (column, sitter) in enumerate(zip(plan.columns, sitters, strict=True)):
            sitter.take(motion, plan)
            files.append(folder / f"{number}.frames")
            with clock.stage("render"):
                job = _job(column, sitter, plan, shown, files[-1])
                speeds.append((yield from draw_alone(job, column.label, folder)))
        with clock.stage("join"):
            video = source if isinstance(source, VideoSource) else None
            finder = kit.component(plan.finder, config.device, "prepare")
            joined = yield from join(
                plan, sitters, files, shown, motion, video, reference, finder, overwrite
            )
    return _recorded(plan, sitters, speeds, joined, motion, shown, clock)


def _check_reference(reference: VideoSource, source: Motion | VideoSource) -> None:
    """Refuse true frames that cannot be those of the motion.

    Raises:
        UsageError: they are not square, or not as many as the motion has.
    """
    width, height = reference.size
    if width != height:
        raise UsageError(
            f"the reference {reference.path} is {width}x{height}, but the frames are square",
            "Give frames that show what the renderers draw: the same crop, one a frame.",
        )
    if isinstance(source, Motion) and reference.total not in (None, len(source)):
        raise UsageError(
            f"the reference {reference.path} has {reference.total} frames, the motion "
            f"{len(source)}",
            "Give one true frame for each frame of the motion.",
        )


def _scratch(output: Path, held: ExitStack) -> Path:
    """Make a folder beside the output that goes when the comparison ends.

    Raises:
        OutputError: the place cannot be written to.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=f".{output.name}.", dir=output.parent)
    except OSError as error:
        raise OutputError(
            f"cannot write in {output.parent}: {(error.strerror or str(error)).lower()}",
            "Choose another --output.",
        ) from error
    held.callback(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _shown(output: Path, frames: int) -> slice:
    """Choose what is drawn: all frames, or the middle one for a single picture."""
    if format_of(output).suffix != ".png":
        return slice(0, frames)
    return slice(middle(frames), middle(frames) + 1)


def _check_room(folder: Path, pixels: int) -> None:
    """Refuse to start drawing where the frames would not fit.

    Raises:
        OutputError: the disk has too little room.
    """
    needed, free = pixels * CHANNELS, shutil.disk_usage(folder).free
    if needed > free:
        raise OutputError(
            f"the frames that wait beside the output need {needed / 2**30:.1f} GiB, "
            f"{free / 2**30:.1f} GiB are free",
            "Free some space, choose another --output, a smaller --size or a shorter motion.",
        )


def _job(column: Column, sitter: Sitter, plan: ComparePlan, shown: slice, frames: Path) -> Job:
    avatar, config = type(sitter.avatar), type(column.renderer.options)
    return Job(
        avatar=str(sitter.file.resolve()),
        avatar_class=f"{avatar.__module__}:{avatar.__qualname__}",
        motion=str(sitter.motion.resolve()),
        name=column.renderer.entry.name,
        factory=column.renderer.entry.factory,
        config=f"{config.__module__}:{config.__qualname__}",
        options=column.renderer.options.model_dump(mode="json"),
        device=plan.config.device,
        view=plan.config.view,
        size=plan.config.size,
        first=shown.start,
        last=shown.stop,
        frames=str(frames.resolve()),
    )


def record_of(output: Path) -> Path:
    """Name the record beside an output: ``NAME.compare.toml``."""
    return output.with_name(f"{output.stem.removesuffix('.compare')}.compare.toml")


def _recorded(
    plan: ComparePlan,
    sitters: list[Sitter],
    speeds: list[Speed],
    joined: Joined,
    motion: Motion,
    shown: slice,
    clock: Clock,
) -> Compared:
    """Put together what was found and write it beside the video."""
    output = plan.config.output
    columns = tuple(
        Drawn(
            label=column.label,
            renderer=column.renderer.choice.model_dump(mode="json"),
            avatar=sitter.name,
            create=sitter.seconds,
            speed=speed,
            score=score,
        )
        for column, sitter, speed, score in zip(
            plan.columns, sitters, speeds, joined.scores, strict=True
        )
    )
    notes = [*_strangers(columns), *joined.notes, untracked_note(untracked_runs(motion))]
    compared = Compared(
        output=output,
        record=record_of(output),
        frames=shown.stop - shown.start,
        fps=motion.fps,
        size=joined.size,
        columns=columns,
        reference=joined.reference,
        still=joined.still,
        seconds=clock.seconds,
        notes=tuple(note for note in notes if note),
        versions=versions_of(plan.parts()),
    )
    write_record(compared.record, plan.config, {"command": "compare", **compared.as_record()})
    return compared


def _strangers(columns: tuple[Drawn, ...]) -> list[str]:
    """Say which columns draw another avatar than the first, since that shows in the picture."""
    first = columns[0].avatar
    return [
        f"{column.label} draws the avatar of {column.avatar}, {columns[0].label} that of {first}"
        for column in columns[1:]
        if column.avatar != first
    ]
