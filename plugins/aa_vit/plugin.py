"""Brings ``vit``, the paper's motion-aware renderer, and its training ``renderer``."""

from collections.abc import Iterator

from aa_vit.networks import ViTConfig, cuts_out, reads
from aa_vit.training.config import RendererConfig
from avatarartist_core.entries import Entry, Importer, RendererEntry, StageEntry
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
def aa_components() -> Iterator[Entry]:
    """Yield the renderer and how it is taught."""
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
    yield StageEntry(
        name="renderer",
        summary="The vit renderer, from people in several views: one is shown, another drawn.",
        factory="aa_vit.training.stage:RendererStage",
        config=RendererConfig,
        presets="aa_vit/training/presets",
    )
