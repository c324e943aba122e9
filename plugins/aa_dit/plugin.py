"""Brings ``dit``, the paper's 4D generator: triplane VAE and image-conditioned DiT."""

from collections.abc import Iterator

from aa_dit.config import DiTConfig
from aa_dit.networks import spec_of
from avatarartist_core.entries import GeneratorEntry, Importer
from avatarartist_core.hookspecs import hookimpl
from avatarartist_core.specs import AvatarSpec

OFFICIAL = Importer(
    bundle="official",
    reads=(
        "DiT.pth",
        "checkpoint-VAE/pytorch_model.bin",
        "final_mean.pt",
        "final_std.pt",
        "image_encoder/config.json",
        "image_encoder/model.safetensors|image_encoder/pytorch_model.bin",
        "dinov2-base/config.json",
        "dinov2-base/model.safetensors|dinov2-base/pytorch_model.bin",
    ),
    convert="aa_dit.importing:convert",
    revert="aa_dit.importing:export",
    repository="KumaPower/AvatarArtist",
)


@hookimpl
def aa_components() -> Iterator[GeneratorEntry]:
    """Yield the generator."""
    yield GeneratorEntry(
        name="dit",
        summary="Diffuses a parametric triplane out of noise, led by the portrait.",
        factory="aa_dit.generator:DiTGenerator",
        config=DiTConfig,
        importers=(OFFICIAL,),
        produces=AvatarSpec(representation="triplane"),
        specify=spec_of,
        avatar="avatarartist_core.data:ParametricTriplane",
    )
