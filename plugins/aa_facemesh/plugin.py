"""Brings the ``facemesh`` motion encoder: faces, landmarks and coefficients on the CPU."""

from collections.abc import Iterator

from aa_facemesh.config import FaceMeshConfig
from avatarartist_core.entries import EncoderEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import MotionSpec


@hookimpl
def aa_components() -> Iterator[EncoderEntry]:
    """Yield the encoder."""
    yield EncoderEntry(
        name="facemesh",
        summary="478 landmarks fitted with the anny head: pose, 52 ARKit coefficients, gaze.",
        factory="aa_facemesh.encoder:FaceMesh",
        config=FaceMeshConfig,
        provides=MotionSpec(topology="anny-head"),
        finds_faces=True,
    )
