"""A clip in the making: named tracks over time that movements are added to."""

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Motion
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles
from avatarartist_core.motion.gaze import look_coefficients

FPS = 25
Track = NDArray[np.float64]
"""(T,) values of one coefficient, angle in degrees or place in head units."""

Keys = list[tuple[float, float]]
"""(seconds, value) in order."""

SETTLE = 0.6
"""Seconds in which idle movement fades in at the start and out at the end, so that clips loop."""


class Performance:
    """Tracks of one clip; movements add up.

    Attributes:
        time: (T,) seconds.
        random: source of all chance in the clip.
        expression: tracks by ARKit name.
        yaw, pitch, roll: head angles, degrees.
        place: (3, T) of the neck, head units.
        gaze: (2, T) yaw, pitch of the eyes in the head, degrees.
    """

    def __init__(self, seconds: float, seed: int) -> None:
        self.time: Track = np.arange(round(seconds * FPS) + 1) / FPS
        self.random = np.random.default_rng(seed)
        self.expression = {name: np.zeros_like(self.time) for name in ARKIT}
        self.yaw, self.pitch, self.roll = (np.zeros_like(self.time) for _ in range(3))
        self.place = np.zeros((3, len(self.time)))
        self.gaze = np.zeros((2, len(self.time)))

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return float(self.time[-1])

    @property
    def idle(self) -> Track:
        """0 at both ends of the clip, 1 between them."""
        to_end = np.minimum(self.time, self.seconds - self.time)
        return ease(np.clip(to_end / SETTLE, 0, 1))

    def keys(self, keys: Keys) -> Track:
        """Ease from key to key; the first and last value hold beyond them."""
        times, values = (np.array(column, float) for column in zip(*keys, strict=True))
        place = np.clip(np.searchsorted(times, self.time, "right") - 1, 0, len(keys) - 2)
        span = np.maximum(times[place + 1] - times[place], 1e-6)
        part = ease(np.clip((self.time - times[place]) / span, 0, 1))
        return values[place] + part * (values[place + 1] - values[place])

    def pulse(self, start: float, rise: float, hold: float, fall: float) -> Track:
        """Rise from 0 to 1 at ``start``, hold, and fall back."""
        top = start + rise
        return self.keys([(start, 0), (top, 1), (top + hold, 1), (top + hold + fall, 0)])

    def add(self, name: str, track: Track) -> None:
        """Add to one coefficient."""
        self.expression[name] = self.expression[name] + track

    def both(self, name: str, track: Track, skew: float = 0.06) -> None:
        """Add to the left and right coefficient, the left stronger by ``skew``, as faces are."""
        self.add(f"{name}Left", track * (1 + skew))
        self.add(f"{name}Right", track * (1 - skew))

    def motion(self, name: str) -> Motion:
        """Finish the clip."""
        gaze = np.radians(self.gaze.T).astype(np.float32)
        for coefficient, follow in look_coefficients(gaze).items():
            self.add(coefficient, follow.astype(np.float64))
        expression = np.stack([self.expression[key] for key in ARKIT], 1)
        angles = np.radians(np.stack([self.yaw, self.pitch, self.roll], 1))
        return Motion(
            fps=float(FPS),
            expression=np.clip(expression, 0, 1).astype(np.float32),
            rotation=rotation_from_angles(angles.astype(np.float32)),
            translation=self.place.T.astype(np.float32),
            gaze=gaze,
            tracked=np.ones(len(self.time), bool),
            name=name,
        )


def ease(part: Track) -> Track:
    """Go from 0 to 1 with the least jerk: still at both ends, quick between."""
    return part**3 * (10 - 15 * part + 6 * part**2)
