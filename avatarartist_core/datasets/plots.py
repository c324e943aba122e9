"""Plots of a data set: records by style, head poses, strength of expressions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from avatarartist_core.data import Picture
from avatarartist_core.datasets.statistics import Statistics

_WIDTH, _MARGIN, _ROW = 1500, 40, 22
_GROUND, _INK, _FAINT = (250, 249, 246), (38, 37, 40), (200, 197, 190)
_BAR, _DOT, _SPREAD = (74, 122, 166), (196, 82, 62), (160, 188, 212)
_REACH = 60  # degrees to each side of the poses' plot
_POSES = 460  # pixels of a side of it

Box = tuple[int, int, int, int]


def plots(found: Statistics) -> Picture:
    """Draw all plots onto one picture, (H, 1500, 3) uint8 RGB."""
    rows = max(len(found.domains), 1)
    above = max(_POSES + 60, rows * _ROW + 60)
    expressions = sorted(found.expressions())
    half = -(-len(expressions) // 2)
    height = 2 * _MARGIN + above + 70 + half * _ROW
    image = Image.new("RGB", (_WIDTH, height), _GROUND)
    draw = ImageDraw.Draw(image)
    middle = _WIDTH // 2
    title = f"{found.records} records, {len(found.domains)} domains"
    _heading(draw, title, _MARGIN, _MARGIN)
    bars = [(name, float(count), 0.0) for name, count in found.domains.items()]
    _bars(draw, bars, (_MARGIN, _MARGIN + 40, middle - _MARGIN, 0), "{:.0f}")
    _heading(draw, "head yaw (right) and pitch (up), degrees", middle, _MARGIN)
    _poses(draw, found, (middle + 40, _MARGIN + 40))
    top = _MARGIN + above + 20
    _heading(draw, "expressions: mean, and spread behind it", _MARGIN, top)
    strengths = [(name, mean, spread) for name, (mean, spread, _) in expressions]
    for column, part in enumerate((strengths[:half], strengths[half:])):
        left = _MARGIN + column * (middle - _MARGIN)
        _bars(draw, part, (left, top + 40, left + middle - 2 * _MARGIN, 0), "{:.2f}", strengths)
    return np.asarray(image)


def _heading(draw: ImageDraw.ImageDraw, words: str, left: int, top: int) -> None:
    draw.text((left, top), words, _INK, ImageFont.load_default(20))


def _bars(
    draw: ImageDraw.ImageDraw,
    rows: Sequence[tuple[str, float, float]],
    box: Box,
    form: str,
    scale: Sequence[tuple[str, float, float]] = (),
) -> None:
    """Draw (name, value, spread) as bars one under the other, all on the scale of ``scale``."""
    font = ImageFont.load_default(14)
    left, top, right, _ = box
    start = left + 190
    most = max((max(value, spread) for _, value, spread in scale or rows), default=0) or 1.0
    step = (right - start - 60) / most
    for number, (name, value, spread) in enumerate(rows):
        y = top + number * _ROW
        draw.text((start - 10, y + 8), name, _INK, font, anchor="rm")
        if spread:
            draw.rectangle((start, y + 1, start + spread * step, y + 15), _SPREAD)
        end = start + max(value, 0) * step
        draw.rectangle((start, y + 3, end, y + 13), _BAR)
        draw.text(
            (max(end, start + spread * step) + 8, y + 8), form.format(value), _INK, font, "lm"
        )


def _poses(draw: ImageDraw.ImageDraw, found: Statistics, corner: tuple[int, int]) -> None:
    """Draw a dot for each record at its yaw and pitch."""
    font = ImageFont.load_default(13)
    left, top = corner
    step = _POSES / (2 * _REACH)
    for degrees in range(-_REACH, _REACH + 1, 20):
        x, y = left + (degrees + _REACH) * step, top + (_REACH - degrees) * step
        colour = _INK if degrees == 0 else _FAINT
        draw.line((x, top, x, top + _POSES), colour)
        draw.line((left, y, left + _POSES, y), colour)
        draw.text((x, top + _POSES + 12), str(degrees), _INK, font, anchor="mm")
        draw.text((left - 8, y), str(degrees), _INK, font, anchor="rm")
    radius = 3 if found.records < 2000 else 1
    for yaw, pitch in np.clip(found.degrees[:, :2], -_REACH, _REACH):
        x, y = left + (yaw + _REACH) * step, top + (_REACH - pitch) * step
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), _DOT)
