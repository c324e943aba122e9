"""The bundled clips, each a function that performs it."""

from collections.abc import Callable

import numpy as np

from avatarartist_core.data import Motion
from avatarartist_core.motion.author.life import blink, blinks, glances, look, sway
from avatarartist_core.motion.author.performance import Performance, Track
from avatarartist_core.motion.author.speech import breathe, speak


def talk() -> Motion:
    """Say a greeting and two sentences, friendly."""
    clip = Performance(6.0, seed=11)
    sway(clip, 1.5)
    glances(clip, reach=2.0)
    breathe(clip, 0.08)
    end = speak(clip, 0.32, "kel'ou aip a p'ortret")
    breathe(clip, end)
    end = speak(clip, end + 0.3, "ai k'at luk at t'ok")
    breathe(clip, end)
    end = speak(clip, end + 0.28, "xal ui pik'it")
    _smile(clip, clip.pulse(end - 0.3, 0.35, 0.1, 0.4), 0.45)
    clip.roll = clip.roll + 3.0 * clip.pulse(end - 0.4, 0.4, 0.1, 0.45)
    blinks(clip, 0.95, 2.55, 4.35)
    return clip.motion("talk")


def smile() -> Motion:
    """Warm up from a hint to a broad smile and back."""
    clip = Performance(4.0, seed=12)
    sway(clip)
    glances(clip, reach=1.2)
    _smile(clip, clip.keys([(0.35, 0), (1.0, 0.45), (1.3, 0.5), (1.9, 1), (2.8, 1), (3.7, 0)]), 0.8)
    clip.roll = clip.roll + clip.keys([(0.6, 0), (1.6, 5), (2.7, 4.5), (3.7, 0)])
    clip.pitch = clip.pitch + clip.keys([(0.8, 0), (1.8, 2.5), (2.8, 2), (3.7, 0)])
    clip.yaw = clip.yaw + clip.keys([(0.5, 0), (1.7, -4), (2.8, -3), (3.7, 0)])
    blinks(clip, 1.05, 3.15)
    return clip.motion("smile")


def surprise() -> Motion:
    """Start back with brows up and mouth open, then laugh it off."""
    clip = Performance(4.0, seed=13)
    sway(clip)
    blink(clip, 0.3)
    shock = clip.keys([(0.62, 0), (0.82, 1), (1.35, 0.92), (1.9, 0.75), (2.4, 0)])
    clip.add("browInnerUp", 0.8 * shock)
    clip.both("browOuterUp", 0.75 * shock, skew=0.04)
    clip.both("eyeWide", 0.7 * shock)
    clip.add("jawOpen", clip.keys([(0.66, 0), (0.9, 0.45), (1.5, 0.36), (2.2, 0)]))
    clip.add("mouthFunnel", clip.keys([(0.7, 0), (0.95, 0.22), (1.6, 0.15), (2.2, 0)]))
    clip.pitch = clip.pitch + clip.keys([(0.6, 0), (0.85, 5.5), (1.7, 4), (2.5, 0)])
    clip.place[2] += clip.keys([(0.6, 0), (0.85, -0.16), (1.7, -0.12), (2.6, 0)])
    clip.place[1] += clip.keys([(0.6, 0), (0.85, 0.05), (1.7, 0.03), (2.6, 0)])
    blinks(clip, 2.02, 2.5)
    _smile(clip, clip.pulse(2.15, 0.5, 0.35, 0.7), 0.5)
    clip.yaw = clip.yaw + clip.keys([(2.2, 0), (2.7, 3.5), (3.1, 2.5), (3.8, 0)])
    clip.roll = clip.roll + clip.keys([(2.2, 0), (2.8, -3.0), (3.8, 0)])
    return clip.motion("surprise")


def wink() -> Motion:
    """Look over, wink with the left eye, half a smile."""
    clip = Performance(3.6, seed=14)
    sway(clip)
    blink(clip, 0.35)
    hint = clip.keys([(0.8, 0), (1.4, 1), (2.6, 0.9), (3.3, 0)])
    clip.yaw = clip.yaw + 7 * hint
    clip.gaze[0] -= 6 * hint
    clip.roll = clip.roll + 5 * hint
    clip.add("mouthSmileLeft", 0.55 * hint)
    clip.add("mouthSmileRight", 0.22 * hint)
    clip.add("mouthDimpleLeft", 0.2 * hint)
    clip.add("mouthLeft", 0.07 * hint)
    close = clip.pulse(1.6, 0.14, 0.3, 0.3)
    clip.add("eyeBlinkLeft", 1.0 * close)
    clip.add("eyeSquintLeft", 0.5 * close)
    clip.add("cheekSquintLeft", 0.65 * close)
    clip.add("browDownLeft", 0.35 * close)
    clip.add("mouthSmileLeft", 0.15 * close)
    clip.add("mouthUpperUpLeft", 0.1 * close)
    clip.add("browOuterUpRight", 0.3 * close)
    clip.add("eyeSquintRight", 0.08 * close)
    clip.pitch = clip.pitch - 2.5 * close
    blink(clip, 2.75)
    return clip.motion("wink")


