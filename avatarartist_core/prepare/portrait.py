"""A picture file to a ``Portrait``: decode, find, choose, turn, crop, fit, mask."""

from os import PathLike
from pathlib import Path

import numpy as np

from avatarartist_core.config import PrepareConfig
from avatarartist_core.data import Floats, Portrait
from avatarartist_core.interfaces import FaceFinder
from avatarartist_core.prepare.crop import crop_around
from avatarartist_core.prepare.decode import decode
from avatarartist_core.prepare.faces import choose
from avatarartist_core.prepare.mask import person_mask
from avatarartist_core.prepare.turn import upright


def prepare(
    path: str | PathLike[str], finder: FaceFinder, config: PrepareConfig | None = None
) -> Portrait:
    """Make a portrait of one face in a picture file.

    Args:
        path: the picture.
        finder: finds, measures and cuts out faces.
        config: which face, how wide, how large.

    Raises:
        InputError: the file cannot be used; a ``NoFaceError`` when it shows no human-like face.
    """
    config = config or PrepareConfig()
    source = str(Path(path))
    decoded = decode(Path(path))
    face = choose(finder.find(decoded.picture), config, source)
    height, width = decoded.picture.shape[:2]
    turn = upright(finder.fit(face.landmarks), width, height)
    picture, landmarks = turn.picture(decoded.picture), turn.landmarks(face.landmarks)
    height, width = picture.shape[:2]
    crop = crop_around(finder.fit(landmarks), landmarks, width, height, config)
    cut = crop.cut(picture)
    alpha = None if decoded.alpha is None else crop.cut(turn.picture(decoded.alpha))
    inside = crop.landmarks(landmarks)
    return Portrait(
        picture=cut,
        to_file=_after(turn.to_file(), crop.to_picture()),
        landmarks=inside,
        mask=person_mask(cut, alpha, finder),
        fit=finder.fit(inside),
        score=face.score,
        humanness=face.humanness,
        source=source,
    )


def _after(second: Floats, first: Floats) -> Floats:
    """Chain two (2, 3) maps."""
    square = np.vstack([first, [0, 0, 1]]).astype(np.float32)
    return second @ square
