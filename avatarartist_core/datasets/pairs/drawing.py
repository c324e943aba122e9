"""Draws pairs: one after the other, each from the seed and its own number alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from avatarartist_core.data import Floats
from avatarartist_core.datasets.encoding import decode
from avatarartist_core.datasets.pairs.config import PairsConfig
from avatarartist_core.datasets.pairs.pair import Halves, Pair
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.record import key_of
from avatarartist_core.errors import AvatarArtistError
from avatarartist_core.interfaces import AvatarSampler

_LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True)
class PairMaker:
    """Draws the pairs of a folder.

    Attributes:
        config: what they are drawn by.
        sampler: the GAN.
        labels: where mesh maps and cameras come from.
    """

    config: PairsConfig
    sampler: AvatarSampler
    labels: ShardSet

    def draw(self, number: int) -> tuple[Pair, Tensor]:
        """Draw a pair and its (4, C, R, R) float32 triplane.

        Raises:
            AvatarArtistError: the GAN draws what is no picture.
        """
        config = self.config
        chance = np.random.default_rng([config.seed, number])
        noise = chance.standard_normal(self.sampler.noise_size, np.float32)
        label = int(chance.integers(len(self.labels)))
        record = decode(self.labels.raw(label))
        planes, picture = self.sampler.sample(
            noise,
            record.mesh_map,
            record.camera,
            truncation=config.truncation,
            cutoff=config.cutoff,
        )
        if not bool(planes.isfinite().all()):
            raise AvatarArtistError(
                f"the GAN draws values that are not finite for pair {number}",
                hint="Its weights are damaged or its training diverged: aa weights verify",
            )
        pair = Pair(
            key=key_of(number),
            index=number,
            domain=config.domain,
            picture=picture,
            noise=noise,
            mesh_map=record.mesh_map,
            camera=record.camera,
            identity=record.identity,
            expression=record.expression,
            gaze=record.gaze,
            rotation=record.rotation,
            topology=record.topology,
            label=label,
            planes=halved(planes) if config.planes == "fp16" else None,
        )
        return pair, planes


def regenerate(pair: Pair, sampler: AvatarSampler, config: PairsConfig) -> Tensor:
    """Draw the triplane of a pair again from its random vector.

    On the machine and with the number of threads that drew the pair, it is the same to the last
    bit; elsewhere to the precision of the arithmetic.

    Returns:
        (4, C, R, R) float32 on the sampler's device.
    """
    return planes_of(pair.noise, sampler, config)


def planes_of(noise: Floats, sampler: AvatarSampler, config: PairsConfig) -> Tensor:
    """Draw the (4, C, R, R) triplane of a (Z,) random vector as a folder's pairs are drawn."""
    return sampler.planes(noise[None], truncation=config.truncation, cutoff=config.cutoff)[0]


def halved(planes: Tensor) -> Halves:
    """Round a triplane to half precision.

    Raises:
        AvatarArtistError: a value is too large for it.
    """
    most = float(planes.abs().max())
    if most > _LARGEST:
        raise AvatarArtistError(
            f"a triplane holds {most:.3g}, which half precision cannot hold",
            hint="Leave triplanes out and draw them again: --planes none",
        )
    return planes.half().cpu().numpy()
