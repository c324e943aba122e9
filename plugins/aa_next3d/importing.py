"""From a published pickle of the 4D GAN to a bundle of the generator, and back."""

from __future__ import annotations

from pathlib import Path

import torch

from aa_next3d.config import DISCRIMINATOR, DiscriminatorShape, Next3DShape
from aa_next3d.discriminator import DualDiscriminator
from aa_next3d.gan import Next3D
from aa_next3d.networks import Network, avatar_of
from aa_next3d.weights import (
    discriminator_from_official,
    discriminator_to_official,
    generator_from_official,
    generator_to_official,
)
from avatarartist_core.interfaces import Progress, silent
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.manifest import Bundle
from avatarartist_core.weights.network_pickle import read_networks

PICKLE = "ani3dgan512.pkl"
"""InvertAvatar's published GAN, which every domain's GAN was tuned from."""

AVERAGED, CRITIC = "G_ema", "D"
"""The networks inside: the one that draws, and the one that training goes on with."""


def convert(
    folder: Path,
    draft: BundleDraft,
    progress: Progress = silent,
    *,
    shape: Next3DShape | None = None,
    critic: DiscriminatorShape = DISCRIMINATOR,
) -> None:
    """Fill a bundle with the GAN that draws and its discriminator.

    Args:
        folder: holds the pickle, of which nothing is executed.
        draft: the bundle.
        progress: told after each network.
        shape: sizes of the generator; None: the released ones.
        critic: sizes of the discriminator.

    Raises:
        WeightsError: the file is damaged, asks to run code, or holds other networks.
    """
    networks = read_networks(folder / PICKLE, (AVERAGED, CRITIC))
    progress(1, 3)
    gan = generator_from_official(networks[AVERAGED].tensors, shape)
    gan.save_pretrained(draft.folder / "network")
    progress(2, 3)
    discriminator = discriminator_from_official(networks[CRITIC].tensors, critic)
    discriminator.save_pretrained(draft.folder / "discriminator")
    about = Network(shape=gan.shape)
    draft.describe(
        config=about.model_dump(mode="json"),
        licence="unknown: as the authors of InvertAvatar publish it",
        source="Next3D++ of InvertAvatar, as published",
        spec=avatar_of(about),
    )
    progress(3, 3)


def export(bundle: Bundle, folder: Path) -> None:
    """Write a bundle's tensors under the authors' names; a pickle of modules is not made.

    The tensors are those that were imported, bit for bit.
    """
    gan = Next3D.from_pretrained(bundle.folder / "network")
    discriminator = DualDiscriminator.from_pretrained(bundle.folder / "discriminator")
    folder.mkdir(parents=True, exist_ok=True)
    named = {
        AVERAGED: generator_to_official(gan),
        CRITIC: discriminator_to_official(discriminator),
    }
    torch.save(named, folder / PICKLE.replace(".pkl", ".pt"))
