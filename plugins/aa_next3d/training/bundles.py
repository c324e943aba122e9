"""A trained generator as bundles of weights: for ``next3d``, and for ``cnn`` where it fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aa_next3d.cnn_renderer import CNNRenderer
from aa_next3d.loading import average_latents
from aa_next3d.networks import Network, avatar_of
from aa_next3d.training.config import GANConfig
from avatarartist_core.nn.face_composer import FaceComposer
from avatarartist_core.specs import MotionSpec
from avatarartist_core.weights.draft import BundleDraft

NAME = "bundle"


def write_bundles(gan: Any, config: GANConfig, folder: Path, about: str) -> list[Path]:
    """Write a ``Next3D`` as ``FOLDER/bundle/next3d`` and ``.../cnn``, replacing older ones."""
    network = Network(shape=config.generator, topology=config.topology)
    facts: dict[str, Any] = {
        "config": network.model_dump(mode="json"),
        "licence": "Apache-2.0",
        "source": about,
        "spec": avatar_of(network),
    }
    with BundleDraft(NAME, "next3d", folder) as draft:
        gan.save_pretrained(draft.folder / "network")
        draft.describe(**facts)
        made = [draft.commit().folder]
    if not isinstance(gan.face, FaceComposer):
        return made
    renderer = CNNRenderer.of_gan(gan, average_latents(gan))
    with BundleDraft(NAME, "cnn", folder) as draft:
        renderer.save_pretrained(draft.folder / "network")
        draft.describe(**facts, motion=MotionSpec(network.topology))
        made.append(draft.commit().folder)
    return made
