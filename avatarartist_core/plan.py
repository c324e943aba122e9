"""From what the user asked for to components that fit, before anything heavy is imported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from avatarartist_core.choosing import (
    Faults,
    Part,
    choose_transfer,
    has_weights,
    with_weights,
)
from avatarartist_core.compatibility import (
    AUTHORED,
    check_authored,
    check_avatar,
    check_background,
    check_encoder,
    check_generator,
)
from avatarartist_core.config import DEFAULT_ENCODER, Choice, RunConfig
from avatarartist_core.entries import (
    DomainEntry,
    EncoderEntry,
    Entry,
    GeneratorEntry,
    RendererEntry,
    TransferEntry,
)
from avatarartist_core.errors import UsageError, did_you_mean
from avatarartist_core.plugins import Plugins
from avatarartist_core.specs import AvatarSpec, MotionSpec

_DEVICES = ("cpu", "cuda", "mps", "xpu")


@dataclass(frozen=True)
class Creation:
    """What turns a portrait into an avatar.

    Attributes:
        config: the run, every option of the chosen components written out.
        finder: the motion encoder whose class finds faces for ``prepare``.
        generator: makes the avatar.
        transfer: carries the portrait into ``domain``; None: it stays as it is.
        domain: the style, or None: its own.
    """

    config: RunConfig
    finder: Part[EncoderEntry]
    generator: Part[GeneratorEntry]
    transfer: Part[TransferEntry] | None
    domain: DomainEntry | None


@dataclass(frozen=True)
class Plan(Creation):
    """A whole run, portrait to video.

    Attributes:
        renderer: draws the avatar.
        encoder: tracks a driving video.
    """

    renderer: Part[RendererEntry]
    encoder: Part[EncoderEntry]

    def parts(self) -> list[Part[Entry]]:
        """List every component that takes part, for run.toml and reports."""
        chosen: tuple[Part[Entry] | None, ...] = (
            self.finder,
            self.transfer,
            self.generator,
            self.encoder,
            self.renderer,
        )
        return [part for part in chosen if part is not None]


def resolve(config: RunConfig, plugins: Plugins) -> Plan:
    """Choose the components of a whole run.

    Raises:
        UnknownNameError: a name nobody brings is the only fault.
        IncompatibleError: the chosen components do not fit; every fault is listed.
        UsageError: options are wrong, or several kinds of fault; every fault is listed.
    """
    faults = Faults(plugins)
    finder, generator, transfer, domain = _creation(config, plugins, faults)
    renderer = faults.part(
        with_weights(config.renderer, config.weights, plugins.renderers), plugins.renderers
    )
    encoder = faults.part(
        with_weights(config.motion_encoder, config.weights, plugins.encoders), plugins.encoders
    )
    weights, chosen = config.weights, [part for part in (generator, renderer, encoder) if part]
    if weights and len(chosen) == 3:
        faults.check(lambda: check_weights(weights, chosen, plugins))
    if renderer:
        faults.check(lambda: check_background(config.background, renderer, plugins))
    if generator and renderer:
        faults.check(lambda: check_generator(generator, renderer, plugins))
    check_motion(config.motion, encoder, renderer, plugins, faults)
    filled = {
        "generator": faults.sound(generator).choice,
        "renderer": faults.sound(renderer).choice,
        "motion_encoder": faults.sound(encoder).choice,
        "transfer": transfer and transfer.choice,
    }
    return Plan(
        config=config.model_copy(update=filled),
        finder=faults.sound(finder),
        generator=faults.sound(generator),
        transfer=transfer,
        domain=domain,
        renderer=faults.sound(renderer),
        encoder=faults.sound(encoder),
    )


def resolve_create(config: RunConfig, plugins: Plugins) -> Creation:
    """Choose what makes an avatar; the renderer and the motion of ``config`` are not looked at.

    Raises:
        UsageError: as ``resolve``.
    """
    faults = Faults(plugins)
    finder, generator, transfer, domain = _creation(config, plugins, faults)
    filled = {
        "generator": faults.sound(generator).choice,
        "transfer": transfer and transfer.choice,
    }
    return Creation(
        config=config.model_copy(update=filled),
        finder=faults.sound(finder),
        generator=faults.sound(generator),
        transfer=transfer,
        domain=domain,
    )


def resolve_track(encoder: Choice, plugins: Plugins) -> Part[EncoderEntry]:
    """Choose what tracks a video.

    Raises:
        UsageError: as ``resolve``.
    """
    faults = Faults(plugins)
    return faults.sound(faults.part(encoder, plugins.encoders))


def resolve_render(
    renderer: Choice,
    encoder: Choice,
    avatar: AvatarSpec,
    motion: str,
    plugins: Plugins,
    weights: str | None = None,
) -> tuple[Part[RendererEntry], Part[EncoderEntry]]:
    """Choose what draws an avatar that was made before.

    Args:
        renderer: the renderer and its options.
        encoder: tracks ``motion`` when it is a video.
        avatar: the spec in the avatar file.
        motion: a video, a motion file or the name of a clip.
        plugins: what is installed.
        weights: bundle that learned components read, unless their options name another.

    Raises:
        UsageError: as ``resolve``.
    """
    faults = Faults(plugins)
    drawing = faults.part(with_weights(renderer, weights, plugins.renderers), plugins.renderers)
    tracking = faults.part(with_weights(encoder, weights, plugins.encoders), plugins.encoders)
    if drawing:
        faults.check(lambda: check_avatar("this file", avatar, drawing, plugins))
    check_motion(motion, tracking, drawing, plugins, faults)
    return faults.sound(drawing), faults.sound(tracking)


def is_authored(motion: str) -> bool:
    """Tell a clip's name or a motion file from a video or pictures that have to be tracked."""
    path = Path(motion)
    return path.suffix.lower() in ("", ".csv", ".json", ".safetensors") and not path.is_dir()


