"""Picture file to portrait: decode, find the face, crop, landmarks, mask."""

from avatarartist_core.prepare.portrait import prepare

__all__ = ["prepare"]
