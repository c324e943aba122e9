"""Where the eyes look, as ARKit's eight coefficients say it and as two angles."""

import numpy as np

from avatarartist_core.data import Floats
from avatarartist_core.motion import ARKIT

YAW_REACH = np.float32(np.radians(30.0))
PITCH_REACH = np.float32(np.radians(25.0))
"""Angles that a coefficient of 1 stands for."""

_PLACE = {name: index for index, name in enumerate(ARKIT)}


def gaze_from_coefficients(expression: Floats) -> Floats:
    """Read (T, 2) yaw, pitch in radians off (T, 52) coefficients: the mean of both eyes.

    Yaw is positive to the picture's right, which is the person's left.
    """

    def value(name: str) -> Floats:
        return expression[:, _PLACE[name]]

    left = value("eyeLookOutLeft") - value("eyeLookInLeft")
    right = value("eyeLookInRight") - value("eyeLookOutRight")
    up = value("eyeLookUpLeft") + value("eyeLookUpRight")
    down = value("eyeLookDownLeft") + value("eyeLookDownRight")
    return np.stack([(left + right) / 2 * YAW_REACH, (up - down) / 2 * PITCH_REACH], 1)


def look_coefficients(gaze: Floats) -> dict[str, Floats]:
    """Turn (T, 2) yaw, pitch in radians into the eight (T,) coefficients that follow them."""
    side, rise = gaze[:, 0] / YAW_REACH, gaze[:, 1] / PITCH_REACH
    to_right, to_left = np.clip(side, 0, 1), np.clip(-side, 0, 1)
    up, down = np.clip(rise, 0, 1), np.clip(-rise, 0, 1)
    return {
        "eyeLookOutLeft": to_right,
        "eyeLookInRight": to_right,
        "eyeLookInLeft": to_left,
        "eyeLookOutRight": to_left,
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": down,
        "eyeLookDownRight": down,
    }
