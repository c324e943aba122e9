"""Records made by several processes, on this machine or on a cluster, with Ray Data."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Generator
from importlib.util import find_spec
from typing import Any

from avatarartist_core.datasets.making import Maker, Outcome
from avatarartist_core.datasets.plan import BuildPlan
from avatarartist_core.datasets.ray_session import ray_session
from avatarartist_core.datasets.shards import Rejected
from avatarartist_core.errors import AvatarArtistError, UsageError

_WORTH = 32
"""Records that are worth a process of their own: Ray takes seconds to start."""


def how_many(asked: int | None, count: int | None, address: str = "") -> int:
    """Choose how many processes work.

    Args:
        asked: as many as the user said; None: as many as are worth it.
        count: records of the data set where it is known.
        address: of a cluster; then 0 stands for every core of it.
    """
    if asked is not None or address:
        return asked or 0
    if find_spec("ray") is None:
        return 1
    worth = -(-count // _WORTH) if count else os.cpu_count() or 1
    return max(1, min(os.cpu_count() or 1, worth))


def on_ray(
    plan: BuildPlan, numbers: list[int], workers: int, address: str = ""
) -> Generator[Outcome, None, None]:
    """Make records, in the order of ``numbers``; a worker that dies is replaced, its work redone.

    Args:
        plan: what they are made of; every machine of a cluster needs the same parts installed.
        numbers: of the records.
        workers: processes, each of one core; 0: one for each core that the cluster has.
        address: of a running Ray cluster; empty: Ray is started on this machine, and ended.

    Raises:
        UsageError: Ray is not installed, or there is no such cluster.
        AvatarArtistError: no record can be made.
    """
    with ray_session(workers, address) as ray:
        workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        share = _gpu_share(ray, plan.config.device, workers)
        rows = ray.data.from_items(
            [{"number": number} for number in numbers],
            override_num_blocks=math.ceil(len(numbers) / _block(len(numbers), workers)),
        )
        made = rows.map_batches(
            Worker,
            fn_constructor_args=(plan,),
            batch_size=None,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_cpus=1,
            num_gpus=share or None,
        )
        for row in made.iter_rows():
            yield _outcome(row)


class Worker:
    """Makes records inside a process of Ray; its parts are loaded once."""

    def __init__(self, plan: BuildPlan) -> None:
        from avatarartist_core.datasets.threads import one_thread

        self._threads = one_thread()
        self._threads.__enter__()  # for the life of the process
        self._maker = Maker(plan)

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Make the records of a block of numbers."""
        rows = [self._row(int(number)) for number in batch["number"]]
        return {name: [row[name] for row in rows] for name in rows[0]}

    def _row(self, number: int) -> dict[str, Any]:
        try:
            outcome = self._maker.make(number)
        except AvatarArtistError as error:  # an exception of a worker would lose its words
            return _row(number, stop=json.dumps([str(error), error.hint, error.exit_code]))
        rejected = outcome.rejected
        return _row(
            number,
            domain=outcome.domain,
            key=outcome.key,
            packed=outcome.packed,
            rejected=rejected.model_dump_json() if rejected else "",
            seconds=json.dumps(outcome.seconds),
        )


def _row(number: int, **values: Any) -> dict[str, Any]:
    empty = {"domain": "", "key": "", "packed": b"", "rejected": "", "seconds": "{}", "stop": ""}
    return {"number": number, **empty, **values}


def _outcome(row: dict[str, Any]) -> Outcome:
    if row["stop"]:
        message, hint, code = json.loads(row["stop"])
        raise (UsageError if code == UsageError.exit_code else AvatarArtistError)(message, hint)
    return Outcome(
        number=int(row["number"]),
        domain=row["domain"],
        key=row["key"],
        packed=row["packed"],
        rejected=Rejected.model_validate_json(row["rejected"]) if row["rejected"] else None,
        seconds=json.loads(row["seconds"]),
    )


def _block(count: int, workers: int) -> int:
    """Choose how many records a worker makes at a time: few, so that all end together."""
    return max(1, min(16, count // (16 * workers)))


def _gpu_share(ray: Any, device: str, workers: int) -> float:
    """Give each worker its share of the GPUs when networks run there."""
    if not device.startswith("cuda"):
        return 0.0
    cards = ray.cluster_resources().get("GPU", 0)
    if not cards:
        raise UsageError(f"Ray sees no GPU for device {device!r}", "Leave --device out.")
    return min(1.0, cards / workers)
