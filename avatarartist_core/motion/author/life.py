"""What a face does all the time: sways, blinks, breathes, and moves its eyes in jumps."""

import numpy as np

from avatarartist_core.motion.author.performance import Performance, Track

CLOSING, CLOSED, OPENING = 0.13, 0.04, 0.2
"""Seconds of the three stages of a blink."""

SACCADE = 0.05
"""Seconds of a jump of the eyes."""


def sway(clip: Performance, strength: float = 1.0) -> None:
    """Let the head drift by a few degrees and millimetres, never twice the same."""
    clip.yaw = clip.yaw + strength * 1.5 * _drift(clip)
    clip.pitch = clip.pitch + strength * 1.0 * _drift(clip)
    clip.roll = clip.roll + strength * 0.9 * _drift(clip)
    for axis, reach in enumerate((0.03, 0.015, 0.03)):
        clip.place[axis] += strength * reach * _drift(clip)
    clip.both("mouthSmile", 0.03 * strength * (1 + _drift(clip)) * clip.idle)
    clip.add("browInnerUp", 0.03 * strength * (1 + _drift(clip)) * clip.idle)


def blink(clip: Performance, start: float, depth: float = 1.0) -> None:
    """Close both lids and open them more slowly; brows and cheeks take a small part."""
    close = depth * clip.pulse(start, CLOSING, CLOSED, OPENING)
    late = depth * clip.pulse(start + 0.008, CLOSING, CLOSED, OPENING)
    clip.add("eyeBlinkLeft", close)
    clip.add("eyeBlinkRight", late)
    clip.both("eyeSquint", 0.12 * close)
    clip.both("browDown", 0.05 * close)
    clip.gaze[1] -= 1.5 * close


def blinks(clip: Performance, *starts: float) -> None:
    """Blink at each of the times."""
    for start in starts:
        blink(clip, start)


def glances(clip: Performance, reach: float = 2.5) -> None:
    """Let the eyes wander: fixations of 0.5 to 1.6 s, jumps of a few degrees, home at the end."""
    time, yaw, pitch = 0.5, 0.0, 0.0
    side, rise = [(0.0, 0.0)], [(0.0, 0.0)]
    while time < clip.seconds - 0.7:
        is_home = clip.random.random() < 0.35
        next_yaw = 0.0 if is_home else float(clip.random.normal(0, reach))
        next_pitch = 0.0 if is_home else float(clip.random.normal(0, reach * 0.5))
        side += [(time, yaw), (time + SACCADE, next_yaw)]
        rise += [(time, pitch), (time + SACCADE, next_pitch)]
        yaw, pitch = next_yaw, next_pitch
        time += float(clip.random.uniform(0.5, 1.6))
    end = clip.seconds - 0.5
    clip.gaze[0] += clip.keys([*side, (end, yaw), (end + SACCADE, 0.0)])
    clip.gaze[1] += clip.keys([*rise, (end, pitch), (end + SACCADE, 0.0)])


def look(clip: Performance, keys: list[tuple[float, float, float]], share: float = 0.72) -> None:
    """Turn to targets: the eyes jump first, the head follows, the eyes give back what it takes.

    Args:
        clip: performance to add to.
        keys: (seconds, yaw, pitch) of the target in degrees; each is held until the next.
        share: part of the way that the head goes.
    """
    aim = np.zeros((2, len(clip.time)))
    head = np.zeros((2, len(clip.time)))
    for axis in (0, 1):
        eyes, neck, before = [(0.0, 0.0)], [(0.0, 0.0)], 0.0
        for start, *target in keys:
            travel = 0.28 + 0.012 * abs(target[axis] - before)
            eyes += [(start, before), (start + 0.09, target[axis])]
            neck += [(start + 0.08, before * share), (start + 0.08 + travel, target[axis] * share)]
            before = target[axis]
        aim[axis], head[axis] = clip.keys(eyes), clip.keys(neck)
    clip.yaw = clip.yaw + head[0]
    clip.pitch = clip.pitch + head[1]
    clip.roll = clip.roll + 0.12 * head[0]
    clip.gaze += np.clip(aim - head, -24, 24)


def _drift(clip: Performance) -> Track:
    """Smooth noise between about -1 and 1 with nothing above 1.1 Hz, at rest at both ends."""
    wave = np.zeros_like(clip.time)
    for frequency in (0.17, 0.31, 0.53, 0.83, 1.1):
        shift, scale = clip.random.uniform(0, 2 * np.pi), clip.random.uniform(0.6, 1.0)
        wave += scale / (1 + 2 * frequency) * np.sin(2 * np.pi * frequency * clip.time + shift)
    return wave * clip.idle
