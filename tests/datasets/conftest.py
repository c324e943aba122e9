import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from avatarartist_core.datasets.plan import resolve_build
from avatarartist_core.datasets.record import Record, record_of
from avatarartist_core.datasets.sample import Labels, Sample
from avatarartist_core.datasets.shards import ShardWriter, pack
from avatarartist_core.heads.find import head_model
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.heads.world import portrait_camera
from avatarartist_core.plugins import read
from avatarartist_core.samples import sample_portrait


@pytest.fixture(scope="session")
def sample() -> Sample:
    portrait = sample_portrait(64)
    head, fit = head_model("anny-head"), portrait.fit
    drawn = mesh_maps(head, fit.identity, fit.expression[None], fit.gaze[None])[0]
    labels = Labels(
        topology="anny-head",
        mesh_map=drawn,
        camera=portrait_camera(fit, 64, head.window),
        identity=fit.identity,
        expression=fit.expression,
        gaze=fit.gaze,
        rotation=fit.rotation,
    )
    return Sample("drawn", portrait, labels, {"other": False, "lens": 1.5, "file": "Zoë.png"})


@pytest.fixture(scope="session")
def record(sample) -> Record:
    """One record whose every float32 is awkward."""
    made = record_of(sample, 7, domain="realistic", source="sample", transfer_seed=9, seed=3)
    chance = np.random.default_rng(5)

    def odd(shape):
        return chance.normal(0, 1, shape).astype(np.float32)

    return replace(
        made,
        identity=odd(80),
        expression=odd(52) * np.float32(1e-30),
        gaze=odd(2),
        landmarks=odd((478, 3)) * 100,
        depth=np.abs(odd((64, 64))),
    )


@pytest.fixture
def make_set(record):
    """Write shards of ``count`` records, ``size`` to a shard, domains in turn."""
    from avatarartist_core.datasets.encoding import encode
    from avatarartist_core.datasets.record import key_of

    def make(folder, count=6, size=4, domains=("realistic", "pencil")):
        folder.mkdir(exist_ok=True)
        for number, first in enumerate(range(0, count, size)):
            with ShardWriter(folder, f"{number:06d}") as writer:
                for index in range(first, min(first + size, count)):
                    domain = domains[index % len(domains)]
                    one = replace(
                        record,
                        key=key_of(index),
                        index=index,
                        domain=domain,
                        gaze=np.array([index, 0], np.float32),
                    )
                    writer.add(index, one.key, domain, pack(one.key, encode(one)))
                writer.finish(first, min(first + size, count))
        return folder

    return make


PARTS = Path(__file__).with_name("parts")


@pytest.fixture
def parts(monkeypatch):
    """The plugins of this machine and the parts in ``tiny_parts``."""
    monkeypatch.syspath_prepend(str(PARTS))
    return read({"AA_PLUGINS": "tiny=tiny_parts"})


@pytest.fixture
def tiny(parts):
    """Plan a data set of the tiny source."""

    def plan(*settings, domains="plain,warm,cold", count=10, **numbers):
        options = [f"source.{setting}" for setting in settings]
        numbers = {"shard_size": 4, "seed": 5, **numbers}
        return resolve_build("tiny", domains, parts, settings=options, count=count, **numbers)

    return plan


@pytest.fixture
def hashes():
    """Hash the shards of a data set by name."""

    def of(folder):
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.glob("0*"))
        }

    return of


@pytest.fixture
def aa():
    """Start ``aa`` with the tiny parts in a process of its own."""

    def start(*words, **options):
        environment = {
            **os.environ,
            "AA_PLUGINS": "tiny=tiny_parts",
            "PYTHONPATH": str(PARTS),
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "avatarartist_core", *map(str, words)]
        return subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    return start
