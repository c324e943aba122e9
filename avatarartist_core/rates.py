"""Frame rates as exact fractions, so that clips of any length stay in step with their sound."""

from fractions import Fraction

STANDARD_RATES = tuple(
    Fraction(base * step, 1001 if broadcast else 1000)
    for base, step in ((24, 1000), (25, 1000), (30, 1000), (50, 1000), (60, 1000), (120, 1000))
    for broadcast in (False, True)
    if not (broadcast and base in (25, 50))
)
"""24, 25, 30, 50, 60, 120 and the broadcast rates 1000/1001 of them."""

TOLERANCE = Fraction(1, 5000)
"""Relative distance within which a rate is taken for a standard one: 29.97 is 30000/1001."""


def exact_rate(fps: float | Fraction) -> Fraction:
    """Turn frames a second into the fraction that was meant.

    Args:
        fps: a positive, finite rate such as 25, 29.97 or ``Fraction(30000, 1001)``.
    """
    rate = Fraction(fps)
    if rate <= 0:
        raise ValueError(f"a frame rate must be positive, not {fps}")
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    if abs(nearest - rate) <= nearest * TOLERANCE:
        return nearest
    return rate.limit_denominator(1001)
