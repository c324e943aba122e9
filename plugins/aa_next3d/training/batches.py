"""Labelled portraits as the GAN wants them: small, thinned, with the mesh drawn by their camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aa_next3d.training.config import GANConfig
from aa_next3d.training.likeness import SIZE, colours_of
from avatarartist_core.data import Floats, Picture
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.record import Record
from avatarartist_core.errors import InputError
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_picture import mesh_picture

BLACK = -1.0


@dataclass(frozen=True, eq=False)
class Labelled:
    """Pictures and what is known of them (B samples, S side of the picture).

    Attributes:
        picture: (B, 3, S, S) in [-1, 1].
        mask: (B, 1, S, S) in [0, 1], the person.
        mesh: (B, M, M, 3) mesh maps.
        drawing: (B, 3, S, S) the mesh as the camera sees it: u, v and mask.
        camera: (B, 25) labels.
        colours: (B, SIZE) of ``likeness.colours_of``.
    """

    picture: Tensor
    mask: Tensor
    mesh: Tensor
    drawing: Tensor
    camera: Tensor
    colours: Tensor

    def to(self, device: torch.device) -> Labelled:
        """Put everything on a device."""
        return Labelled(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class GANBatch:
    """A step's samples.

    Attributes:
        real: that the discriminator compares with.
        posed: whose cameras and meshes are drawn.
    """

    real: Labelled
    posed: Labelled


class Portraits:
    """Reads samples of a data set by number, the same whenever they are read.

    Args:
        config: where the data are and how large they are wanted.

    Raises:
        InputError: there are no data, or they are of another head model.
    """

    def __init__(self, config: GANConfig) -> None:
        if not config.data.path:
            raise InputError(
                "no data set is named",
                "Build one with aa data build --out DIR, then name it: --data DIR",
            )
        self._config = config
        self._shards = ShardSet(config.data.path, config.data.domains or None)
        if not len(self._shards):
            raise InputError(
                f"{config.data.path!r} holds no portrait", "Build it again: aa data build"
            )
        topology = str(self._shards.values(0)["topology"])
        if topology != config.topology:
            raise InputError(
                f"{config.data.path!r} is labelled for {topology!r}, topology is "
                f"{config.topology!r}",
                f"Train with --set topology={topology}",
            )
        self._read = (
            lru_cache(config.data.cached)(self._fresh) if config.data.cached else self._fresh
        )

    def __len__(self) -> int:
        return len(self._shards)

    def take(self, numbers: Sequence[int]) -> Labelled:
        """Read samples by number."""
        parts = [self._read(int(number)) for number in numbers]
        picture, mask, mesh, drawing, camera, colours = (
            torch.from_numpy(np.stack(column)) for column in zip(*parts, strict=True)
        )
        return Labelled(
            picture=picture.permute(0, 3, 1, 2).float() / 127.5 - 1,
            mask=mask[:, None].float() / 255,
            mesh=mesh.float(),
            drawing=drawing.permute(0, 3, 1, 2).float(),
            camera=camera,
            colours=colours,
        )

    def _fresh(self, number: int) -> tuple[NDArray[Any], ...]:
        """Read one sample, pictures as bytes and maps in half precision: it may be kept."""
        record = self._shards[number]
        config = self._config
        S = config.generator.output_size
        mask = _resized(record.mask, S)
        picture = record.picture
        if config.data.background == "black":
            share = record.mask[..., None].astype(np.float32) / 255
            picture = np.rint(picture * share).astype(np.uint8)
        thinned = record.mesh_map[:: len(record.mesh_map) // config.data.mesh_side]
        thinned = thinned[:, :: record.mesh_map.shape[1] // config.data.mesh_side]
        small, drawing = _resized(picture, S), _drawn(record, S)
        return (
            small,
            mask,
            thinned.astype(np.float16),
            drawing.astype(np.float16),
            record.camera.astype(np.float32),
            colours_of(small, mask, drawing),
        )


def made_up(config: GANConfig, count: int, chance: torch.Generator) -> Labelled:
    """Make up samples of the right shapes, of nothing."""
    from aa_next3d.loading import front_label

    S, M = config.generator.output_size, config.data.mesh_side
    steps = torch.linspace(-1, 1, M)
    v, u = torch.meshgrid(steps, steps, indexing="ij")
    disc = (u.square() + v.square() < 0.6).float()
    mesh = torch.stack([u, v, torch.ones_like(u)], -1) * disc[..., None]
    return Labelled(
        picture=2 * torch.rand((count, 3, S, S), generator=chance) - 1,
        mask=torch.ones(count, 1, S, S),
        mesh=mesh.repeat(count, 1, 1, 1),
        drawing=torch.zeros(count, 3, S, S),
        camera=front_label().repeat(count, 1),
        colours=torch.rand((count, SIZE), generator=chance),
    )


def spread(count: int, wanted: int) -> list[int]:
    """Choose numbers evenly out of ``count``; some twice where there are fewer."""
    return [int(number) for number in np.linspace(0, count - 1, wanted)]


def _drawn(record: Record, side: int) -> Floats:
    head = head_model(record.topology)
    vertices = head.vertices(record.identity, record.expression)
    vertices = head.looking(vertices, record.gaze)
    return mesh_picture(head.window, vertices, record.camera, side)


def _resized(picture: Picture, side: int) -> Picture:
    if len(picture) == side:
        return picture
    way = cv2.INTER_AREA if len(picture) > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (side, side), interpolation=way), np.uint8)
