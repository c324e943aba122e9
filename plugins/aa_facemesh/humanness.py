"""Tells human-like faces from animals that the detector takes for faces."""

from aa_facemesh.search import Found


def humanness(found: Found) -> float:
    """Return how sure it is that the face is human-like, in [0, 1]."""
    return found.presence
