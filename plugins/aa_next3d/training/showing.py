"""What the averaged generator draws: a sheet of samples, and its distance to the data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from aa_next3d.loading import front_label
from aa_next3d.training.batches import Labelled, Portraits, spread
from aa_next3d.training.config import GANConfig
from avatarartist_core.choosing import choose
from avatarartist_core.config import Choice
from avatarartist_core.data import Picture
from avatarartist_core.evaluation.frechet import frechet
from avatarartist_core.evaluation.moments import Moments
from avatarartist_core.evaluation.populations import moments_of
from avatarartist_core.lazy import build
from avatarartist_core.nn.pictures import to_pictures
from avatarartist_core.plugins import installed
from avatarartist_core.training.chance import generator_of
from avatarartist_core.training.log import sheet

BATCH = 8


def sample_sheet(generator: Any, portraits: Portraits, config: GANConfig) -> Picture:
    """Draw one person a row, one mesh and camera of the data a column; the same every time.

    On top are the mesh maps, then the portraits of the data that they belong to.
    """
    sample, S = config.sample, config.generator.output_size
    numbers = spread(len(portraits), sample.columns)
    labels = portraits.take(numbers)
    device = next(generator.parameters()).device
    z = torch.randn(
        (sample.rows, config.generator.noise_size), generator=generator_of(config.seed, "sheet")
    )
    rows = [
        [_map_picture(mesh, S) for mesh in labels.mesh],
        list(to_pictures(labels.picture, S)),
    ]
    front = front_label().to(device)
    for one in z.to(device):
        ws = generator.latents(one[None], front, psi=sample.truncation)
        rows.append(list(_pictures(generator, ws, labels.to(device), S)))
    return sheet(rows)


class Distance:
    """The Frechet distance of drawings by labels of the data from the data themselves.

    Args:
        portraits: the data.
        config: says how many are compared, and by which feature network.
        device: where both networks are.
    """

    def __init__(self, portraits: Portraits, config: GANConfig, device: str) -> None:
        entry = choose(Choice(name=config.sample.features), installed().features)
        self._network = build(entry.entry, entry.options, device)
        self._portraits, self._config = portraits, config
        self._numbers = spread(len(portraits), config.sample.count)

    def of(self, generator: Any) -> float:
        """Measure a generator; the same one measures the same every time."""
        drawn = moments_of(self._network, self._drawings(generator))
        return frechet(self._real, drawn).distance

    @cached_property
    def _real(self) -> Moments:
        return moments_of(
            self._network, (self._portraits.take(some).picture for some in self._parts())
        )

    def _drawings(self, generator: Any) -> Iterator[Tensor]:
        chance = generator_of(self._config.seed, "distance")
        place = next(generator.parameters()).device
        for some in self._parts():
            labels = self._portraits.take(some).to(place)
            size = (len(some), self._config.generator.noise_size)
            z = torch.randn(size, generator=chance).to(place)
            yield _drawn(generator, generator.latents(z, labels.camera), labels)

    def _parts(self) -> Iterator[list[int]]:
        for start in range(0, len(self._numbers), BATCH):
            yield self._numbers[start : start + BATCH]


def _pictures(generator: Any, ws: Tensor, labels: Labelled, side: int) -> Iterator[Picture]:
    for start in range(0, len(labels.camera), BATCH):
        some = Labelled(
            *(
                getattr(labels, name)[start : start + BATCH]
                for name in Labelled.__dataclass_fields__
            )
        )
        yield from to_pictures(_drawn(generator, ws, some), side)


def _drawn(generator: Any, ws: Tensor, labels: Labelled) -> Tensor:
    """Draw (B, 3, S, S) in [-1, 1]."""
    picture: Tensor = generator.synthesise(ws, labels.mesh, labels.camera)[1].picture
    return picture.clamp(-1, 1)


def _map_picture(mesh: Tensor, side: int) -> Picture:
    """Show a mesh map upright: u red, v green, blue where there is a mesh."""
    values = mesh.numpy()[::-1]
    shown = np.where(values[..., 2:] > 0, (values + 1) / 2, 0.1) * 255
    small = cv2.resize(shown.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    return np.rint(small).clip(0, 255).astype(np.uint8)