def look_around() -> Motion:
    """Look to one side, up, to the other side, down and back."""
    clip = Performance(6.0, seed=15)
    sway(clip, 0.7)
    look(
        clip,
        [
            (0.35, -30.0, 2.0),
            (1.45, -18.0, 14.0),
            (2.35, 30.0, 4.0),
            (3.55, 20.0, -13.0),
            (4.4, 0.0, 0.0),
        ],
    )
    blinks(clip, 0.38, 2.4, 4.42)
    clip.add("browInnerUp", 0.25 * clip.pulse(1.5, 0.3, 0.4, 0.4))
    clip.both("browOuterUp", 0.2 * clip.pulse(1.5, 0.3, 0.4, 0.4))
    clip.both("eyeWide", 0.2 * clip.pulse(1.5, 0.3, 0.4, 0.4))
    _smile(clip, clip.pulse(4.6, 0.4, 0.25, 0.5), 0.35)
    return clip.motion("look-around")


def nod() -> Motion:
    """Nod three times, each less, and agree with a smile."""
    clip = Performance(3.6, seed=16)
    sway(clip, 0.7)
    down = clip.keys(
        [
            (0.5, 0),
            (0.72, 2.5),
            (0.98, -10),
            (1.24, 0.5),
            (1.5, -8),
            (1.76, 0),
            (2.02, -5),
            (2.4, 0),
        ]
    )
    clip.pitch = clip.pitch + down
    clip.gaze[1] -= 0.7 * down
    clip.place[2] += -0.004 * down
    clip.both("mouthPress", 0.18 * clip.pulse(0.7, 0.3, 0.6, 0.5))
    clip.both("browOuterUp", 0.16 * clip.pulse(0.4, 0.25, 0.1, 0.4))
    clip.add("browInnerUp", 0.2 * clip.pulse(0.4, 0.25, 0.1, 0.4))
    _smile(clip, clip.keys([(0.9, 0), (1.7, 0.8), (2.6, 0.9), (3.3, 0)]), 0.4)
    blinks(clip, 0.86, 2.45)
    return clip.motion("nod")


def laugh() -> Motion:
    """Laugh out loud in two bursts that die away."""
    clip = Performance(5.0, seed=17)
    sway(clip)
    mirth = clip.keys([(0.4, 0), (0.95, 0.9), (1.2, 1), (2.9, 0.9), (3.6, 0.45), (4.6, 0)])
    _smile(clip, mirth, 0.85)
    force = clip.keys(
        [(0.75, 0), (1.05, 1), (1.9, 0.5), (2.1, 0.25), (2.35, 0.9), (3.3, 0.1), (3.7, 0)]
    )
    shake = 0.5 - 0.5 * np.cos(2 * np.pi * 4.6 * (clip.time - 0.75))
    clip.add("jawOpen", force * (0.2 + 0.17 * shake))
    clip.both("mouthUpperUp", 0.2 * force)
    clip.both("mouthLowerDown", 0.22 * force * (0.6 + 0.4 * shake))
    clip.both("eyeBlink", 0.3 * force)
    clip.both("noseSneer", 0.14 * force)
    clip.pitch = clip.pitch + force * (4.5 + 1.1 * shake)
    clip.place[1] += 0.025 * force * shake
    clip.yaw = clip.yaw + clip.keys([(0.6, 0), (1.6, 5), (2.6, -4), (3.8, 0)])
    clip.roll = clip.roll + clip.keys([(0.6, 0), (1.5, 4), (2.6, -3), (3.8, 0)])
    blinks(clip, 0.5, 2.0, 3.55)
    return clip.motion("laugh")


def showcase() -> Motion:
    """Turn both ways with a growing smile, say a few words, wink: a little of everything."""
    clip = Performance(6.0, seed=18)
    sway(clip, 0.8)
    look(clip, [(0.25, -27.0, 2.0), (1.15, 27.0, 3.0), (2.15, 0.0, 0.0)])
    _smile(clip, clip.keys([(0.5, 0), (1.6, 0.8), (2.2, 0.7), (2.7, 0)]), 0.7)
    breathe(clip, 2.3)
    end = speak(clip, 2.55, "kel'ou ai at al'aif")
    hint = clip.keys([(end - 0.1, 0), (end + 0.4, 1), (5.2, 0.9), (5.9, 0)])
    _smile(clip, hint, 0.6)
    clip.roll = clip.roll + 5 * hint
    clip.yaw = clip.yaw + 5 * hint
    clip.gaze[0] -= 5 * hint
    close = clip.pulse(4.55, 0.14, 0.26, 0.28)
    clip.add("eyeBlinkLeft", close)
    clip.add("cheekSquintLeft", 0.5 * close)
    clip.add("eyeSquintLeft", 0.3 * close)
    clip.add("browDownLeft", 0.3 * close)
    clip.add("browOuterUpRight", 0.3 * close)
    clip.pitch = clip.pitch - 2.5 * close
    blinks(clip, 0.3, 1.18, 2.2, 3.7)
    return clip.motion("showcase")


def _smile(clip: Performance, track: Track, reach: float) -> None:
    """Smile with the eyes too: a mouth alone looks false."""
    strong = np.clip(track * reach - 0.3, 0, 1)
    clip.both("mouthSmile", 0.85 * reach * track, skew=0.08)
    clip.both("cheekSquint", 0.55 * reach * track)
    clip.both("eyeSquint", 0.35 * reach * track)
    clip.both("mouthDimple", 0.2 * reach * track, skew=0.2)
    clip.both("mouthUpperUp", 0.45 * strong)
    clip.both("mouthLowerDown", 0.2 * strong)
    clip.add("jawOpen", 0.14 * strong)
    clip.both("browOuterUp", 0.08 * reach * track)


SCENES: dict[str, Callable[[], Motion]] = {
    "talk": talk,
    "smile": smile,
    "surprise": surprise,
    "wink": wink,
    "look-around": look_around,
    "nod": nod,
    "laugh": laugh,
    "showcase": showcase,
}
