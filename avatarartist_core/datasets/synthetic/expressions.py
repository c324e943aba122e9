"""Expressions and looks as faces make them: coefficients that go together, most faces calm."""

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.gaze import look_coefficients

Shape = dict[str, float]

_BOTH = frozenset(
    name[:-4] for name in ARKIT if name.endswith("Left") and f"{name[:-4]}Right" in ARKIT
)

_ALONE = tuple(
    sorted(
        {
            name[:-4] if name[:-4] in _BOTH else name
            for name in ARKIT
            if not name.endswith("Right") or name[:-5] not in _BOTH
            if not name.startswith(("eyeLook", "eyeBlink", "tongue", "mouthClose"))
        }
    )
)
"""What faces do by itself, without a side where there are two."""

MOODS: dict[str, Shape] = {
    "smile": {"mouthSmile": 0.8, "cheekSquint": 0.5, "eyeSquint": 0.35, "mouthDimple": 0.2},
    "laugh": {
        "mouthSmile": 0.9, "jawOpen": 0.45, "cheekSquint": 0.7, "eyeSquint": 0.5,
        "mouthUpperUp": 0.4, "mouthLowerDown": 0.3, "mouthStretch": 0.2,
    },
    "toothy": {"mouthSmile": 0.8, "mouthUpperUp": 0.5, "mouthLowerDown": 0.4, "jawOpen": 0.06},
    "sad": {"mouthFrown": 0.7, "browInnerUp": 0.8, "mouthShrugLower": 0.4, "eyeSquint": 0.2},
    "angry": {"browDown": 0.9, "noseSneer": 0.5, "mouthPress": 0.4, "eyeSquint": 0.4},
    "shout": {"browDown": 0.6, "jawOpen": 0.8, "mouthUpperUp": 0.5,
              "mouthLowerDown": 0.6, "noseSneer": 0.5},
    "surprise": {"browInnerUp": 0.8, "browOuterUp": 0.8, "eyeWide": 0.8, "jawOpen": 0.4},
    "disgust": {"noseSneer": 0.9, "mouthUpperUp": 0.6, "browDown": 0.5, "mouthFrown": 0.3},
    "doubt": {"mouthPress": 0.5, "mouthShrugUpper": 0.3, "mouthShrugLower": 0.5,
              "browInnerUp": 0.3},
    "kiss": {"mouthPucker": 0.9, "mouthFunnel": 0.1, "cheekPuff": 0.1},
    "puff": {"cheekPuff": 0.9, "mouthPress": 0.4, "mouthPucker": 0.2},
    "yawn": {"jawOpen": 1.0, "eyeBlink": 0.7, "browInnerUp": 0.4, "mouthStretch": 0.3},
}  # fmt: skip
"""Whole faces; a name without a side stands for both."""

SOUNDS: dict[str, Shape] = {
    "aa": {"jawOpen": 0.55, "mouthLowerDown": 0.2, "mouthUpperUp": 0.1},
    "ee": {"jawOpen": 0.15, "mouthStretch": 0.4, "mouthSmile": 0.3, "mouthLowerDown": 0.25},
    "oh": {"jawOpen": 0.4, "mouthFunnel": 0.5, "mouthPucker": 0.2},
    "oo": {"jawOpen": 0.15, "mouthPucker": 0.7, "mouthFunnel": 0.3},
    "mm": {"mouthClose": 0.05, "mouthPress": 0.4, "mouthRollLower": 0.3, "mouthRollUpper": 0.3},
    "ff": {"jawOpen": 0.08, "mouthRollLower": 0.6, "mouthUpperUp": 0.25},
    "sh": {"jawOpen": 0.12, "mouthFunnel": 0.6, "mouthLowerDown": 0.2},
    "th": {"jawOpen": 0.2, "mouthLowerDown": 0.15, "mouthUpperUp": 0.15},
}
"""Mouths of speech."""


