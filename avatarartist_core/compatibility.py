"""Which generators and motion encoders fit which renderers, and what would do instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from avatarartist_core.entries import EncoderEntry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import IncompatibleError
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
    """Pair every generator and every motion encoder with every renderer."""
    given: list[GeneratorEntry | EncoderEntry] = [
        *plugins.generators.values(),
        *plugins.encoders.values(),
    ]
    return [
        Pair(entry, renderer, tuple(misfits(_spec(entry), _wanted(entry, renderer))))
        for entry in given
        for renderer in plugins.renderers.values()
    ]


def check_generator(generator: GeneratorEntry, renderer: RendererEntry, plugins: Plugins) -> None:
    """Refuse a generator whose avatars the renderer does not read."""
    check_avatar(f"generator {generator.name!r}", generator.produces, renderer, plugins)


def check_avatar(what: str, avatar: AvatarSpec, renderer: RendererEntry, plugins: Plugins) -> None:
    """Refuse an avatar that the renderer does not read.

    Args:
        what: where the avatar comes from, for the message: ``"generator 'lift'"``.
        avatar: its spec.
        renderer: what is to draw it.
        plugins: what could be used instead.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
    """
    if found := misfits(avatar, renderer.accepts):
        makers = _names(_fitting(plugins, GeneratorEntry, renderer))
        readers = [
            other.name for other in plugins.renderers.values() if not misfits(avatar, other.accepts)
        ]
        raise IncompatibleError(
            f"renderer {renderer.name!r} does not read the avatar of {what}: {', '.join(found)}",
            hint=f"Generators that {renderer.name!r} reads: {_listed(makers)}. "
            f"Renderers that read {what}: {_listed(readers)}.",
        )


def check_encoder(encoder: EncoderEntry, renderer: RendererEntry, plugins: Plugins) -> None:
    """Refuse a motion encoder whose motion the renderer does not read.

    Raises:
        IncompatibleError: every field that does not fit is named, and what would.
    """
    if found := misfits(encoder.provides, renderer.needs):
        trackers = _names(_fitting(plugins, EncoderEntry, renderer))
        raise IncompatibleError(
            f"renderer {renderer.name!r} does not read the motion of motion encoder "
            f"{encoder.name!r}: {', '.join(found)}",
            hint=f"Motion encoders that {renderer.name!r} reads: {_listed(trackers)}.",
        )


def check_authored(
    motion: str, kept: MotionSpec, renderer: RendererEntry, plugins: Plugins
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
    if found := misfits(kept, renderer.needs):
        trackers = _names(_fitting(plugins, EncoderEntry, renderer))
        raise IncompatibleError(
            f"renderer {renderer.name!r} does not read the motion {motion!r}: {', '.join(found)}",
            hint=f"Give a video; motion encoders that {renderer.name!r} reads: "
            f"{_listed(trackers)}.",
        )


def _fitting(
    plugins: Plugins, kind: type[GeneratorEntry | EncoderEntry], renderer: RendererEntry
) -> Iterator[Pair]:
    for pair in matrix(plugins):
        if pair.fits and pair.renderer.name == renderer.name and isinstance(pair.given, kind):
            yield pair


def _names(pairs: Iterable[Pair]) -> list[str]:
    return [pair.given.name for pair in pairs]


def _spec(entry: GeneratorEntry | EncoderEntry) -> AvatarSpec | MotionSpec:
    return entry.produces if isinstance(entry, GeneratorEntry) else entry.provides


def _wanted(
    entry: GeneratorEntry | EncoderEntry, renderer: RendererEntry
) -> AvatarSpec | MotionSpec:
    return renderer.accepts if isinstance(entry, GeneratorEntry) else renderer.needs


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none installed"
