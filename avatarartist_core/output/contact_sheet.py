"""Pictures in a grid, a title under each: what one looks at to compare many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from avatarartist_core.data import Picture

GROUND, BLANK = (250, 249, 246), (236, 234, 229)
INK, FAINT = (38, 37, 40), (128, 124, 118)
_MARGIN, _GAP, _TITLE, _SMALL = 0.11, 0.09, 0.082, 0.06  # parts of a picture's side
_WIDE = 1.6  # a sheet's width over its height, about


@dataclass(frozen=True, eq=False)
class Cell:
    """One place of the grid.

    Attributes:
        title: what stands under it; what does not fit is cut.
        picture: (P, P, 3) uint8 RGB of any size; None: there is none.
        fault: why there is none; it stands where the picture would.
    """

    title: str
    picture: Picture | None
    fault: str = ""


def contact_sheet(cells: Sequence[Cell], side: int = 256, columns: int | None = None) -> Picture:
    """Lay cells out row by row.

    Args:
        cells: at least one.
        side: of each picture in pixels.
        columns: cells in a row; None: as many as make a wide sheet with few empty places.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    columns = columns or columns_for(len(cells))
    rows = math.ceil(len(cells) / columns)
    margin, gap, title = (round(part * side) for part in (_MARGIN, _GAP, _TITLE))
    step, caption = side + gap, round(1.9 * title)
    width = 2 * margin + columns * side + (columns - 1) * gap
    height = 2 * margin + rows * (side + caption) + (rows - 1) * gap
    sheet = Image.new("RGB", (width, height), GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(title)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        left, top = margin + column * step, margin + row * (step + caption)
        if cell.picture is None:
            draw.rectangle((left, top, left + side - 1, top + side - 1), BLANK)
            _write_fault(draw, cell.fault, left, top, side)
        else:
            sheet.paste(Image.fromarray(scaled(cell.picture, side)), (left, top))
        words = _cut(cell.title, font, side)
        draw.text((left, top + side + round(1.4 * title)), words, INK, font, anchor="ls")
    return np.asarray(sheet)


def columns_for(count: int) -> int:
    """Choose how many of ``count`` cells stand in a row: a wide sheet, its last row well filled."""
    best = math.sqrt(_WIDE * count)
    tried = range(max(1, math.floor(0.8 * best)), math.ceil(1.2 * best) + 1)
    return min(tried, key=lambda columns: (-count % columns, abs(columns - best)))


def scaled(picture: Picture, side: int) -> Picture:
    """Bring a (P, P, 3) picture to ``side`` pixels; smaller pixels are averaged."""
    if picture.shape[:2] == (side, side):
        return picture
    way = cv2.INTER_AREA if side < picture.shape[0] else cv2.INTER_CUBIC
    small: Picture = cv2.resize(picture, (side, side), interpolation=way)
    return small


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _write_fault(draw: ImageDraw.ImageDraw, fault: str, left: int, top: int, side: int) -> None:
    """Write why there is no picture, in lines, cut where the place ends."""
    size = max(8, round(_SMALL * side))
    font, inset, step = ImageFont.load_default(size), round(0.1 * side), round(1.35 * size)
    for number, line in enumerate(_lines(fault, font, side - 2 * inset)):
        down = inset + size + number * step
        if down > side - inset:
            break
        draw.text((left + inset, top + down), line, FAINT, font, anchor="ls")


def _lines(text: str, font: Font, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` pixels; a longer word is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(_cut(word, font, width))
    return lines


def _cut(text: str, font: Font, width: int) -> str:
    """Shorten a text to ``width`` pixels, an ellipsis where something is left out."""
    while font.getlength(text) > width and len(text) > 1:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text
