"""Makes lids and lips meet: closed lids end at the lower lid, resting lips leave no slit."""

import numpy as np

from avatarartist_core.heads.build.identity import mirrored
from avatarartist_core.heads.build.makehuman import Doubles, Indices
from avatarartist_core.heads.build.surface import Surface

_LID_OVERLAP = 0.02  # decimetres that a closed upper lid goes past the edge of the lower one
_LID_SOFT = 0.004
_LIP_OVERLAP = 0.012
_LIP_REACH = 0.09  # how far from the slit lip skin follows
_SIDES = ("Left", "Right")


def symmetric(expressions: dict[str, Doubles], surface: Surface) -> dict[str, Doubles]:
    """Make each left expression the exact mirror of its right one, the others symmetric."""
    evened = {}
    for name, offsets in expressions.items():
        other = opposite(name)
        evened[name] = (offsets + mirrored(expressions[other], surface.mirror)) / 2
    return evened


def opposite(name: str) -> str:
    """Return the name of an expression on the other side of the face."""
    for here, there in (_SIDES, _SIDES[::-1]):
        if name.endswith(here):
            return name.removesuffix(here) + there
    return name


def rim(surface: Surface, cavity: str) -> Indices:
    """List the vertices where the outer skin turns into a cavity."""
    return np.intersect1d(surface.vertices_of("skin"), surface.vertices_of(cavity))


def meet_lids(rest: Doubles, blink: Doubles, surface: Surface) -> Doubles:
    """Stop the upper lid of a left blink where it has just passed the lower lid's edge.

    Args:
        rest: (V, 3) the mean head.
        blink: (V, 3) offsets of ``eyeBlinkLeft``.
        surface: where the lids are.
    """
    edge = rim(surface, "eye_socket")
    edge = edge[rest[edge, 0] > 0]
    closed = rest + blink
    inner, outer = closed[edge, 0].min(), closed[edge, 0].max()
    corners = closed[edge[[closed[edge, 0].argmin(), closed[edge, 0].argmax()]], 1]
    lower = edge[blink[edge, 1] > -0.008]
    lower = lower[np.argsort(closed[lower, 0])]
    along = (closed[:, 0] - inner) / (outer - inner)
    between = np.clip(25 * along * (1 - along), 0, 1)
    line = np.interp(closed[:, 0], closed[lower, 0], closed[lower, 1])
    line = np.minimum(line, np.interp(along, [0, 1], corners)) - _LID_OVERLAP * between
    stopped = line + _LID_SOFT * np.logaddexp(0, (closed[:, 1] - line) / _LID_SOFT)
    near = np.linalg.norm(rest[:, None] - rest[edge], axis=2).min(1) < 0.12
    beyond = np.maximum(inner - closed[:, 0], closed[:, 0] - outer)
    share = near * (1 - smooth(beyond, 0.01, 0.06)) * smooth(-blink[:, 1], 0.005, 0.02)
    better = blink.copy()
    better[:, 1] += share * (stopped - closed[:, 1])
    return better


def close_lips(posed: Doubles, jaw: Doubles, surface: Surface) -> Doubles:
    """Return (V, 3) offsets that bring the lips of a head together wherever a slit is left.

    Args:
        posed: (V, 3) the head with nearly closed lips.
        jaw: (V, 3) offsets of ``jawOpen``, which tell the lower lip from the upper one.
        surface: where the lips are.
    """
    edge = rim(surface, "mouth_cavity")
    distance = np.linalg.norm(posed[:, None] - posed[edge], axis=2).min(1)
    skin = np.isin(np.arange(len(posed)), surface.vertices_of("skin", "mouth_cavity"))
    lip = skin & (distance < _LIP_REACH)
    corner = edge[posed[edge, 0].argmax()]
    reach = posed[corner, 0]
    hinge = np.interp(np.abs(posed[:, 0]), [0, reach], [0.5 * jaw[edge, 1].min(), jaw[corner, 1]])
    is_lower = jaw[:, 1] < hinge
    columns = np.linspace(-reach, reach, 61)[1:-1]
    top = _envelope(posed[lip & is_lower], columns)
    bottom = -_envelope(posed[lip & ~is_lower] * [1, -1, 1], columns)
    slit = np.maximum(bottom - top + _LIP_OVERLAP, 0)
    slit = np.convolve(np.pad(slit, 2, mode="edge"), np.full(5, 0.2), "valid")
    move = np.interp(posed[:, 0], columns, slit / 2, left=0.0, right=0.0)
    move *= lip * (1 - smooth(distance, 0.03, _LIP_REACH))
    offsets = np.zeros_like(posed)
    offsets[:, 1] = np.where(is_lower, move, -move)
    return offsets


def _envelope(points: Doubles, columns: Doubles) -> Doubles:
    """Return the highest y of (N, 3) points near each column of x."""
    near = np.abs(points[:, 0] - columns[:, None]) < 0.02
    highest = np.where(near, points[:, 1], -np.inf).max(1)
    found = np.isfinite(highest)
    return np.interp(columns, columns[found], highest[found])


def smooth(value: Doubles, low: float, high: float) -> Doubles:
    """Rise from 0 at ``low`` to 1 at ``high`` with flat ends."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
