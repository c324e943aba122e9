"""A trained renderer as a bundle for ``vit``, and the network that completes planes beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aa_vit.networks import Network, specs_of
from aa_vit.training.config import RendererConfig
from avatarartist_core.motion.embedding import ARKIT_GAZE
from avatarartist_core.training.stage import Networks
from avatarartist_core.weights.draft import BundleDraft

NAME = "bundle"
COMPLETION = "completion"


def write_bundles(
    networks: Networks, config: RendererConfig, folder: Path, about: str
) -> list[Path]:
    """Write ``FOLDER/bundle/vit`` and ``.../completion``, replacing older ones.

    Both are read with ``saved_model``: the folder ``vit`` of the one, ``completion`` of the other.
    """
    network = Network(shape=config.renderer, topology=config.topology, embedding=ARKIT_GAZE)
    avatar, motion = specs_of(network)
    facts: dict[str, Any] = {"licence": "Apache-2.0", "source": about, "spec": avatar}
    renderer: Any = networks["renderer"]
    with BundleDraft(NAME, "vit", folder) as draft:
        renderer.save_pretrained(draft.folder / "vit")
        draft.describe(config=network.model_dump(mode="json"), motion=motion, **facts)
        made = [draft.commit().folder]
    if COMPLETION not in networks:
        return made
    completion: Any = networks[COMPLETION]
    with BundleDraft(NAME, COMPLETION, folder) as draft:
        completion.save_pretrained(draft.folder / COMPLETION)
        draft.describe(config=config.completion.model_dump(mode="json"), **facts)
        made.append(draft.commit().folder)
    return made
