"""Turns many heads into a mean and a few components of unit variance."""

from dataclasses import dataclass

import numpy as np

from avatarartist_core.heads.build.makehuman import Doubles, Indices


@dataclass(frozen=True, eq=False)
class Components:
    """A linear model of heads (V vertices, K components).

    Attributes:
        mean: (V, 3)
        basis: (K, V, 3) offsets for one standard deviation each, strongest first.
        explained: (n,) share of the weighted variance that the first 1, 2, ... components hold.
    """

    mean: Doubles
    basis: Doubles
    explained: Doubles


def face_weight(vertices: Doubles, eyes: Doubles, outer: Indices) -> Doubles:
    """Say how much each of (V, 3) vertices counts: 1 on the face, little on the scalp and torso.

    Args:
        vertices: the average head, decimetres.
        eyes: (3,) point between the eye centres.
        outer: the vertices of the outer skin; eyes, teeth and cavities hardly count.
    """
    distance = np.linalg.norm(vertices - (eyes + np.array([0, -0.35, -0.2])), axis=1)
    weight = np.clip(1.6 - distance / 1.1, 0.03, 1.0)
    weight[vertices[:, 1] < eyes[1] - 1.6] = 0.005
    inner = np.ones(len(vertices), bool)
    inner[outer] = False
    weight[inner] *= 0.1
    return weight


def align(heads: Doubles, onto: Doubles, weight: Doubles) -> Doubles:
    """Move, turn and scale (n, V, 3) heads onto (V, 3), least squares under (V,) weights."""
    share = weight / weight.sum()
    middle = share @ onto
    aim = (onto - middle) * share[:, None]
    aligned = np.empty_like(heads)
    for index, head in enumerate(heads):
        centred = head - share @ head
        left, stretch, right = np.linalg.svd(centred.T @ aim)
        sign = np.array([1, 1, np.sign(np.linalg.det(left @ right))])
        scale = (stretch * sign).sum() / (share @ (centred**2).sum(1))
        aligned[index] = scale * centred @ (left * sign) @ right + middle
    return aligned


def mirrored(heads: Doubles, mirror: Indices) -> Doubles:
    """Swap left and right of (..., V, 3) heads."""
    return heads[..., mirror, :] * [-1.0, 1.0, 1.0]


def components(heads: Doubles, weight: Doubles, count: int) -> Components:
    """Find ``count`` components of (n, V, 3) aligned heads by PCA under (V,) weights.

    The components are chosen where the weight is; everywhere else they carry what goes along.
    """
    mean = heads.mean(0)
    offsets = heads - mean
    rows = (offsets * np.sqrt(weight)[:, None]).reshape(len(heads), -1)
    variance, scores = np.linalg.eigh(rows @ rows.T)
    variance, scores = variance[::-1], scores[:, ::-1]
    unit = scores[:, :count] * np.sqrt(len(heads))
    basis = np.tensordot(unit.T, offsets, 1) / len(heads)
    flat = basis.reshape(count, -1)
    sign = np.sign(flat[np.arange(count), np.abs(flat).argmax(1)])
    return Components(mean, basis * sign[:, None, None], np.cumsum(variance) / variance.sum())
