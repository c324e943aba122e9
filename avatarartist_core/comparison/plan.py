"""From what was asked to columns that can be drawn, before anything heavy is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from avatarartist_core.choosing import Faults, Part, with_weights
from avatarartist_core.comparison.config import CompareConfig
from avatarartist_core.compatibility import check_generator
from avatarartist_core.entries import EncoderEntry, Entry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import InputError, UsageError
from avatarartist_core.fitting import fitting_generator
from avatarartist_core.motion.find import Found, find_motion
from avatarartist_core.output.formats import format_of
from avatarartist_core.plan import check_device_name, check_motion, check_weights, finder_for
from avatarartist_core.plugins import Plugins
from avatarartist_core.running.naming import AVATAR_SUFFIX
from avatarartist_core.running.places import check_apart, check_free, need_file
from avatarartist_core.specs import AvatarSpec, misfits
from avatarartist_core.tensorfile import read_header

LARGEST_SIDE = 8192
"""Pixels of a side of the video; players and encoders stop there."""


@dataclass(frozen=True)
class Column:
    """One renderer of a comparison.

    Attributes:
        label: what stands above it.
        renderer: what draws it.
        maker: what makes its avatar; None: it is the one in the file.
    """

    label: str
    renderer: Part[RendererEntry]
    maker: Part[GeneratorEntry] | None


@dataclass(frozen=True)
class ComparePlan:
    """A whole comparison.

    Attributes:
        config: every option of the chosen components written out.
        columns: from left to right.
        finder: finds faces in the portrait and in what is measured.
        encoder: tracks a driving video.
        found: what the motion is.
        is_avatar: whether the portrait is an avatar file.
    """

    config: CompareConfig
    columns: tuple[Column, ...]
    finder: Part[EncoderEntry]
    encoder: Part[EncoderEntry]
    found: Found
    is_avatar: bool

    def makers(self) -> list[Part[GeneratorEntry]]:
        """List the generators that take part, each once, in the order of the columns."""
        makers: list[Part[GeneratorEntry]] = []
        for column in self.columns:
            if column.maker is not None and column.maker not in makers:
                makers.append(column.maker)
        return makers

    def parts(self) -> list[Part[Entry]]:
        """List every component that takes part."""
        renderers = [column.renderer for column in self.columns]
        return [self.finder, self.encoder, *self.makers(), *renderers]


def resolve_comparison(
    config: CompareConfig, plugins: Plugins, *, overwrite: bool = False
) -> ComparePlan:
    """Choose what makes and draws each column.

    Raises:
        UsageError: something is wrong with names, options, fits or files; every fault is listed.
    """
    faults = Faults(plugins)
    faults.check(lambda: check_device_name(config.device))
    _check_places(config, faults, overwrite=overwrite)
    _check_shape(config, faults)
    found = faults.check(lambda: find_motion(config.motion))
    spec = faults.check(lambda: _spec_in(config.portrait))
    renderers = [
        faults.part(with_weights(choice, config.weights, plugins.renderers), plugins.renderers)
        for choice in config.renderers
    ]
    given = [
        faults.part(with_weights(choice, config.weights, plugins.generators), plugins.generators)
        for choice in config.generators
    ]
    encoder = faults.part(
        with_weights(config.motion_encoder, config.weights, plugins.encoders), plugins.encoders
    )
    finder = faults.part(finder_for(config.motion_encoder, plugins), plugins.encoders)
    known = [part for part in given if part]
    columns = []
    for renderer in (part for part in renderers if part):
        check_motion(config.motion, encoder, renderer, plugins, faults)
        column = faults.check(partial(_column, renderer, spec, known, config.weights, plugins))
        columns += [column] if column else []
    if len(columns) == len(config.renderers) and len(known) == len(given) and encoder:
        for part in known:
            _check_used(part, columns, plugins, faults)
        if config.weights:
            parts = [part for column in columns for part in (column.maker, column.renderer) if part]
            faults.check(partial(check_weights, config.weights, [*parts, encoder], plugins))
    plan = ComparePlan(
        config=config,
        columns=_told_apart(columns),
        finder=faults.sound(finder),
        encoder=faults.sound(encoder),
        found=found or find_motion(config.motion),
        is_avatar=spec is not None,
    )
    return _filled(plan)


def _column(
    renderer: Part[RendererEntry],
    spec: AvatarSpec | None,
    given: Sequence[Part[GeneratorEntry]],
    weights: str | None,
    plugins: Plugins,
) -> Column:
    """Choose where the avatar of a renderer comes from: the file when it fits, else a generator."""
    accepts, _ = renderer.entry.reads_with(renderer.options)
    if spec is not None and not misfits(spec, accepts):
        return Column(label_of(renderer), renderer, None)
    return Column(
        label_of(renderer), renderer, fitting_generator(renderer, given, weights, plugins)
    )


def label_of(part: Part[Entry]) -> str:
    """Name a component, and its options that are not the defaults."""
    defaults = {
        name: field.get_default(call_default_factory=True)
        for name, field in type(part.options).model_fields.items()
    }
    values = part.options.model_dump(mode="json")
    changed = [name for name, default in defaults.items() if getattr(part.options, name) != default]
    return " ".join([part.entry.name, *(f"{name}={values[name]}" for name in changed)])


def _told_apart(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Number the columns that would have one name."""
    labels = [column.label for column in columns]
    return tuple(
        replace(column, label=f"{column.label} ({labels[: number + 1].count(column.label)})")
        if labels.count(column.label) > 1
        else column
        for number, column in enumerate(columns)
    )


