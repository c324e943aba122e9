"""From the words of ``aa bench`` to what is measured, before anything heavy is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from avatarartist_core.choosing import Faults, Part, with_weights
from avatarartist_core.config import RunConfig
from avatarartist_core.entries import EncoderEntry, GeneratorEntry, RendererEntry
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.fitting import fitting_generator
from avatarartist_core.plan import check_device_name, check_weights, finder_for
from avatarartist_core.plugins import Plugins
from avatarartist_core.running.places import need_file


@dataclass(frozen=True)
class RendererBench:
    """What is measured.

    Attributes:
        config: options, size, device, seed.
        renderer: what is measured.
        maker: what makes its avatar when the renderer brings none of its own; None: nothing fits.
        finder: finds the face of ``portrait``.
        portrait: a picture to make the avatar of, or None for a made-up one.
        frames: how many are drawn after the first.
        threads: of torch; None: as torch decides.
    """

    config: RunConfig
    renderer: Part[RendererEntry]
    maker: Part[GeneratorEntry] | None
    finder: Part[EncoderEntry]
    portrait: Path | None
    frames: int
    threads: int | None


def resolve_bench(
    config: RunConfig,
    plugins: Plugins,
    *,
    portrait: Path | None,
    frames: int,
    threads: int | None,
) -> RendererBench:
    """Choose the renderer, and a generator whose avatars it reads.

    Raises:
        UsageError: names, options or the portrait are wrong; every fault is listed.
    """
    faults = Faults(plugins)
    faults.check(lambda: check_device_name(config.device))
    renderer = faults.part(
        with_weights(config.renderer, config.weights, plugins.renderers), plugins.renderers
    )
    finder = faults.part(finder_for(config.motion_encoder, plugins), plugins.encoders)
    if portrait is not None:
        faults.check(lambda: need_file(portrait, "portrait"))
    if renderer:
        faults.check(lambda: renderer.entry.reads_with(renderer.options))
        if config.weights:
            weights = config.weights
            faults.check(lambda: check_weights(weights, [renderer], plugins))
    sound = faults.sound(renderer)
    maker = None
    try:
        maker = fitting_generator(sound, (), config.weights, plugins)
    except AvatarArtistError:
        if portrait is not None:  # without one the renderer may bring an avatar of its own
            raise
    return RendererBench(
        config=config.model_copy(update={"renderer": sound.choice}),
        renderer=sound,
        maker=maker,
        finder=faults.sound(finder),
        portrait=portrait,
        frames=frames,
        threads=threads,
    )
