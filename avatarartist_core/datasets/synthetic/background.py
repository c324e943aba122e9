"""What stands behind a person: plain walls, gradients, blurred noise, lights out of focus."""

import cv2
import numpy as np

from avatarartist_core.data import Floats, Picture
from avatarartist_core.datasets.synthetic.noise import rough, smooth
from avatarartist_core.datasets.synthetic.tones import any_colour, cloth_colour


def random_background(rng: np.random.Generator, side: int) -> Picture:
    """Draw a (side, side, 3) picture."""
    kinds = (_plain, _gradient, _blurred, _lights, _room)
    kind = kinds[int(rng.choice(len(kinds), p=[0.2, 0.25, 0.25, 0.15, 0.15]))]
    drawn = kind(rng, side) + rng.standard_normal((side, side, 1), dtype=np.float32) * 0.006
    return np.clip(drawn * 255 + 0.5, 0, 255).astype(np.uint8)


def _plain(rng: np.random.Generator, side: int) -> Floats:
    return np.ones((side, side, 3), np.float32) * _wall(rng)


def _gradient(rng: np.random.Generator, side: int) -> Floats:
    """Go from one colour to another along a line or round a spot."""
    rows, columns = np.mgrid[:side, :side].astype(np.float32) / side
    if rng.random() < 0.5:
        turn = rng.uniform(0, 2 * np.pi)
        at = (columns - 0.5) * np.cos(turn) + (rows - 0.5) * np.sin(turn) + 0.5
    else:
        x, y = rng.uniform(0.2, 0.8, 2)
        at = np.hypot(columns - x, rows - y) / rng.uniform(0.6, 1.1)
    at = np.clip(at, 0, 1)[..., None].astype(np.float32)
    first = _wall(rng)
    second = _wall(rng) if rng.random() < 0.4 else first * np.float32(rng.uniform(0.2, 0.8))
    return np.asarray(first * (1 - at) + second * at, np.float32)


def _blurred(rng: np.random.Generator, side: int) -> Floats:
    """Blur coloured noise, as leaves and streets look out of focus."""
    cells = int(rng.integers(3, 14))
    shapes = smooth(rng, side, cells, 3) * 0.4 + smooth(rng, side, cells * 2) * 0.7
    return np.asarray(_wall(rng) * (1 + shapes * np.float32(rng.uniform(0.15, 0.6))), np.float32)


def _lights(rng: np.random.Generator, side: int) -> Floats:
    """Scatter soft discs over a dark ground."""
    ground = _gradient(rng, side) * np.float32(0.4)
    discs = np.zeros((side, side, 3), np.float32)
    for _ in range(int(rng.integers(6, 26))):
        x, y = (int(value) for value in rng.uniform(0, side, 2))
        colour = (any_colour(rng) * rng.uniform(0.1, 0.5)).tolist()
        cv2.circle(discs, (x, y), int(rng.uniform(0.02, 0.08) * side), colour, -1, cv2.LINE_AA)
    ground += discs
    return np.asarray(
        cv2.GaussianBlur(ground, (0, 0), side * rng.uniform(0.003, 0.012)), np.float32
    )


def _room(rng: np.random.Generator, side: int) -> Floats:
    """Stand blurred upright and level shapes before a wall."""
    room = _gradient(rng, side)
    for _ in range(int(rng.integers(3, 9))):
        left, top = rng.uniform(-0.2, 0.9, 2) * side
        width, height = rng.uniform(0.1, 0.6, 2) * side
        corners = (int(left), int(top)), (int(left + width), int(top + height))
        colour = tuple(float(value) for value in _wall(rng))
        cv2.rectangle(room, *corners, colour, -1)
    room *= 1 + 0.05 * rough(rng, side, 6)[..., None]
    return np.asarray(cv2.GaussianBlur(room, (0, 0), side * rng.uniform(0.01, 0.05)), np.float32)


def _wall(rng: np.random.Generator) -> Floats:
    return any_colour(rng) if rng.random() < 0.4 else cloth_colour(rng)
