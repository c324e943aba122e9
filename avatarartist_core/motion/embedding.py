"""Implicit motion embeddings: what a learned renderer is told of an expression, by name.

An embedding says nothing of where the head is: neither pose nor place enters it.
"""

from collections.abc import Callable

import numpy as np

from avatarartist_core.data import Avatar, Floats, Motion
from avatarartist_core.errors import IncompatibleError
from avatarartist_core.lazy import build
from avatarartist_core.plugins import installed

ARKIT_GAZE = "arkit-gaze"
"""(54,): the 52 ARKit coefficients, then yaw and pitch of the eyes in radians."""

_ARKIT_TOPOLOGY = "anny-head"


def embed(motion: Motion, name: str) -> Floats:
    """Return the (T, D) embedding of a motion: its own one when it has it, else a derived one.

    Raises:
        IncompatibleError: the motion neither has it nor holds what it could be made of.
    """
    if motion.spec.embedding == name and motion.embedding is not None:
        return motion.embedding
    derive = _derivable(name, motion.spec.topology)
    return derive(motion.expression, motion.gaze)


def embed_portrait(avatar: Avatar, name: str, device: str = "cpu") -> Floats:
    """Return the (D,) embedding of the portrait itself.

    It is derived from the fit where that is enough. Else an installed motion encoder that provides
    it looks at the avatar's picture; that takes as long as tracking one frame.

    Args:
        avatar: its fit, and its ``picture`` where the embedding is read off pictures.
        name: of the embedding.
        device: where the encoder runs.

    Raises:
        IncompatibleError: neither is possible.
        AvatarArtistError: the encoder cannot be used, or sees no face.
    """
    if name in derivable_from(avatar.spec.topology):
        return _DERIVED[name](avatar.fit.expression[None], avatar.fit.gaze[None])[0]
    picture = getattr(avatar, "picture", None)
    for entry in installed().encoders.values():
        if picture is not None and entry.provides.embedding == name:
            seen: Motion = build(entry, entry.config(), device).encode(iter([picture]), 1.0)
            return embed(seen, name)[0]
    raise IncompatibleError(
        f"the portrait has no embedding {name!r}: "
        + ("the avatar keeps no picture" if picture is None else "no motion encoder provides it"),
        hint="Install a motion encoder that provides it, or use another renderer.",
    )


def derivable_from(topology: str | None) -> tuple[str, ...]:
    """Name the embeddings that any motion of a topology holds, whoever made it."""
    return tuple(name for name, of in _TOPOLOGIES.items() if of == topology)


def _arkit_gaze(expression: Floats, gaze: Floats) -> Floats:
    return np.concatenate([expression, gaze], axis=1).astype(np.float32)


_DERIVED: dict[str, Callable[[Floats, Floats], Floats]] = {ARKIT_GAZE: _arkit_gaze}
_TOPOLOGIES = {ARKIT_GAZE: _ARKIT_TOPOLOGY}


def _derivable(name: str, topology: str | None) -> Callable[[Floats, Floats], Floats]:
    if name in derivable_from(topology):
        return _DERIVED[name]
    wanted = _TOPOLOGIES.get(name)
    raise IncompatibleError(
        f"the motion has no embedding {name!r} and is of topology {topology!r}, which it cannot be "
        "made of",
        hint=f"Use a motion of topology {wanted!r}."
        if wanted
        else f"Track the video with a motion encoder that provides {name!r}.",
    )
