"""From the authors' published files to a bundle of this generator, and back."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from aa_dit.condition.official import read_tower
from aa_dit.config import CONDITION_SHAPES, ConditionShape, DiTShape
from aa_dit.networks import LATENT_SCALE, NETWORKS, Networks
from aa_dit.transformer import DiT
from aa_dit.vae import TriplaneVAE
from aa_dit.weights import dit_from_official, dit_to_official, vae_from_official, vae_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.interfaces import Progress, silent
from avatarartist_core.weights.bundle import Bundle
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.reading import read_checkpoint, read_tensors

TRANSFORMER, VAE = "DiT.pth", "checkpoint-VAE/pytorch_model.bin"
MEAN, STD = "final_mean.pt", "final_std.pt"
CLIP, DINO = "image_encoder", "dinov2-base"
"""Paths inside the folder that the authors publish."""

STATISTICS = "statistics.safetensors"

_STEPS = 4


def convert(
    folder: Path,
    draft: BundleDraft,
    progress: Progress = silent,
    *,
    condition: ConditionShape = CONDITION_SHAPES["released"],
    **sizes: int,
) -> None:
    """Fill a bundle with the authors' transformer, VAE, statistics and image encoders.

    One network is in memory at a time.

    Args:
        folder: what the authors publish, laid out as they do.
        draft: the bundle.
        progress: told after each network.
        condition: sizes of the image encoders.
        sizes: of the transformer, where tensors do not tell them; see ``dit_from_official``.

    Raises:
        WeightsError: a file is damaged, carries code, or holds other tensors than these networks.
    """
    model = dit_from_official(
        ema_of(read_tensors(folder / TRANSFORMER), folder / TRANSFORMER), **sizes
    )
    dit = model.shape
    model.save_pretrained(draft.folder / "dit")
    del model
    _told(progress, 1)
    vae = vae_from_official(read_tensors(folder / VAE), side=_side_of(dit))
    vae.save_pretrained(draft.folder / "vae")
    vae_shape = vae.shape
    del vae
    _told(progress, 2)
    mean, std = statistic(folder / MEAN), statistic(folder / STD)
    draft.add_tensors(STATISTICS, {"mean": mean, "std": std})
    draft.add_tensors("clip.safetensors", read_tower(folder / CLIP, "clip", condition.clip))
    _told(progress, 3)
    draft.add_tensors("dino.safetensors", read_tower(folder / DINO, "dino", condition.dino))
    _told(progress, 4)
    networks = Networks(
        dit=dit,
        vae=vae_shape,
        condition=condition,
        latent_scale=LATENT_SCALE,
        mean=tuple(mean.double().flatten().tolist()),
        std=tuple(std.double().flatten().tolist()),
        topology=NETWORKS["released"].topology,
        axes=NETWORKS["released"].axes,
    )
    draft.describe(
        config=networks.model_dump(mode="json"),
        licence="unknown: as the authors of AvatarArtist publish it",
        source="AvatarArtist (arXiv 2503.19906), DiT, VAE and statistics as published; "
        "OpenCLIP ViT-H/14; DINOv2-base",
        spec=networks.spec,
    )


def export(bundle: Bundle, folder: Path) -> None:
    """Write a bundle's transformer, VAE and statistics in the authors' layout.

    The tensors are those that were imported, bit for bit. The image encoders are published by
    others and are not written again.
    """
    (folder / VAE).parent.mkdir(parents=True, exist_ok=True)
    dit = DiT.from_pretrained(bundle.folder / "dit")
    torch.save({"state_dict": dit_to_official(dit)}, folder / TRANSFORMER)
    vae = TriplaneVAE.from_pretrained(bundle.folder / "vae")
    torch.save(vae_to_official(vae), folder / VAE)
    statistics = load_file(bundle.path(STATISTICS))
    torch.save(statistics["mean"], folder / MEAN)
    torch.save(statistics["std"], folder / STD)


def ema_of(checkpoint: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    """Take the averaged weights of a training checkpoint, or its plain ones when it has no others.

    Raises:
        WeightsError: it is no checkpoint of the transformer.
    """
    if "state_dict" not in checkpoint:
        raise WeightsError(
            f"{path} holds no 'state_dict' but {', '.join(list(checkpoint)[:3]) or 'nothing'}",
            "Give the authors' DiT.pth.",
        )
    state = checkpoint.get("state_dict_ema", checkpoint["state_dict"])
    if not isinstance(state, Mapping):
        raise WeightsError(f"{path}: its state_dict is a {type(state).__name__}", "")
    return dict(state)


def statistic(path: Path) -> Tensor:
    """Read a tensor of one number, or one for each plane.

    Raises:
        WeightsError: it holds anything else.
    """
    tensor = read_checkpoint(path)
    if not (
        isinstance(tensor, Tensor) and tensor.numel() in (1, 4) and torch.isfinite(tensor).all()
    ):
        raise WeightsError(
            f"{path} does not hold 1 or 4 finite numbers", "Give the authors' file of that name."
        )
    return tensor


def _side_of(dit: DiTShape) -> int:
    """Tell the side of the planes whose latents the transformer makes: the VAE halves it thrice."""
    return dit.latent_side << NETWORKS["released"].vae.levels


def _told(progress: Progress, done: int) -> None:
    gc.collect()
    progress(done, _STEPS)
