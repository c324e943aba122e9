"""What a renderer is given to draw when it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import nn

from avatarartist_core.benchmarks.plan import RendererBench
from avatarartist_core.data import Avatar, Cameras, Motion
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.interfaces import Renderer
from avatarartist_core.lazy import build
from avatarartist_core.motion.retarget import retarget
from avatarartist_core.prepare import prepare
from avatarartist_core.samples import (
    sample_cameras,
    sample_motion,
    sample_portrait,
    sample_triplane,
)

SIDE = 512  # of the made-up portrait, pixels


@runtime_checkable
class Staged(Protocol):
    """A renderer whose parts can be measured one by one."""

    def stages(self) -> dict[str, nn.Module]:
        """Name the modules that ``render`` calls; weights are read if they were not yet."""


@runtime_checkable
class BringsInputs(Protocol):
    """A renderer that brings what it is measured on."""

    def bench_inputs(self, size: int) -> tuple[Avatar, Motion, Cameras]:
        """Return an avatar, a retargeted motion and as many cameras, for frames of ``size``.

        No more frames are measured than the motion has.
        """


@dataclass(frozen=True)
class Inputs:
    """What is drawn.

    Attributes:
        avatar: it is drawn in every frame.
        source: where it comes from, in words.
        motion: retargeted.
        cameras: one a frame of motion.
    """

    avatar: Avatar
    source: str
    motion: Motion
    cameras: Cameras


def inputs_for(bench: RendererBench, renderer: Renderer) -> Inputs:
    """Make what the renderer draws: of the portrait that was given, else its own, else made up.

    Raises:
        IncompatibleError: it brings nothing, and no installed generator fits.
    """
    if bench.portrait is None and isinstance(renderer, BringsInputs):
        avatar, motion, cameras = renderer.bench_inputs(bench.config.size)
        return Inputs(avatar, "the renderer's own", motion, cameras)
    avatar, source = _avatar(bench)
    motion = retarget(avatar, sample_motion(bench.frames), bench.config.retarget)
    return Inputs(avatar, source, motion, sample_cameras(bench.frames))


def _avatar(bench: RendererBench) -> tuple[Avatar, str]:
    accepts, _ = bench.renderer.entry.reads_with(bench.renderer.options)
    if bench.portrait is None and accepts.representation == "triplane":
        return sample_triplane(accepts, SIDE), "planes of noise"
    if bench.maker is None:
        raise IncompatibleError(
            f"no installed generator makes an avatar that renderer {bench.renderer.entry.name!r} "
            "reads, and it brings none of its own",
            hint="What fits what: aa plugins matrix",
        )
    portrait = sample_portrait(SIDE)
    if bench.portrait is not None:
        finder = build(bench.finder.entry, bench.finder.options, bench.config.device)
        portrait = prepare(bench.portrait, finder, bench.config.prepare)
    maker = build(bench.maker.entry, bench.maker.options, bench.config.device)
    avatar: Avatar = maker.generate(portrait, seed=bench.config.seed)
    shown = "the sample portrait" if bench.portrait is None else bench.portrait.name
    return avatar, f"{bench.maker.entry.name} of {shown}"