def _check_places(config: CompareConfig, faults: Faults, *, overwrite: bool) -> None:
    """Look for the inputs, and refuse an output that is there or is one of them."""
    faults.check(lambda: need_file(config.portrait, "portrait"))
    faults.check(lambda: format_of(config.output))
    inputs = [config.portrait, Path(config.motion)]
    if (reference := config.reference) is not None:
        faults.check(lambda: need_file(reference, "reference"))
        inputs.append(reference)
    faults.check(lambda: check_apart(config.output, *inputs))
    if not config.output.is_dir():
        faults.check(lambda: check_free(config.output, overwrite=overwrite))


def _check_shape(config: CompareConfig, faults: Faults) -> None:
    count = len(config.renderers)

    def several() -> None:
        if count < 2:
            raise UsageError(
                f"a comparison needs two renderers, not {count}",
                "Name each with --renderer, options too: --renderer layers:supersampling=1",
            )

    def narrow_enough() -> None:
        width = (count + 2) * config.size
        if width > LARGEST_SIDE:
            raise UsageError(
                f"{count} renderers, the portrait and the motion at --size {config.size} are "
                f"{width} pixels wide, more than {LARGEST_SIDE}",
                f"Use --size {LARGEST_SIDE // (count + 2) // 2 * 2} or fewer renderers.",
            )

    faults.check(several)
    faults.check(narrow_enough)


def _spec_in(portrait: Path) -> AvatarSpec | None:
    """Read the spec out of an avatar file; None for a picture.

    Raises:
        InputError: it ends like an avatar file and is none.
    """
    if portrait.suffix.lower() != AVATAR_SUFFIX or not portrait.is_file():
        return None
    header = read_header(portrait)
    if header["kind"] != "avatar":
        raise InputError(f"{portrait} is no avatar file", "Make one: aa create PORTRAIT")
    values = header["values"]["spec"]
    box = values.get("face_box")
    return AvatarSpec(**{**values, "face_box": None if box is None else tuple(box)})


def _check_used(
    part: Part[GeneratorEntry], columns: Sequence[Column], plugins: Plugins, faults: Faults
) -> None:
    """Keep faults for a generator that was asked for and makes no column's avatar."""
    if any(column.maker == part for column in columns):
        return

    def superfluous() -> None:
        raise UsageError(
            f"generator {part.entry.name!r} takes no part: what comes before it fits them all",
            "Leave it out, or name it first.",
        )

    misfit = [
        column
        for column in columns
        if misfits(
            part.entry.produces_with(part.options),
            column.renderer.entry.reads_with(column.renderer.options)[0],
        )
    ]
    for column in misfit:
        faults.check(partial(check_generator, part, column.renderer, plugins))
    if not misfit:
        faults.check(superfluous)


def _filled(plan: ComparePlan) -> ComparePlan:
    """Write out every option of the components that take part."""
    filled = {
        "renderers": tuple(column.renderer.choice for column in plan.columns),
        "generators": tuple(maker.choice for maker in plan.makers()),
        "motion_encoder": plan.encoder.choice,
    }
    return replace(plan, config=plan.config.model_copy(update=filled))
