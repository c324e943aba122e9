"""Brings the ``facemesh`` motion encoder and feature network: faces, landmarks, coefficients."""

from collections.abc import Iterator

from aa_facemesh.config import FaceMeshConfig
from avatarartist_core.entries import EncoderEntry, Entry, FeatureEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import MotionSpec


@hookimpl
def aa_components() -> Iterator[Entry]:
    """Yield the encoder and the feature network."""
    yield EncoderEntry(
        name="facemesh",
        summary="478 landmarks fitted with the anny head: pose, 52 ARKit coefficients, gaze.",
        factory="aa_facemesh.encoder:FaceMesh",
        config=FaceMeshConfig,
        provides=MotionSpec(topology="anny-head"),
        finds_faces=True,
    )
    yield FeatureEntry(
        name="facemesh",
        summary="What the landmark network sees in a face, for losses and distances.",
        factory="aa_facemesh.features:FaceMeshFeatures",
    )
