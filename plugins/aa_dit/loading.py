"""The networks in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from aa_dit.condition.interface import ImageCondition
from aa_dit.condition.making import condition_from, fresh_condition
from aa_dit.config import DiTConfig
from aa_dit.networks import KIND, Networks
from aa_dit.transformer import DiT
from aa_dit.vae import TriplaneVAE
from avatarartist_core.weights.bundle import Bundle
from avatarartist_core.weights.loading import (
    placed,
    precision_of,
    reading,
    saved_model,
    untrained,
)


@dataclass(frozen=True, eq=False)
class Loaded:
    """Networks on their device, ready to be asked.

    Attributes:
        about: what they are.
        dit: in the precision of the sampling.
        vae: in float32, as its statistics need.
        condition: in float32.
    """

    about: Networks
    dit: DiT
    vae: TriplaneVAE
    condition: ImageCondition


def load_networks(config: DiTConfig, device: str) -> Loaded:
    """Read the networks that the options ask for.

    Raises:
        AvatarArtistError: they are not there, or not whole.
    """
    about, bundle = KIND.asked(config)
    made = _fresh(about) if bundle is None else _of_bundle(about, bundle)
    placed(made.dit, device, precision_of(config.precision, device))
    placed(made.vae, device)
    placed(made.condition, device)
    return made


def _fresh(about: Networks) -> Loaded:
    with untrained():
        dit = DiT(**about.dit.model_dump())
        # a fresh transformer answers 0 whatever it is asked; an untrained one should answer
        nn.init.normal_(dit.output.linear.weight, std=0.02)
        vae = TriplaneVAE(**about.vae.model_dump())
        return Loaded(about, dit, vae, fresh_condition(about.condition))


def _of_bundle(about: Networks, bundle: Bundle) -> Loaded:
    with reading(bundle):
        condition = condition_from(bundle.folder, about.condition)
    return Loaded(
        about,
        saved_model(bundle, DiT, "dit"),
        saved_model(bundle, TriplaneVAE, "vae"),
        condition,
    )
