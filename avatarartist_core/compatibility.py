"""Which generators and motion encoders fit which renderers, and what would do instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from pydantic import BaseModel

from avatarartist_core.choosing import Part
from avatarartist_core.entries import EncoderEntry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import AvatarArtistError, IncompatibleError
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import AvatarSpec, MotionSpec, misfits

AUTHORED = MotionSpec(topology="anny-head")
"""What bundled clips and motion files provide."""


@dataclass(frozen=True)
class Pair:
    """One line of ``aa plugins matrix``.

    Attributes:
        given: what the renderer would be handed: a generator or a motion encoder.
        renderer: the renderer.
        faults: where they do not fit; empty when they do.
    """

    given: GeneratorEntry | EncoderEntry
    renderer: RendererEntry
    faults: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether the renderer reads it."""
        return not self.faults


def matrix(plugins: Plugins) -> list[Pair]:
    """Pair every generator and every motion encoder with every renderer, default options all."""
    given: list[GeneratorEntry | EncoderEntry] = [
        *plugins.generators.values(),
        *plugins.encoders.values(),
    ]
    return [
        Pair(entry, renderer, tuple(_faults(entry, renderer)))
        for entry in given
        for renderer in plugins.renderers.values()
    ]


def check_generator(
    generator: Part[GeneratorEntry], renderer: Part[RendererEntry], plugins: Plugins
) -> None:
    """Refuse a generator whose avatars the renderer does not read.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
        AvatarArtistError: one of them has no weights to tell.
    """
    made = generator.entry.produces_with(generator.options)
    check_avatar(f"generator {generator.entry.name!r}", made, renderer, plugins)


def check_avatar(
    what: str, avatar: AvatarSpec, renderer: Part[RendererEntry], plugins: Plugins
) -> None:
    """Refuse an avatar that the renderer does not read.

    Args:
        what: where the avatar comes from, for the message: ``"generator 'lift'"``.
        avatar: its spec.
        renderer: what is to draw it.
        plugins: what could be used instead.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
    """
    name, (accepts, _) = renderer.entry.name, renderer.entry.reads_with(renderer.options)
    if found := misfits(avatar, accepts):
        makers = [
            other.name for other in plugins.generators.values() if _is_made_by(other, accepts)
        ]
        readers = [other.name for other in plugins.renderers.values() if _is_read_by(other, avatar)]
        raise IncompatibleError(
            f"renderer {name!r} does not read the avatar of {what}: {', '.join(found)}",
            hint=f"Generators that {name!r} reads: {_listed(makers)}. "
            f"Renderers that read {what}: {_listed(readers)}.",
        )


def check_encoder(encoder: EncoderEntry, renderer: Part[RendererEntry], plugins: Plugins) -> None:
    """Refuse a motion encoder whose motion the renderer does not read.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
    """
    name, (_, needs) = renderer.entry.name, renderer.entry.reads_with(renderer.options)
    if found := misfits(encoder.provides, needs):
        raise IncompatibleError(
            f"renderer {name!r} does not read the motion of motion encoder "
            f"{encoder.name!r}: {', '.join(found)}",
            hint=f"Motion encoders that {name!r} reads: {_listed(_trackers(needs, plugins))}.",
        )


def check_authored(
    motion: str, kept: MotionSpec, renderer: Part[RendererEntry], plugins: Plugins
) -> None:
    """Refuse a clip or motion file when the renderer needs what only a tracked video has.

    Args:
        motion: clip or file, for the message.
        kept: what it keeps.
        renderer: what is to read it.
        plugins: what could track instead.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
    """
    name, (_, needs) = renderer.entry.name, renderer.entry.reads_with(renderer.options)
    if found := misfits(kept, needs):
        raise IncompatibleError(
            f"renderer {name!r} does not read the motion {motion!r}: {', '.join(found)}",
            hint=f"Give a video; motion encoders that {name!r} reads: "
            f"{_listed(_trackers(needs, plugins))}.",
        )


def check_background(background: str, renderer: Part[RendererEntry], plugins: Plugins) -> None:
    """Refuse another background with a renderer that cannot cut the person out.

    Raises:
        IncompatibleError: names the renderers that can.
    """
    if background == "keep" or renderer.entry.cuts_out_with(renderer.options):
        return
    able = [other.name for other in plugins.renderers.values() if _cuts_out(other)]
    name = renderer.entry.name
    raise IncompatibleError(
        f"renderer {name!r} draws the background too and cannot make it {background!r}",
        hint=f"Renderers that can: {_listed(able)}. Or leave --background out.",
    )


def _cuts_out(renderer: RendererEntry) -> bool:
    try:
        return renderer.cuts_out_with(_default(renderer))
    except AvatarArtistError:  # it has no weights
        return False


def _faults(given: GeneratorEntry | EncoderEntry, renderer: RendererEntry) -> Iterable[str]:
    """Say where two components with default options do not fit.

    What their entries state for good is compared first; then what their weights say, if they are
    there.
    """
    try:
        if isinstance(given, EncoderEntry):
            stated = misfits(given.provides, renderer.needs)
            return stated or misfits(given.provides, renderer.reads_with(_default(renderer))[1])
        if stated := _stated_misfits(given, renderer):
            return stated
        accepts, _ = renderer.reads_with(_default(renderer))
        return misfits(given.produces_with(_default(given)), accepts)
    except AvatarArtistError as error:
        return [str(error)]


def _stated_misfits(generator: GeneratorEntry, renderer: RendererEntry) -> list[str]:
    """Compare the fields that neither entry leaves to its weights."""
    made, read = generator.produces, renderer.accepts
    if generator.specify is None:
        return misfits(made, read)
    told = {
        field.name: getattr(made, field.name)
        for field in fields(made)
        if getattr(made, field.name) is not None
    }
    return misfits(replace(read, **told), read)


def _is_made_by(generator: GeneratorEntry, accepts: AvatarSpec) -> bool:
    try:
        return not misfits(generator.produces_with(_default(generator)), accepts)
    except AvatarArtistError:
        return False


def _is_read_by(renderer: RendererEntry, avatar: AvatarSpec) -> bool:
    try:
        return not misfits(avatar, renderer.reads_with(_default(renderer))[0])
    except AvatarArtistError:
        return False


def _trackers(needs: MotionSpec, plugins: Plugins) -> list[str]:
    return [
        encoder.name
        for encoder in plugins.encoders.values()
        if not misfits(encoder.provides, needs)
    ]


def _default(entry: GeneratorEntry | RendererEntry) -> BaseModel:
    return entry.config()


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none installed"
