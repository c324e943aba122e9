"""Brings the 4D GAN as generator ``next3d`` and renderer ``cnn``, and its training ``gan``."""

from collections.abc import Iterator

from aa_next3d.networks import CNNConfig, Next3DConfig, cuts_out, makes, reads
from aa_next3d.training.config import GANConfig
from avatarartist_core.entries import Entry, GeneratorEntry, Importer, RendererEntry, StageEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import AvatarSpec

OFFICIAL = Importer(
    bundle="official",
    reads=("ani3dgan512.pkl",),
    convert="aa_next3d.importing:convert",
    revert="aa_next3d.importing:export",
)
TRIPLANE = AvatarSpec(representation="triplane")


@hookimpl
def aa_components() -> Iterator[Entry]:
    """Yield the generator, the renderer and how both are taught."""
    yield GeneratorEntry(
        name="next3d",
        summary="Searches a 4D GAN for the portrait, or draws somebody out of it.",
        factory="aa_next3d.generator:Next3DGenerator",
        config=Next3DConfig,
        importers=(OFFICIAL,),
        produces=TRIPLANE,
        specify=makes,
        avatar="avatarartist_core.data:ParametricTriplane",
        samples=True,
    )
    yield RendererEntry(
        name="cnn",
        summary="Draws a triplane by convolutions led by mesh maps, without implicit motion.",
        factory="aa_next3d.renderer:CNNTriplaneRenderer",
        config=CNNConfig,
        accepts=TRIPLANE,
        specify=reads,
        cuts_out=cuts_out,
    )
    yield StageEntry(
        name="gan",
        summary="The 4D GAN: heads with the pose and expression of mesh maps, from labelled faces.",
        factory="aa_next3d.training.stage:GANStage",
        config=GANConfig,
        presets="aa_next3d/training/presets",
    )
