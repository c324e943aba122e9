"""Frames at whatever times to frames at a constant rate."""

from collections.abc import Iterator
from fractions import Fraction

from avatarartist_core.data import Picture

LONGEST_HOLD = 10.0
"""Seconds one frame may be repeated for; a longer gap in the time stamps is a jump, not a pause."""


def constant_rate(stamped: Iterator[tuple[float, Picture]], fps: Fraction) -> Iterator[Picture]:
    """Show, at each tick of a clock, the last frame that has begun by then.

    A frame counts as begun half a tick early, so that stamps which were rounded (to milliseconds,
    say) give each frame of a steady clip exactly once.

    Args:
        stamped: (seconds, picture) in order; the first one is time zero.
        fps: ticks a second.
    """
    shown: Picture | None = None
    tick, origin, last = 0, 0.0, 0.0
    for time, picture in stamped:
        if shown is None:
            origin = last = time
        elif time < last or time - last > LONGEST_HOLD:
            origin += time - last - float(1 / fps)
        last = time
        while shown is not None and tick + 0.5 < (time - origin) * fps:
            yield shown
            tick += 1
        shown = picture
    if shown is not None:
        yield shown
