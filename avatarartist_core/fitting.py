"""Which generator makes the avatar for a renderer: a given one that fits, else an installed one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from avatarartist_core.choosing import Part, choose, with_weights
from avatarartist_core.compatibility import check_generator
from avatarartist_core.config import DEFAULT_GENERATOR, Choice
from avatarartist_core.entries import GeneratorEntry, RendererEntry
from avatarartist_core.errors import AvatarArtistError, IncompatibleError
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import misfits


def fitting_generator(
    renderer: Part[RendererEntry],
    given: Sequence[Part[GeneratorEntry]],
    weights: str | None,
    plugins: Plugins,
) -> Part[GeneratorEntry]:
    """Choose what makes the avatars that a renderer reads.

    Args:
        renderer: what is to draw them.
        given: generators that are preferred, in this order.
        weights: bundle that learned generators read, unless their options name another.
        plugins: what is installed; the default generator is tried first.

    Raises:
        IncompatibleError: neither a given nor an installed generator fits.
        AvatarArtistError: the renderer has no weights to tell what it reads.
    """
    accepts, _ = renderer.entry.reads_with(renderer.options)
    for part in (*given, *_installed(weights, plugins)):
        try:
            if not misfits(part.entry.produces_with(part.options), accepts):
                return part
        except AvatarArtistError:
            continue  # without its weights it makes nothing
    for part in given:
        check_generator(part, renderer, plugins)
    raise IncompatibleError(
        f"no installed generator makes an avatar that renderer {renderer.entry.name!r} reads",
        hint="What fits what: aa plugins matrix",
    )


def _installed(weights: str | None, plugins: Plugins) -> Iterator[Part[GeneratorEntry]]:
    """Yield every installed generator with its default options, the default one first."""
    for name in sorted(plugins.generators, key=lambda name: name != DEFAULT_GENERATOR):
        choice = with_weights(Choice(name=name), weights, plugins.generators)
        try:
            yield choose(choice, plugins.generators)
        except AvatarArtistError:
            continue  # it has an option without a default
