"""Brings ``dit``, the paper's 4D generator, and the training of its triplane VAE, ``vae``."""

from collections.abc import Iterator

from aa_dit.config import DiTConfig
from aa_dit.networks import spec_of
from aa_dit.training.config import VAEConfig
from avatarartist_core.entries import Entry, GeneratorEntry, Importer, StageEntry
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
def aa_components() -> Iterator[Entry]:
    """Yield the generator and how its VAE is taught."""
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
    yield StageEntry(
        name="vae",
        summary="The triplane VAE: triplanes of pairs to a small latent and back.",
        factory="aa_dit.training.vae_stage:VAEStage",
        config=VAEConfig,
        presets="aa_dit/training/presets",
    )
