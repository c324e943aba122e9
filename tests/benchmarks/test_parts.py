"""Which part of a network is charged with what."""

import torch

from avatarartist_core.arithmetic import COUNTER, stated
from avatarartist_core.benchmarks.parts import watched
from tests.benchmarks.toy import INNER, OUTER, Outer, Stated


def nothing() -> None:
    pass


def test_a_part_inside_a_part_is_charged_once() -> None:
    outer = Outer()
    with watched({"outer": outer, "inner": outer.inner}, nothing, count=True) as meter:
        outer(torch.ones(8, 16))
        outer(torch.ones(8, 16))
    assert meter.tallies["inner"].flops == 2 * INNER
    assert meter.tallies["outer"].flops == 2 * OUTER
    assert meter.tallies["outer"].calls == meter.tallies["inner"].calls == 2
    assert meter.tallies["outer"].seconds > 0.04 > meter.tallies["inner"].seconds


def test_a_module_s_own_word_replaces_what_torch_counts() -> None:
    stated = Stated()
    with watched({"stated": stated}, nothing, count=True) as meter:
        stated(torch.ones(3, 3), gain=2.0)
    assert meter.tallies["stated"].flops == 1003


def test_a_statement_inside_a_statement_counts_once() -> None:
    class Around(torch.nn.Module):
        flops = 5000

        def __init__(self) -> None:
            super().__init__()
            self.stated = Stated()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.stated(x) @ x

    around = Around()
    with watched({"around": around}, nothing, count=True) as meter:
        around(torch.ones(3, 3))
    assert meter.tallies["around"].flops == 5000


def test_a_function_states_its_own_arithmetic_while_it_is_counted() -> None:
    class Kernel(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with stated(7000):
                return x @ x

    kernel = Kernel()
    with watched({"kernel": kernel}, nothing, count=True) as meter:
        kernel(torch.ones(3, 3))
        kernel(torch.ones(3, 3))
    assert meter.tallies["kernel"].flops == 14000
    assert COUNTER.get() is None
    kernel(torch.ones(3, 3))
    assert meter.tallies["kernel"].flops == 14000


def test_nothing_is_watched_afterwards() -> None:
    outer = Outer()
    with watched({"outer": outer}, nothing) as meter:
        pass
    outer(torch.ones(8, 16))
    assert meter.tallies == {}


def test_a_part_that_fails_leaves_the_others_whole() -> None:
    outer, stated = Outer(), Stated()
    with watched({"outer": outer, "inner": outer.inner, "stated": stated}, nothing) as meter:
        try:
            outer(torch.ones(8, 15))
        except RuntimeError:
            stated(torch.ones(3, 3))
    assert meter.tallies["stated"].calls == 1
    assert meter.tallies["stated"].seconds < 0.02
