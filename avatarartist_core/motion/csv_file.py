"""Motion as CSV: one row a frame, what is stated once in comment lines above the header."""

import io
import json
import math
from pathlib import Path

import numpy as np

from avatarartist_core.data import Motion
from avatarartist_core.errors import InputError, did_you_mean
from avatarartist_core.motion import livelink
from avatarartist_core.motion.rows import COLUMNS, Header, header_of, motion_of, values_of
from avatarartist_core.motion.timing import Columns, steady

FORMAT = "avatarartist-motion 1"
KNOWN = {name.lower(): name for name in ("time", *COLUMNS, "tracked")}


def write_csv(motion: Motion) -> str:
    """Lay out a motion as text; residual and embedding are left out."""
    header = header_of(motion)
    out = io.StringIO()
    stated = {"fps": header.fps, "name": header.name, "topology": header.topology}
    out.write(f"# format = {FORMAT}\n")
    for key, value in stated.items():
        out.write(f"# {key} = {json.dumps(value)}\n")
    for name, number in header.neutral.items():
        out.write(f"# neutral.{name} = {number:.7g}\n")
    if header.identity is not None:
        out.write(f"# identity = [{', '.join(f'{score:.7g}' for score in header.identity)}]\n")
    out.write(",".join(("time", *COLUMNS, "tracked")) + "\n")
    rows = zip(values_of(motion).tolist(), motion.tracked.tolist(), strict=True)
    for index, (values, tracked) in enumerate(rows):
        cells = [f"{index / motion.fps:.9g}", *(f"{value:.7g}" for value in values)]
        out.write(",".join((*cells, "1" if tracked else "0")) + "\n")
    return out.getvalue()


def read_csv(path: Path, text: str) -> Motion:
    """Read our own CSV or one that Live Link Face exported.

    Raises:
        InputError: it is neither, or a cell holds no finite number.
    """
    lines = text.splitlines()
    header = _header(path, [line for line in lines if line.startswith("#")])
    numbered = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if len(numbered) < 2:
        raise InputError(f"{path} holds no frames", "A motion file has a header and a row a frame.")
    separator = max(",;\t", key=numbered[0][1].count)
    names, *rows = [
        [cell.strip().strip('"') for cell in line.split(separator)] for _, line in numbered
    ]
    if livelink.is_header(names):
        return livelink.motion_of_rows(path, names, rows)
    columns = _columns(path, names, rows, [number for number, _ in numbered[1:]], separator)
    times = columns.pop("time", None)
    fps, columns = steady(path, times, header.fps, columns)
    count = len(next(iter(columns.values()))) if columns else 0
    tracked = columns.pop("tracked", np.ones(count)) > 0.5
    return motion_of(path, columns, tracked, header, fps)


def _columns(
    path: Path, names: list[str], rows: list[list[str]], lines: list[int], separator: str
) -> Columns:
    known = {
        place: KNOWN[name.lower()] for place, name in enumerate(names) if name.lower() in KNOWN
    }
    if len(set(known.values())) < len(known):
        twice = next(name for name in known.values() if list(known.values()).count(name) > 1)
        raise InputError(f"{path} has two columns named {twice!r}", "Remove one of them.")
    if not set(known.values()) & set(COLUMNS):
        guess = next(filter(None, (did_you_mean(name, COLUMNS) for name in names)), "")
        raise InputError(
            f"{path} has no column named like an ARKit coefficient or head angle{guess}",
            f"Its columns are {', '.join(names[:6])}...; expected jawOpen, headYaw...",
        )
    table = np.empty((len(rows), len(known)))
    for index, (row, line) in enumerate(zip(rows, lines, strict=True)):
        if len(row) != len(names):
            raise InputError(
                f"{path} line {line} has {len(row)} cells, the header has {len(names)}",
                "The file may be cut off; remove the line or export it again.",
            )
        for position, (place, name) in enumerate(known.items()):
            table[index, position] = number_in(path, row[place], name, line, separator)
    return {name: table[:, position] for position, name in enumerate(known.values())}


def number_in(path: Path, cell: str, name: str, line: int, separator: str = ",") -> float:
    """Read one finite number; with ``;`` between cells a decimal comma is read too.

    Raises:
        InputError: naming line and column.
    """
    text = cell.strip()
    if separator != ",":
        text = text.replace(",", ".")
    text = {"true": "1", "false": "0"}.get(text.lower(), text)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{path} line {line}: {name} is {cell!r}, not a finite number",
            "Mend or remove that line.",
        )
    return value


def _header(path: Path, comments: list[str]) -> Header:
    stated: dict[str, object] = {}
    for comment in comments:
        key, equals, value = comment.lstrip("# ").partition("=")
        if not equals:
            continue
        try:
            stated[key.strip()] = json.loads(value)
        except ValueError:
            stated[key.strip()] = value.strip()
    return header_from(path, stated)


def header_from(path: Path, stated: dict[str, object]) -> Header:
    """Check what a file states once.

    Raises:
        InputError: a value is of the wrong kind.
    """
    fps, identity = stated.get("fps"), stated.get("identity")
    neutral = {
        KNOWN.get(key.removeprefix("neutral.").lower(), key): value
        for key, value in stated.items()
        if key.startswith("neutral.")
    }
    numbers = [fps, *neutral.values(), *(identity if isinstance(identity, list) else ())]
    good = all(_is_number(value) for value in numbers if value is not None)
    if not good or not isinstance(identity, list | None):
        raise InputError(
            f"{path}: fps, neutral and identity must be finite numbers", "Mend the lines above."
        )
    return Header(
        fps=None if fps is None else float(str(fps)),
        name=str(stated.get("name") or ""),
        topology=str(stated.get("topology") or "anny-head"),
        neutral={key: float(str(value)) for key, value in neutral.items()},
        identity=None if identity is None else tuple(float(score) for score in identity),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
