import os
from dataclasses import replace

import numpy as np
import pytest

from avatarartist_core.datasets.encoding import encode
from avatarartist_core.datasets.pairs.building import draw_pairs
from avatarartist_core.datasets.pairs.drawing import PairMaker
from avatarartist_core.datasets.pairs.plan import resolve_pairs
from avatarartist_core.datasets.reading import ShardSet
from avatarartist_core.datasets.record import key_of
from avatarartist_core.datasets.shards import ShardWriter, pack
from avatarartist_core.lazy import build
from avatarartist_core.plugins import read
from avatarartist_core.running.events import finish


@pytest.fixture(scope="session")
def plugins():
    return read(os.environ)


@pytest.fixture(scope="session")
def labels(record, tmp_path_factory):
    """A data set of five labelled portraits, told apart by their gaze."""
    folder = tmp_path_factory.mktemp("labels")
    with ShardWriter(folder, "000000") as writer:
        for index in range(5):
            gaze = np.array([index, 0], np.float32)
            one = replace(record, key=key_of(index), index=index, gaze=gaze)
            writer.add(index, one.key, one.domain, pack(one.key, encode(one)))
        writer.finish(0, 5)
    return folder


@pytest.fixture(scope="session")
def planned(plugins, labels):
    """Plan five pairs of an untrained GAN in shards of two."""

    def plan(labels=labels, **numbers):
        given = {"count": 5, "seed": 3, "shard_size": 2, **numbers}
        return resolve_pairs("random", "greek-statue", labels, plugins, **given)

    return plan


@pytest.fixture(scope="session")
def drawn(planned, tmp_path_factory):
    """Draw them, triplanes kept; returns what was drawn, not to be changed, and the plan."""
    plan = planned(planes="fp16")
    return finish(draw_pairs(plan, tmp_path_factory.mktemp("pairs"))), plan


@pytest.fixture(scope="session")
def maker(planned, labels):
    plan = planned()
    sampler = build(plan.generator.entry, plan.generator.options)
    return PairMaker(plan.config, sampler, ShardSet(labels))
