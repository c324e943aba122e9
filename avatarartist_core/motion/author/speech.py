"""Speech without sound: visemes with dominance over one another, stress in head and brows."""

import re

import numpy as np

from avatarartist_core.motion.author.performance import Performance

Shape = dict[str, float]
"""Target coefficients of a viseme; names without a side stand for both."""

VISEMES: dict[str, Shape] = {
    "-": {"mouthSmile": 0.05},
    "p": {"mouthPress": 0.3, "mouthRollLower": 0.3, "mouthRollUpper": 0.22, "jawOpen": 0.02},
    "f": {"mouthRollLower": 0.4, "mouthUpperUp": 0.16, "jawOpen": 0.07, "mouthSmile": 0.04},
    "t": {"jawOpen": 0.13, "mouthLowerDown": 0.2, "mouthUpperUp": 0.1},
    "k": {"jawOpen": 0.19, "mouthLowerDown": 0.14, "mouthStretch": 0.08},
    "s": {"jawOpen": 0.06, "mouthLowerDown": 0.22, "mouthUpperUp": 0.1, "mouthStretch": 0.16},
    "x": {"jawOpen": 0.1, "mouthFunnel": 0.4, "mouthLowerDown": 0.16, "mouthUpperUp": 0.12},
    "r": {"jawOpen": 0.13, "mouthFunnel": 0.24, "mouthPucker": 0.2},
    "l": {"jawOpen": 0.2, "mouthLowerDown": 0.18, "mouthUpperUp": 0.08, "mouthSmile": 0.08},
    "a": {"jawOpen": 0.48, "mouthLowerDown": 0.24, "mouthUpperUp": 0.12},
    "e": {"jawOpen": 0.32, "mouthLowerDown": 0.24, "mouthStretch": 0.16, "mouthSmile": 0.16},
    "i": {"jawOpen": 0.18, "mouthSmile": 0.28, "mouthLowerDown": 0.2, "mouthDimple": 0.1},
    "o": {"jawOpen": 0.36, "mouthFunnel": 0.4, "mouthPucker": 0.14},
    "u": {"jawOpen": 0.14, "mouthPucker": 0.52, "mouthFunnel": 0.28},
}
"""p: p b m; f: f v; t: t d n th; k: k g; s: s z; x: sh ch j; r, l; vowels; ``-``: a pause."""

SIDED = frozenset(
    f"mouth{part}" for part in ("Press", "UpperUp", "LowerDown", "Stretch", "Smile", "Dimple")
)

SECONDS = dict.fromkeys("aeo", 0.15) | dict.fromkeys("iu", 0.13) | {"-": 0.18}
CONSONANT = 0.085

STRENGTH = {"p": 2.4, "f": 1.8, "u": 1.4, "o": 1.2, "x": 1.2, "t": 0.7, "k": 0.6, "l": 0.7}
"""How much a viseme prevails over its neighbours; closed lips prevail most."""

REACH = 0.075
"""Seconds after which a viseme has given way to its neighbours."""

BREATHS = {"mouthUpperUp": 0.05, "jawOpen": 0.07}


def speak(clip: Performance, start: float, text: str) -> float:
    """Mouth visemes.

    Args:
        clip: performance to add to.
        start: seconds at which the first viseme begins.
        text: letters of ``VISEMES``; a vowel after ``'`` is stressed; spaces are ignored.

    Returns:
        Seconds at which the last one ends.
    """
    sounds = re.findall(r"('?)([a-z-])", text)
    centres, stresses, shapes, strengths = [], [], [], []
    time = start
    for stress, letter in sounds:
        length = SECONDS.get(letter, CONSONANT) * (1.25 if stress else 1.0)
        centres.append(time + length / 2)
        shapes.append(VISEMES[letter])
        strengths.append(STRENGTH.get(letter, 1.0))
        stresses.append(1.0 if stress else 0.78)
        time += length
    names = sorted({name for shape in shapes for name in shape})
    away = np.abs(clip.time[:, None] - np.array(centres)) / REACH
    weight = np.array(strengths) * np.exp(-(away**1.6))
    silence = np.exp(-((np.maximum(start - clip.time, clip.time - time) / REACH).clip(-2, 8)))
    total = weight.sum(1) + 0.05 + 0.02 / np.maximum(silence, 1e-6)
    for name in names:
        targets = np.array([shape.get(name, 0.0) for shape in shapes]) * np.array(stresses)
        track = np.convolve((weight @ targets) / total, (0.2, 0.6, 0.2), "same")
        if name in SIDED:
            clip.both(name, track)
        else:
            clip.add(name, track)
    _gesture(clip, [centre for centre, (stress, _) in zip(centres, sounds, strict=True) if stress])
    return time


def breathe(clip: Performance, start: float) -> None:
    """Draw breath before speaking: lips part, the head lifts a little."""
    track = clip.pulse(start, 0.18, 0.04, 0.22)
    for name, reach in BREATHS.items():
        if name in SIDED:
            clip.both(name, reach * track)
        else:
            clip.add(name, reach * track)
    clip.pitch = clip.pitch + 1.0 * clip.pulse(start, 0.25, 0.05, 0.4)


def _gesture(clip: Performance, stresses: list[float]) -> None:
    """Beat the stressed syllables with the head, and some with the brows."""
    for index, centre in enumerate(stresses):
        beat = clip.pulse(centre - 0.16, 0.16, 0.04, 0.34)
        clip.pitch = clip.pitch - clip.random.uniform(1.6, 3.2) * beat
        clip.yaw = clip.yaw + clip.random.uniform(-2.2, 2.2) * beat
        clip.roll = clip.roll + clip.random.uniform(-1.2, 1.2) * beat
        if index % 2 == 0:
            raised = clip.pulse(centre - 0.2, 0.18, 0.12, 0.4)
            clip.add("browInnerUp", clip.random.uniform(0.14, 0.28) * raised)
            clip.both("browOuterUp", clip.random.uniform(0.1, 0.22) * raised, skew=0.15)
