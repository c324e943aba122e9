"""Two results of one benchmark as ratios: below 1 is quicker or smaller than before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from avatarartist_core.errors import InputError

SAME = ("renderer", "size", "avatar", "machine")
"""What two results should agree in; where they do not, it is said."""


def read_result(path: Path, benchmark: str) -> dict[str, Any]:
    """Read what ``--json`` wrote.

    Raises:
        InputError: the file is missing, no JSON, or of another benchmark.
    """
    hint = "Write one: aa bench renderer NAME --json > FILE"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read the result {str(path)!r}: {(error.strerror or '').lower()}", hint
        ) from None
    except ValueError as error:
        raise InputError(f"{str(path)!r} is not JSON: {error}", hint) from None
    if not isinstance(values, dict) or values.get("benchmark") != benchmark:
        raise InputError(f"{str(path)!r} is no result of 'aa bench {benchmark}'", hint)
    return values


def ratios(now: dict[str, Any], before: dict[str, Any]) -> dict[str, float]:
    """Divide every figure of a result by the same of an earlier one; what one lacks is left out."""
    found = {}
    old, new = _figures(before), _figures(now)
    for name, value in new.items():
        if value and old.get(name):
            found[name] = value / old[name]
    return found


def differences(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Say in what the two were not alike, so that nobody reads a ratio for what it is not."""
    said = []
    for name in SAME:
        ours, theirs = now.get(name), before.get(name)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            said += [
                f"{name} {key} was {theirs.get(key)!r}, is {ours.get(key)!r}"
                for key in dict.fromkeys([*ours, *theirs])
                if ours.get(key) != theirs.get(key)
            ]
        elif ours != theirs:
            said.append(f"{name} was {theirs!r}, is {ours!r}")
    return said


def _figures(values: dict[str, Any]) -> dict[str, float]:
    """List the figures of a result by name: ``first``, ``following``, ``following/decoder``."""
    figures = {name: values.get(name) or 0.0 for name in ("load", "memory", "device_memory")}
    for phase in ("first", "following"):
        told = values.get(phase, {})
        figures[phase] = told.get("seconds", 0.0)
        for part in told.get("parts", []):
            figures[f"{phase}/{part['name']}"] = part["seconds"]
    return figures
