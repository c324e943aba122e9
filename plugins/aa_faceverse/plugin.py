"""Brings the FaceVerse head model and the PD-FGC motion encoder; both need the user's own files."""

from collections.abc import Iterator

from aa_faceverse.config import EMBEDDING, TOPOLOGY, FaceVerseConfig, PdfgcConfig
from avatarartist_core.entries import EncoderEntry, Entry, HeadEntry, Importer
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import MotionSpec


@hookimpl
def aa_components() -> Iterator[Entry]:
    """Yield its components."""
    yield HeadEntry(
        name="faceverse",
        summary="FaceVerse v3.1, the head of the paper's triplanes, from the user's own file.",
        factory="aa_faceverse.head:FaceVerseHead",
        config=FaceVerseConfig,
        topology=TOPOLOGY,
        importers=(
            Importer(
                bundle="official",
                reads=("faceverse_v3_1.npy",),
                convert="aa_faceverse.importing:convert_head",
                licence="non-commercial research (Tsinghua)",
            ),
        ),
    )
    yield EncoderEntry(
        name="pdfgc",
        summary="FaceVerse coefficients and the PD-FGC motion embedding (548 numbers).",
        factory="aa_faceverse.encoder:Pdfgc",
        config=PdfgcConfig,
        provides=MotionSpec(topology=TOPOLOGY, embedding=EMBEDDING),
        importers=(
            Importer(
                bundle="official",
                reads=("motion_model.pth",),
                convert="aa_faceverse.importing:convert_network",
                licence="CC-BY-4.0; trained on VoxCeleb2",
            ),
        ),
    )
