"""Rows at the times a file states, brought to a constant rate."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.errors import InputError
from avatarartist_core.rates import exact_rate

Columns = dict[str, NDArray[np.float64]]
"""(T,) values by column name."""

SLOWEST, FASTEST = 0.1, 240.0
"""Frames a second that a motion may have."""

MOST_FRAMES = 1_000_000
"""Frames after interpolation: eleven hours at 25 a second."""

LARGEST = 5.0
"""Coefficients beyond this are percents or rubbish."""


def steady(
    path: Path, times: NDArray[np.float64] | None, fps: float | None, columns: Columns
) -> tuple[float, Columns]:
    """Find the rate and, where rows are not evenly spaced, interpolate them to it.

    Args:
        path: file, for messages.
        times: (T,) seconds, or None when the file has none.
        fps: rate the file states, or None to take the average.
        columns: values to bring along.

    Raises:
        InputError: the times go backwards or stand still, or there is neither time nor rate.
    """
    if fps is not None and not SLOWEST <= fps <= FASTEST:
        raise InputError(
            f"{path}: fps is {fps:g}, not between {SLOWEST:g} and {FASTEST:g}", "Mend the fps."
        )
    if times is None or len(times) < 2:
        if fps is None and times is None:
            raise InputError(
                f"{path} states neither times nor a rate",
                "Add a 'time' column in seconds, or fps.",
            )
        return fps or 25.0, columns
    steps = np.diff(times)
    if not (steps > 0).all():
        row = int(np.argmin(steps > 0)) + 2
        raise InputError(
            f"{path}: time does not grow in row {row} ({times[row - 2]:g} s, then "
            f"{times[row - 1]:g} s)",
            "Rows must be in the order of their times.",
        )
    if fps is None:
        apart = np.maximum(np.round(steps / np.median(steps)), 1)  # 2 where a frame was dropped
        found = min(float(apart.sum() / steps.sum()), FASTEST)
        if found < SLOWEST:
            raise InputError(
                f"{path}: its rows are {1 / found if found else np.inf:g} s apart",
                "Times are in seconds; divide milliseconds by 1000.",
            )
        fps = float(exact_rate(found))
    span = float(times[-1] - times[0])
    if span * fps >= MOST_FRAMES:
        raise InputError(
            f"{path} lasts {span:g} s, more than {MOST_FRAMES} frames at {fps:g} a second",
            "Look for a time that is far from the one before.",
        )
    count = round(span * fps) + 1
    even = times[0] + np.arange(count) / fps
    if count == len(times) and np.abs(even - times).max() < 0.25 / fps:
        return fps, columns
    return fps, {name: np.interp(even, times, values) for name, values in columns.items()}