def _creation(
    config: RunConfig, plugins: Plugins, faults: Faults
) -> tuple[
    Part[EncoderEntry] | None,
    Part[GeneratorEntry] | None,
    Part[TransferEntry] | None,
    DomainEntry | None,
]:
    faults.check(lambda: check_device_name(config.device))
    generator = faults.part(
        with_weights(config.generator, config.weights, plugins.generators), plugins.generators
    )
    if generator:
        faults.check(lambda: generator.entry.produces_with(generator.options))
    finder = faults.part(finder_for(config.motion_encoder, plugins), plugins.encoders)
    name, wanted = config.domain, config.transfer or Choice(name="")
    if name is None:
        faults.check(lambda: _refuse_aimless(wanted, plugins))
        return finder, generator, None, None
    domain = faults.check(lambda: plugins.domains[name])
    if domain is None:
        return finder, generator, None, None
    transfer = faults.check(lambda: choose_transfer(wanted, domain, plugins))
    return finder, generator, transfer, domain


def finder_for(chosen: Choice, plugins: Plugins) -> Choice:
    """Pick the encoder that finds faces: the chosen one when it can, else the default one."""
    entry = plugins.encoders.get(chosen.name)
    return chosen if entry is None or entry.finds_faces else Choice(name=DEFAULT_ENCODER)


def _refuse_aimless(transfer: Choice, plugins: Plugins) -> None:
    if not transfer.name:
        return
    entry = plugins.transfers[transfer.name]
    domains = [domain.name for domain in plugins.domains.values() if entry.reaches(domain)]
    raise UsageError(
        f"domain transfer {transfer.name!r} needs a domain to go to",
        hint=f"Add --domain with one of: {', '.join(domains) or 'none installed'}.",
    )


def check_weights(weights: str, chosen: Sequence[Part[Entry]], plugins: Plugins) -> None:
    """Refuse ``--weights`` where nothing that was chosen reads any.

    Raises:
        UsageError: nothing does.
    """
    if any(has_weights(part.entry) for part in chosen):
        return
    learned = [entry.name for entry, _ in plugins.components() if has_weights(entry)]
    raise UsageError(
        f"weights {weights!r} have no effect here: "
        f"{', '.join(part.entry.name for part in chosen)} read none",
        hint=f"Components that read weights: {', '.join(learned) or 'none installed'}.",
    )


def check_motion(
    motion: str,
    encoder: Part[EncoderEntry] | None,
    renderer: Part[RendererEntry] | None,
    plugins: Plugins,
    faults: Faults,
) -> None:
    """Keep a fault where the renderer does not read the motion, tracked or authored."""
    if renderer and is_authored(motion):
        faults.check(lambda: check_authored(motion, _kept(motion), renderer, plugins))
    elif renderer and encoder:
        faults.check(lambda: check_encoder(encoder.entry, renderer, plugins))


def _kept(motion: str) -> MotionSpec:
    """Tell what a motion file keeps: text the coefficients alone, safetensors an embedding too."""
    path = Path(motion)
    if path.suffix.lower() != ".safetensors" or not path.is_file():
        return AUTHORED
    from avatarartist_core.tensorfile import read_header

    header = read_header(path)
    if header["kind"] != "motion":
        return AUTHORED  # loading it says what is wrong
    spec = header.get("values", {}).get("spec", {})
    return MotionSpec(topology=spec.get("topology"), embedding=spec.get("embedding"))


def check_device_name(device: str) -> None:
    """Refuse a device that torch has no word for; whether it is there is asked later.

    Raises:
        UsageError: it is misspelt.
    """
    kind, colon, index = device.partition(":")
    if kind not in _DEVICES or (colon and not index.isdecimal()):
        raise UsageError(
            f"no device is named {device!r}{did_you_mean(kind, _DEVICES)}",
            hint="Devices: cpu, cuda, cuda:1, mps, xpu. What is there: aa doctor",
        )
