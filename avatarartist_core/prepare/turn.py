"""Quarter turns, for files whose orientation flag lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, HeadFit
from avatarartist_core.motion.angles import angles_from_rotation

_TOO_FAR = np.radians(60)


@dataclass(frozen=True)
class Turn:
    """A picture turned counter-clockwise by quarters.

    Attributes:
        quarters: 0 to 3.
        width, height: of the picture before, in pixels.
    """

    quarters: int
    width: int
    height: int

    def picture(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn the pixels."""
        return np.ascontiguousarray(np.rot90(picture, self.quarters))

    def to_file(self) -> Floats:
        """Return the (2, 3) map from the turned picture back."""
        w, h = self.width - 1, self.height - 1
        maps = (
            [[1, 0, 0], [0, 1, 0]],
            [[0, -1, w], [1, 0, 0]],
            [[-1, 0, w], [0, -1, h]],
            [[0, 1, 0], [-1, 0, h]],
        )
        return np.array(maps[self.quarters], np.float32)

    def landmarks(self, landmarks: Floats) -> Floats:
        """Turn (478, 3) landmarks."""
        back = self.to_file()
        turned = landmarks.copy()
        turned[:, :2] = (landmarks[:, :2] - back[:, 2]) @ back[:, :2]
        return turned


def upright(fit: HeadFit, width: int, height: int) -> Turn:
    """Say how to turn a picture whose head leans more than 60 degrees."""
    roll = float(angles_from_rotation(fit.rotation)[2])
    quarters = round(roll / (np.pi / 2)) % 4 if abs(roll) > _TOO_FAR else 0
    return Turn(quarters, width, height)
