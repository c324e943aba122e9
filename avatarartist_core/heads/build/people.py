"""Draws random people as weights of MakeHuman's targets: every age, origin and build."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.heads.build.makehuman import Doubles, MakeHuman

_AGES = ("baby", "child", "young", "old")
_LEVELS = ("min", "average", "max")
_ORIGINS = ("african", "asian", "caucasian")
_LOCAL = ("cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose")
_OPPOSITES = (
    ("decr", "incr"),
    ("down", "up"),
    ("in", "out"),
    ("backward", "forward"),
    ("concave", "convex"),
    ("compress", "uncompress"),
)
_PLACED = ("head-trans", "neck-trans")  # only moves the head about: alignment takes it out again
_SIDEWAYS = ("mouth-trans-in", "nose-trans-in")  # rarely far off the middle


@dataclass(frozen=True, eq=False)
class People:
    """n people.

    Attributes:
        age: (n,) 0 baby, 1/3 child, 2/3 young, 1 old.
        gender: (n,) 0 female, 1 male.
        muscle: (n,) in [0, 1].
        weight: (n,) in [0, 1].
        origin: (n, 3) shares of African, Asian, Caucasian, summing to 1.
    """

    age: Doubles
    gender: Doubles
    muscle: Doubles
    weight: Doubles
    origin: Doubles


AVERAGE = People(
    age=np.array([0.6]),
    gender=np.array([0.5]),
    muscle=np.array([0.5]),
    weight=np.array([0.5]),
    origin=np.full((1, 3), 1 / 3),
)
"""The person every other is aligned to."""


def random_people(count: int, rng: np.random.Generator) -> People:
    """Draw people from two years to old age."""
    origin = rng.uniform(0, 1, (count, 3))
    return People(
        age=rng.uniform(0.25, 1.0, count),
        gender=rng.uniform(0, 1, count),
        muscle=rng.uniform(0.3, 0.7, count),
        weight=rng.uniform(0.2, 0.8, count),
        origin=origin / origin.sum(1, keepdims=True),
    )


def macro_weights(people: People) -> dict[str, Doubles]:
    """Return the (n,) weight of each target under ``macrodetails``."""
    ages = dict(zip(_AGES, hats(people.age, len(_AGES)).T, strict=True))
    muscles = dict(zip(_LEVELS, hats(people.muscle, 3).T, strict=True))
    builds = dict(zip(_LEVELS, hats(people.weight, 3).T, strict=True))
    weights = {}
    for gender, male in (("female", 1 - people.gender), ("male", people.gender)):
        for age, of_age in ages.items():
            for origin, share in zip(_ORIGINS, people.origin.T, strict=True):
                weights[f"macrodetails/{origin}-{gender}-{age}"] = male * of_age * share
            for muscle, of_muscle in muscles.items():
                for build, of_build in builds.items():
                    name = f"macrodetails/universal-{gender}-{age}-{muscle}muscle-{build}weight"
                    weights[name] = male * of_age * of_muscle * of_build
    return weights


def local_weights(data: MakeHuman, count: int, rng: np.random.Generator) -> dict[str, Doubles]:
    """Draw the (count,) weights in [0, 1] of the face's local targets; both sides go together."""
    dials: dict[str, list[tuple[str, str]]] = {}
    for folder in _LOCAL:
        for low, high in pair_up(data.names(folder)):
            if (high or low).startswith(_PLACED):
                continue
            sides = low.removeprefix("l-").removeprefix("r-")
            dials.setdefault(f"{folder}/{sides}", []).append((f"{folder}/{low}", high))
    weights = {}
    for dial, targets in dials.items():
        together = rng.normal(0, 0.35, count) * (rng.random(count) < 0.5)
        if dial.endswith(_SIDEWAYS):
            together *= 0.3
        for low, high in targets:
            apart = rng.normal(0, 0.06, count) if len(targets) > 1 else 0.0
            turned = np.clip(together + apart, -1, 1)
            weights[low] = np.maximum(-turned, 0)
            if high:
                weights[f"{dial.split('/')[0]}/{high}"] = np.maximum(turned, 0)
    return weights


def pair_up(names: list[str]) -> list[tuple[str, str]]:
    """Pair targets that are opposite ends of one dial, like ``...-decr`` and ``...-incr``.

    A target without an opposite is paired with an empty name.
    """
    opposite = dict(_OPPOSITES)
    pairs, taken = [], set()
    for name in names:
        stem, _, end = name.rpartition("-")
        other = f"{stem}-{opposite[end]}" if end in opposite else ""
        if other in names:
            pairs.append((name, other))
            taken |= {name, other}
    return pairs + [(name, "") for name in names if name not in taken]


def hats(position: Doubles, anchors: int) -> Doubles:
    """Return (n, anchors) weights of linear interpolation between anchors evenly over [0, 1]."""
    places = np.linspace(0, 1, anchors)
    return np.maximum(0, 1 - np.abs(position[:, None] - places) * (anchors - 1))