def random_expression(rng: np.random.Generator) -> Floats:
    """Draw (52,) coefficients without the eight of the look, which ``with_look`` adds.

    A quarter is at rest but for small movements; the others mix a mood, a sound and single
    movements. Both sides go together, one a little stronger.
    """
    face = np.zeros(len(ARKIT), np.float32)
    skew = float(np.clip(rng.normal(0, 0.12), -0.4, 0.4))
    _lay(face, {name: abs(rng.normal(0, 0.05)) for name in _single(rng, 6)}, 1.0, skew)
    if rng.random() < 0.25:
        return np.clip(face, 0, 1)
    if rng.random() < 0.55:
        name = tuple(MOODS)[_weighted(rng, [5, 2, 3, 1, 1, 1, 1.5, 0.7, 1, 0.8, 0.5, 0.3])]
        _lay(face, MOODS[name], float(rng.beta(2, 1.6)) * 1.1, skew)
    if rng.random() < 0.45:
        name = tuple(SOUNDS)[int(rng.integers(len(SOUNDS)))]
        _lay(face, SOUNDS[name], float(rng.uniform(0.3, 1.2)), skew)
    if rng.random() < 0.5:
        _lay(face, {name: float(rng.beta(1.2, 2.2)) for name in _single(rng, 3)}, 1.0, skew)
    if rng.random() < 0.16:
        _lay(face, {"eyeBlink": 1.0}, float(rng.beta(1.6, 0.8)), skew / 3)
        face[[ARKIT.index("eyeWideLeft"), ARKIT.index("eyeWideRight")]] = 0
    elif rng.random() < 0.03:
        face[ARKIT.index(f"eyeBlink{('Left', 'Right')[int(rng.integers(2))]}")] = 1.0
    _calm(face)
    return np.clip(face, 0, 1)


def random_gaze(rng: np.random.Generator) -> Floats:
    """Draw (2,) yaw and pitch of the eyes relative to the head, radians; most look ahead."""
    spread = np.radians((4.0, 2.5) if rng.random() < 0.6 else (12.0, 5.0))
    most = np.radians((25.0, 12.0))
    return np.clip(rng.normal(0, spread), -most, most).astype(np.float32)


def with_look(expression: Floats, gaze: Floats) -> Floats:
    """Return the (52,) expression with the look's eight coefficients as the (2,) gaze has them."""
    whole = expression.copy()
    for name, value in look_coefficients(gaze[None]).items():
        whole[ARKIT.index(name)] = value[0]
    return whole


def calmed(expression: Floats, rng: np.random.Generator) -> Floats:
    """Return a (52,) expression as portraits have them: half of them are much weaker."""
    return expression * np.float32(0.4 if rng.random() < 0.5 else 1.0)


def _single(rng: np.random.Generator, count: int) -> list[str]:
    """Pick movements that faces make alone; jaw and tongue moves are rare."""
    return [str(name) for name in rng.choice(_ALONE, count, replace=False)]


def _lay(face: Floats, shape: Shape, strength: float, skew: float) -> None:
    """Add a shape, the left side stronger by ``skew``."""
    for name, value in shape.items():
        if name in _BOTH:
            face[ARKIT.index(f"{name}Left")] += value * strength * (1 + skew)
            face[ARKIT.index(f"{name}Right")] += value * strength * (1 - skew)
        else:
            face[ARKIT.index(name)] += value * strength


def _calm(face: Floats) -> None:
    """Take back what no face does at once: a puckered wide grin, a shut mouth that is open."""

    def at(name: str) -> int:
        return ARKIT.index(name)

    round_mouth = max(face[at("mouthPucker")], face[at("mouthFunnel")])
    for name in ("mouthSmile", "mouthStretch", "mouthDimple"):
        for side in ("Left", "Right"):
            face[at(name + side)] *= 1 - 0.7 * min(round_mouth, 1)
    opened = min(face[at("jawOpen")] * 2, 1)
    for name in ("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper",
                 "mouthPressLeft", "mouthPressRight", "cheekPuff"):  # fmt: skip
        face[at(name)] *= 1 - 0.8 * opened
    for side in ("Left", "Right"):
        face[at("eyeSquint" + side)] *= 1 - min(face[at("eyeBlink" + side)], 1)


def _weighted(rng: np.random.Generator, weights: list[float]) -> int:
    shares = np.array(weights) / sum(weights)
    return int(rng.choice(len(weights), p=shares))
