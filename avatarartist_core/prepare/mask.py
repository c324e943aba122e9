"""Where the person is: the file's own transparency when it says so, the network otherwise."""

import numpy as np
from numpy.typing import NDArray

from avatarartist_core.data import Floats, Picture
from avatarartist_core.interfaces import FaceFinder

_LEAST_SHARE = 0.02


def person_mask(picture: Picture, alpha: NDArray[np.uint8] | None, finder: FaceFinder) -> Floats:
    """Return the (P, P) mask of the person in [0, 1].

    Args:
        picture: (P, P, 3) crop.
        alpha: (P, P) opacity of the crop, or None.
        finder: segments when the opacity does not tell person from ground.
    """
    if alpha is not None and _tells(alpha):
        return alpha.astype(np.float32) / np.float32(255)
    return finder.person(picture)


def _tells(alpha: NDArray[np.uint8]) -> bool:
    clear, solid = (alpha < 64).mean(), (alpha > 192).mean()
    return bool(clear > _LEAST_SHARE and solid > _LEAST_SHARE)
