"""The training stage ``vae``: triplanes to a small latent and back (official DiT and VAE, 5.1).

Letters: B batch, C channels and R side of a plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from aa_dit.training.config import VAEConfig
from aa_dit.training.showing import planes_sheet
from aa_dit.training.triplanes import PairBatch, Standard
from aa_dit.vae import TriplaneVAE
from aa_dit.vae_loss import VAELossWeights, VAEObjective
from avatarartist_core.data import Picture
from avatarartist_core.datasets.pairs.collection import PairCollection
from avatarartist_core.errors import InputError
from avatarartist_core.tensorfile import write_whole
from avatarartist_core.training.stage import Moment, Networks, Optimised, TrainingStage, Update

STATISTICS = "statistics.safetensors"


class VAEStage(TrainingStage):
    """Teaches a ``TriplaneVAE`` the triplanes of pairs."""

    config: VAEConfig

    @property
    def judged_by(self) -> str:
        """The mean absolute error of standardised planes, decoded from the likeliest latent."""
        return "plane_error"

    def networks(self) -> dict[str, nn.Module]:
        """Make the VAE."""
        return {"vae": TriplaneVAE(**self.config.network.model_dump())}

    def optimisers(self) -> dict[str, Optimised]:
        """One for the whole network."""
        return {"vae": Optimised(("vae",), self.config.optimiser)}

    def count(self) -> int:
        """Count the pairs."""
        return len(self._pairs)

    def batch(self, moment: Moment) -> PairBatch:
        """Read pairs; triplanes that are not kept are drawn again on the device, in ``updates``."""
        numbers = moment.indices.tolist()
        return PairBatch(numbers, [self._pairs[number] for number in numbers])

    def example(self, moment: Moment) -> Tensor:
        """Make up standardised planes."""
        shape = self.config.network
        sizes = (len(moment.indices), shape.channels, shape.planes, shape.side, shape.side)
        return torch.randn(sizes, generator=moment.chance)

    def updates(
        self, networks: Networks, batch: PairBatch | Tensor, moment: Moment
    ) -> Iterator[Update]:
        """Encode, draw a latent, decode, compare."""
        vae: Any = networks["vae"]
        planes = batch if isinstance(batch, Tensor) else self._planes(batch)
        planes = planes.to(moment.device)
        posterior = vae.encode(planes)
        decoded = vae.decode(posterior.sample(moment.chance))
        loss = self._objective(planes, decoded, posterior)
        each = planes[0].numel()
        yield Update(
            "vae",
            loss.total,
            {
                "error": loss.reconstruction.detach() / each,
                "divergence": loss.divergence.detach() / posterior.mean[0].numel(),
                "variation": loss.variation.detach() / posterior.mean[0].numel(),
                "latent_deviation": posterior.mean.detach().std(),
            },
        )

    def pictures(self, networks: Networks, step: int) -> dict[str, Picture]:
        """Draw triplanes, and below each what the VAE makes of it."""
        planes = self._fixed(self.config.sample.rows).to(_device(networks))
        made = networks["vae"](planes)
        return {"planes": planes_sheet(self._standard.undo(planes), self._standard.undo(made))}

    def measures(self, networks: Networks, step: int) -> dict[str, float]:
        """Measure decoded planes, and the latent's deviation, whose inverse is its scale."""
        vae: Any = networks["vae"]
        errors, latents = [], []
        for part in torch.split(self._fixed(self.config.sample.count), self.config.batch):
            planes = part.to(_device(networks))
            latent = vae.encode(planes).mode()
            errors.append((vae.decode(latent) - planes).abs().mean((1, 2, 3, 4)))
            latents.append(latent)
        return {
            self.judged_by: float(torch.cat(errors).mean()),
            "latent_scale": float(1 / torch.cat(latents).std()),
        }

    def export(self, networks: Networks, folder: Path, about: str) -> list[Path]:
        """Write the VAE and the statistics of its planes, for training the transformer."""
        vae: Any = networks["vae"]
        vae.save_pretrained(folder / "vae")
        numbers = {"mean": self._standard.mean, "std": self._standard.deviation}
        write_whole(folder / STATISTICS, save(numbers, {"source": about}))
        return [folder / "vae", folder / STATISTICS]

    @cached_property
    def _pairs(self) -> PairCollection:
        data = self.config.data
        if not data.path:
            raise InputError(
                "no pairs are named",
                "Draw them with aa data pairs --out DIR, then name them: --data DIR",
            )
        pairs = PairCollection(data.path, data.domains, device=self.device)
        shape, found = self.config.network, pairs.statistics
        side = round((found.texels / found.triplanes) ** 0.5)
        if (*found.spread.shape, side) != (shape.planes, shape.channels, shape.side):
            planes, channels = found.spread.shape
            raise InputError(
                f"{data.path!r} holds {planes} planes of {side} x {side} x {channels}, the network "
                f"reads {shape.planes} of {shape.side} x {shape.side} x {shape.channels}",
                f"Train with --set network.side={side} --set network.channels={channels}",
            )
        return pairs

    @cached_property
    def _standard(self) -> Standard:
        return Standard.of(self._pairs)

    @cached_property
    def _objective(self) -> VAEObjective:
        loss = self.config.loss
        weights = VAELossWeights(
            reconstruction=loss.reconstruction,
            perceptual=0.0,
            variation=loss.variation,
            divergence=loss.divergence,
        )
        return VAEObjective(weights, loss.axes)

    def _planes(self, batch: PairBatch) -> Tensor:
        return self._standard(self._pairs.planes(batch.numbers, batch.pairs))

    def _fixed(self, count: int) -> Tensor:
        """Return the standardised planes of pairs spread over all, the same every time."""
        total = len(self._pairs)
        numbers = [number * total // min(count, total) for number in range(min(count, total))]
        return self._planes(PairBatch(numbers, [self._pairs[number] for number in numbers]))


def _device(networks: Networks) -> torch.device:
    return next(networks["vae"].parameters()).device
