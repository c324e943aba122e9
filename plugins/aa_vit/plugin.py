"""Brings ``vit``, the paper's motion-aware renderer."""

from collections.abc import Iterator

from aa_vit.networks import ViTConfig, cuts_out, reads
from avatarartist_core.entries import Importer, RendererEntry
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import AvatarSpec

OFFICIAL = Importer(
    bundle="official",
    reads=("render.pkl", "ws_avg.pkl"),
    convert="aa_vit.importing:convert",
    revert="aa_vit.importing:export",
    repository="KumaPower/AvatarArtist",
)


@hookimpl
def aa_components() -> Iterator[RendererEntry]:
    """Yield the renderer."""
    yield RendererEntry(
        name="vit",
        summary="Animates a triplane by mesh maps and implicit motion, and renders its volume.",
        factory="aa_vit.renderer:ViTRenderer",
        config=ViTConfig,
        importers=(OFFICIAL,),
        accepts=AvatarSpec(representation="triplane"),
        specify=reads,
        cuts_out=cuts_out,
    )
