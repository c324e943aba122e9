"""The contract of a ``TrainingStage``."""

from __future__ import annotations

from typing import Any

import torch

from avatarartist_core.testing.component import ComponentContract
from avatarartist_core.training.estimate import measure
from avatarartist_core.training.files import presets, stage_config
from avatarartist_core.training.trainer import Trainer


class TrainingStageContract(ComponentContract):
    """Set ``entry``, and ``config`` to small networks and a batch of a few samples."""

    def test_every_preset_is_sound(self) -> None:
        found = presets(self.entry)
        assert found, "a stage ships with a preset"
        for file in found.values():
            assert stage_config(self.entry, file).total > 0

    def test_optimisers_share_out_the_networks_that_learn(self) -> None:
        stage = self.component()
        networks = stage.networks()
        moved = [name for each in stage.optimisers().values() for name in each.networks]
        assert moved, "nothing learns"
        assert set(moved) <= set(networks)
        assert len(moved) == len(set(moved)) or all(
            each.parts for each in stage.optimisers().values()
        ), "two optimisers move one network"
        assert set(stage.averaged) <= set(networks)

    def test_a_step_moves_what_learns_and_leaves_the_rest(self) -> None:
        trainer = self._trainer()
        moved = {name for each in trainer.stage.optimisers().values() for name in each.networks}
        before = {name: _parameters(net) for name, net in trainer.networks.items()}
        scalars = self._step(trainer, 0)
        assert all(torch.isfinite(torch.tensor(value)) for value in scalars.values())
        for name, network in trainer.networks.items():
            same = all(a.equal(b) for a, b in zip(before[name], _parameters(network), strict=True))
            assert same == (name not in moved), name

    def test_a_step_is_a_function_of_weights_seed_and_number(self) -> None:
        first, second = self._trainer(), self._trainer()
        for step in (0, 1):
            assert self._step(first, step) == self._step(second, step)
        for name, network in first.networks.items():
            for mine, other in zip(
                _parameters(network), _parameters(second.networks[name]), strict=True
            ):
                assert mine.equal(other), name

    def test_its_cost_is_known_before(self) -> None:
        estimate = measure(self.component(), self._samples())
        assert estimate.learning > 0
        assert estimate.seconds > 0
        assert estimate.kept_bytes >= 4 * 4 * estimate.learning

    def _trainer(self) -> Trainer:
        return Trainer(self.component(), None)

    def _samples(self) -> int:
        samples: int = self.component().config.batch
        return samples

    def _step(self, trainer: Trainer, step: int) -> dict[str, float]:
        moment = trainer.moment(step, self._samples(), "estimate")
        example: Any = trainer.stage.example(moment)
        return trainer.descend(example, moment)


def _parameters(network: torch.nn.Module) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in network.parameters()]
