"""Schedules, averages and the order of samples against plain twins."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarartist_core.training.averaging import Averages
from avatarartist_core.training.chance import batch_indices
from avatarartist_core.training.config import AverageConfig, OptimiserConfig
from avatarartist_core.training.log import Means
from avatarartist_core.training.optimiser_state import optimiser_state, restore_optimiser
from tests.training.line import train


def test_the_rate_rises_then_falls_along_a_cosine():
    config = OptimiserConfig(rate=2.0, warm_up=4, schedule="cosine", floor=0.25)
    assert [config.rate_at(step, 0.0) for step in range(5)] == [0.5, 1.0, 1.5, 2.0, 2.0]
    half = 2.0 * (0.25 + 0.75 * (1 + math.cos(math.pi / 2)) / 2)
    assert config.rate_at(9, 0.5) == pytest.approx(half)
    assert config.rate_at(9, 1.0) == pytest.approx(0.5)


def test_constant_and_linear_schedules():
    assert OptimiserConfig(rate=3.0).rate_at(0, 0.9) == 3.0
    assert OptimiserConfig(rate=3.0, schedule="linear").rate_at(7, 0.75) == pytest.approx(0.75)


def test_the_trainer_moves_by_the_scheduled_rate(tmp_path):
    trainer = train(tmp_path, steps=10)
    own = trainer.config.line
    assert trainer.optimisers["line"].param_groups[0]["lr"] == own.rate_at(9, 0.9)


def test_the_average_is_the_sum_of_its_past():
    chance = torch.Generator().manual_seed(3)
    network = torch.nn.Linear(2, 1)
    averages = Averages({"net": network}, ("net",))
    expected = network.weight.detach().double().clone()
    config = AverageConfig(half_life=40, ramp=0.5)
    for step in range(6):
        with torch.no_grad():
            network.weight.copy_(torch.randn(1, 2, generator=chance))
        half_life = min(40, max(step * 8, 8) * 0.5)
        keep = 0.5 ** (8 / half_life)
        averages.follow({"net": network}, config.decay(step * 8, 8))
        expected = keep * expected + (1 - keep) * network.weight.detach().double()
    found = averages.networks["net"].weight.double()
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_half_life_is_when_half_is_left():
    config = AverageConfig(half_life=100, ramp=0)
    assert config.decay(0, 10) ** 10 == pytest.approx(0.5)


@settings(deadline=None, max_examples=25)
@given(
    count=st.integers(1, 40),
    batch=st.integers(1, 12),
    processes=st.integers(1, 3),
    seed=st.integers(0, 5),
)
def test_every_sample_is_seen_once_an_epoch(count, batch, processes, seed):
    """Whatever the batch and the processes, and without anything remembered between steps."""
    whole = batch * processes
    seen = []
    for step in range(math.ceil(2 * count / whole)):
        parts = [
            batch_indices(seed, step, whole, count, rank=rank, processes=processes)
            for rank in range(processes)
        ]
        seen += np.concatenate(parts).tolist()
    for epoch in range(2):
        part = seen[epoch * count : (epoch + 1) * count]
        assert sorted(part) == list(range(count))


def test_epochs_come_in_different_orders():
    first = batch_indices(0, 0, 30, 30)
    assert first.tolist() != batch_indices(0, 1, 30, 30).tolist()
    assert first.tolist() != batch_indices(1, 0, 30, 30).tolist()


def test_an_optimiser_goes_on_from_plain_values():
    torch.manual_seed(0)
    first, second = torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)
    second.load_state_dict(first.state_dict())
    one, other = (torch.optim.Adam(net.parameters(), lr=0.1) for net in (first, second))
    x = torch.randn(5, 3)

    def step(net, optimiser):
        optimiser.zero_grad()
        net(x).square().sum().backward()
        optimiser.step()

    step(first, one)
    second.load_state_dict(first.state_dict())
    restore_optimiser(other, *optimiser_state(one))
    step(first, one)
    step(second, other)
    assert first.weight.equal(second.weight)


def test_means_outlive_a_kill():
    whole, before = Means(), Means()
    for value in (0.1, 0.7):
        whole.add({"loss": value})
        before.add({"loss": value})
    after = Means(before.sums)
    for means in (whole, after):
        means.add({"loss": 0.3, "late": 2.0})
    assert whole.take() == after.take() == {"loss": (0.1 + 0.7 + 0.3) / 3, "late": 2.0}
    assert whole.take() == {}
