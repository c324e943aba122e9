"""The networks in memory: from a bundle, or fresh with random weights."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from aa_dit.condition.interface import ImageCondition
from aa_dit.condition.making import condition_from, fresh_condition
from aa_dit.config import DiTConfig
from aa_dit.networks import KIND, Networks
from aa_dit.transformer import DiT
from aa_dit.vae import TriplaneVAE
from avatarartist_core.errors import WeightsError
from avatarartist_core.weights.bundle import Bundle

FRESH_SEED = 20250326
"""Of untrained networks, so that two runs get the same ones."""


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
    kind = precision_of(config, device)
    about, bundle = KIND.asked(config)
    made = _fresh(about) if bundle is None else _of_bundle(about, bundle)
    for network, dtype in ((made.dit, kind), (made.vae, None), (made.condition, None)):
        nn.Module.to(network.eval().requires_grad_(False), device, dtype)
    return made


def precision_of(config: DiTConfig, device: str) -> torch.dtype:
    """Return the arithmetic of the transformer."""
    if config.precision != "auto":
        return getattr(torch, config.precision)
    return torch.bfloat16 if device.startswith("cuda") else torch.float32


def _fresh(about: Networks) -> Loaded:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(FRESH_SEED)
        dit = DiT(**about.dit.model_dump())
        # a fresh transformer answers 0 whatever it is asked; an untrained one should answer
        nn.init.normal_(dit.output.linear.weight, std=0.02)
        vae = TriplaneVAE(**about.vae.model_dump())
        return Loaded(about, dit, vae, fresh_condition(about.condition))


def _of_bundle(about: Networks, bundle: Bundle) -> Loaded:
    for file in bundle.files:
        bundle.path(file.path)
    try:
        return Loaded(
            about,
            DiT.from_pretrained(bundle.folder / "dit"),
            TriplaneVAE.from_pretrained(bundle.folder / "vae"),
            condition_from(bundle.folder, about.condition),
        )
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise WeightsError(
            f"bundle {bundle.name!r} of 'dit' cannot be loaded: {error}",
            f"Look at it: aa weights verify {bundle.name}; then import it again.",
        ) from error
