"""From the authors' published files to a bundle of this renderer, and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from aa_vit.config import RELEASED, ViTShape
from aa_vit.model import MotionViT
from aa_vit.networks import NETWORKS, specs_of
from aa_vit.weights import renderer_from_official, renderer_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.interfaces import Progress, silent
from avatarartist_core.weights.draft import BundleDraft
from avatarartist_core.weights.manifest import Bundle
from avatarartist_core.weights.network_pickle import read_networks
from avatarartist_core.weights.reading import read_checkpoint

NETWORK, STYLES = "render.pkl", "ws_avg.pkl"
"""Names inside the folder that the authors publish."""

AVERAGED = "G_ema"
"""The network inside ``render.pkl`` that the authors draw with."""

RAYS = "neural_rendering_resolution"


def convert(folder: Path, draft: BundleDraft, progress: Progress = silent) -> None:
    """Fill a bundle with the authors' renderer and its style code.

    Raises:
        WeightsError: a file is damaged, asks to run code, or holds another network.
    """
    styles = style_code(folder / STYLES)
    network = read_networks(folder / NETWORK, (AVERAGED,))[AVERAGED]
    progress(1, 3)
    shape = shape_of(network.attributes, folder / NETWORK)
    model = renderer_from_official(network.tensors, styles, shape)
    progress(2, 3)
    model.save_pretrained(draft.folder / "vit")
    about = NETWORKS["released"].model_copy(update={"shape": shape})
    spec, motion = specs_of(about)
    draft.describe(
        config=about.model_dump(mode="json"),
        licence="unknown: as the authors of AvatarArtist publish it",
        source="AvatarArtist (arXiv 2503.19906), renderer and style code as published",
        spec=spec,
        motion=motion,
    )
    progress(3, 3)


def export(bundle: Bundle, folder: Path) -> None:
    """Write a bundle's tensors under the authors' names, and its style code as they keep it.

    The tensors are those that were imported, bit for bit; a pickle of modules is not made.
    """
    model = MotionViT.from_pretrained(bundle.folder / "vit")
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(renderer_to_official(model), folder / NETWORK.replace(".pkl", ".pt"))
    torch.save([model.styles], folder / STYLES)


def shape_of(attributes: Mapping[str, Any], path: Path) -> ViTShape:
    """Return the released sizes with the rays that the network was last set to.

    Raises:
        WeightsError: that is no number of rays.
    """
    rays = attributes.get(RAYS, RELEASED.volume.resolution)
    if not isinstance(rays, int) or not 4 <= rays <= RELEASED.output_size:
        raise WeightsError(
            f"{path}: {RAYS} is {rays!r}, not a number of rays", "Give the authors' render.pkl."
        )
    volume = RELEASED.volume.model_copy(update={"resolution": rays})
    return RELEASED.model_copy(update={"volume": volume})


def style_code(path: Path) -> Tensor:
    """Read the style code: the first element of what the file holds.

    Raises:
        WeightsError: the file cannot be read or holds something else.
    """
    held = read_checkpoint(path)
    try:
        first = held[0]
    except (KeyError, IndexError, TypeError):
        first = None
    if not isinstance(first, Tensor) or not bool(torch.isfinite(first).all()):
        raise WeightsError(
            f"{path} does not hold finite tensors in a row", "Give the authors' file of that name."
        )
    return first
