"""Times a renderer: its first frame, the frames after it, and the parts of its network."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Mapping

from torch import nn, set_num_threads

from avatarartist_core.benchmarks.inputs import Inputs, Staged, inputs_for
from avatarartist_core.benchmarks.machine import (
    Peak,
    machine_facts,
    measure_peak,
    synchronise,
)
from avatarartist_core.benchmarks.measured import Measured, PartCost, Phase
from avatarartist_core.benchmarks.memory import device_peak, growth, peak_memory
from avatarartist_core.benchmarks.parts import Meter, Tally, watched
from avatarartist_core.benchmarks.plan import RendererBench
from avatarartist_core.compiled import place_compiled_code
from avatarartist_core.data import Event
from avatarartist_core.interfaces import Renderer
from avatarartist_core.lazy import build
from avatarartist_core.running.device import check_device
from avatarartist_core.running.events import Stage
from avatarartist_core.running.shot import versions_of
from avatarartist_core.running.stages import frames_of

COUNTED_FRAMES = 1
"""Frames drawn, after the first, to count arithmetic: it is the same in all of them."""


def bench_renderer(bench: RendererBench) -> Stage[Measured]:
    """Measure one renderer.

    Times come first, in this order: load, one frame, ``bench.frames`` frames. On a GPU the frames
    are drawn once more with every part waited for, since waiting costs speed. Then a fresh instance
    draws two frames to count arithmetic.

    Raises:
        AvatarArtistError: the renderer cannot be built, or there is nothing for it to draw.
    """
    device = bench.config.device
    _use_threads(bench.threads)
    place_compiled_code()
    check_device(device)
    yield Event("peak", 0, 1)
    peak = measure_peak(device)
    yield Event("peak", 1, 1)
    yield Event("load", 0, 1)
    held, began = peak_memory(), time.perf_counter()
    renderer: Renderer = build(bench.renderer.entry, bench.renderer.options, device)
    stages = _stages(renderer)
    synchronise(device)
    load = time.perf_counter() - began
    yield Event("load", 1, 1)
    inputs = inputs_for(bench, renderer)
    total = min(bench.frames, len(inputs.motion))

    def settle() -> None:
        synchronise(device)

    on_gpu = device.startswith("cuda")
    yield Event("render", 0, total)
    with watched(stages, settle) as once:
        first = _drawn(renderer, inputs, 1, bench, settle)
    with watched({} if on_gpu else stages, settle) as each:
        seconds = _drawn(renderer, inputs, total, bench, settle) / total
    memory, device_memory = growth(held), device_peak(device)
    yield Event("render", total, total)
    if on_gpu:
        with watched(stages, settle) as each:
            _drawn(renderer, inputs, total, bench, settle)
    del renderer
    gc.collect()
    once_flops: Mapping[str, Tally] = {}
    each_flops: Mapping[str, Tally] = {}
    if stages:
        yield Event("count", 0, 1)
        once_flops, each_flops = _arithmetic(bench, inputs)
        yield Event("count", 1, 1)
    peak = peak.or_more(measure_peak(device))
    return Measured(
        renderer=bench.renderer.choice.model_dump(mode="json"),
        avatar=inputs.source,
        size=bench.config.size,
        frames=total,
        load=load,
        first=_phase(first, once, once_flops, stages, 1, peak),
        following=_phase(seconds, each, each_flops, stages, total, peak),
        memory=memory,
        device_memory=device_memory,
        peak=peak.rates,
        machine=machine_facts(device),
        versions=versions_of([bench.renderer]),
        notes=_notes(bench, stages, total, each),
    )


def _use_threads(threads: int | None) -> None:
    """Set the threads of torch, and those of numba before it is imported."""
    if threads is not None:
        os.environ["NUMBA_NUM_THREADS"] = str(threads)
        set_num_threads(threads)


def _stages(renderer: Renderer) -> dict[str, nn.Module]:
    return dict(renderer.stages()) if isinstance(renderer, Staged) else {}


def _drawn(
    renderer: Renderer,
    inputs: Inputs,
    count: int,
    bench: RendererBench,
    settle: Callable[[], None],
) -> float:
    """Draw frames in one call and let go of them; returns wall seconds."""
    shown = slice(0, count)
    settle()
    began = time.perf_counter()
    for _ in renderer.render(
        inputs.avatar,
        inputs.motion[shown],
        frames_of(inputs.cameras, shown),
        size=bench.config.size,
    ):
        pass
    settle()
    return time.perf_counter() - began


def _arithmetic(
    bench: RendererBench, inputs: Inputs
) -> tuple[Mapping[str, Tally], Mapping[str, Tally]]:
    """Count what the first frame and what each later frame computes, on a fresh instance."""
    renderer: Renderer = build(bench.renderer.entry, bench.renderer.options, bench.config.device)
    counts = []
    for _ in ("first", "following"):
        with watched(_stages(renderer), lambda: None, count=True) as meter:
            _drawn(renderer, inputs, COUNTED_FRAMES, bench, lambda: None)
        counts.append(meter.tallies)
    return counts[0], counts[1]


def _phase(
    seconds: float,
    times: Meter,
    flops: Mapping[str, Tally],
    stages: Mapping[str, nn.Module],
    frames: int,
    peak: Peak,
) -> Phase:
    """Bring what was timed and what was counted to one frame."""
    parts = []
    for name in stages:
        tally = times.tallies.get(name)
        if tally is None:
            continue
        spent = tally.seconds / frames
        gflop = flops.get(name, Tally()).flops / COUNTED_FRAMES / 1e9
        share = gflop / spent / peak.best if gflop and spent else None
        parts.append(PartCost(name, spent, gflop, share))
    return Phase(seconds, tuple(parts))


def _notes(
    bench: RendererBench, stages: Mapping[str, nn.Module], total: int, each: Meter
) -> list[str]:
    notes = []
    if total < bench.frames:
        notes.append(f"the renderer's own motion has {total} frames, fewer than --frames")
    if not stages:
        notes.append(f"renderer {bench.renderer.entry.name!r} names no parts of a network")
    elif not each.tallies:
        notes.append("no part was seen at work: compiled networks run past the hooks")
    return notes
