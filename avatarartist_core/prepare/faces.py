"""Chooses the face that becomes the avatar, and refuses what is none."""

from avatarartist_core.config import PrepareConfig
from avatarartist_core.data import Face
from avatarartist_core.errors import NoFaceError, UsageError

LEAST_HUMANNESS = 0.5
"""Below this a face is taken for an animal's."""


def choose(faces: list[Face], config: PrepareConfig, source: str) -> Face:
    """Pick the largest human-like face, or the one that ``config.face`` counts to.

    Args:
        faces: largest first.
        config: which face, and whether animals pass.
        source: the file, for messages.

    Raises:
        NoFaceError: there is none, or none looks human.
        UsageError: there are fewer than asked for.
    """
    if not faces:
        raise NoFaceError(
            f"no face was found in {source!r}",
            hint="Use a picture in which one face is seen from the front, both eyes free.",
        )
    human = [face for face in faces if config.force or face.humanness >= LEAST_HUMANNESS]
    if not human:
        best = max(faces, key=lambda face: face.humanness)
        raise NoFaceError(
            f"the face in {source!r} does not look human: {best.humanness:.2f}, "
            f"needs {LEAST_HUMANNESS:.2f}",
            hint="Go on all the same with --force; animals get a human mouth and eyes.",
        )
    number = config.face or 1
    if number > len(human):
        many = "1 face was" if len(human) == 1 else f"{len(human)} faces were"
        raise UsageError(
            f"--face {number}: only {many} found in {source!r}",
            hint=f"Ask for --face 1 to --face {len(human)}, the largest is 1.".replace(
                "--face 1 to --face 1, the largest is 1", "--face 1"
            ),
        )
    return human[number - 1]
