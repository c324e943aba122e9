"""Jobs side by side: events come through, results in order, none outlives the caller."""

import threading
import time

import pytest

from avatarartist_core.data import Event
from avatarartist_core.running.concurrency import Report, side_by_side
from avatarartist_core.running.events import finish


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.is_alive()}


def test_results_come_in_the_order_of_the_jobs() -> None:
    def slow(report: Report) -> str:
        time.sleep(0.05)
        report(Event("prepare", 1, 1))
        return "slow"

    seen: list[Event] = []
    results = finish(side_by_side(slow, lambda report: "fast"), seen.append)
    assert results == ["slow", "fast"]
    assert [event.stage for event in seen] == ["prepare"]


def test_jobs_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=10)
    results = finish(side_by_side(lambda report: both.wait(), lambda report: both.wait()))
    assert sorted(results) == [0, 1]


def test_an_error_stops_the_others_and_is_raised() -> None:
    before = threads()

    def endless(report: Report) -> None:
        while True:
            report(Event("track"))
            time.sleep(0.001)

    def broken(report: Report) -> None:
        raise ValueError("a broken job")

    with pytest.raises(ValueError, match="a broken job"):
        finish(side_by_side(endless, broken))
    assert threads() == before


def test_closing_stops_every_job() -> None:
    before = threads()

    def endless(report: Report) -> None:
        while True:
            report(Event("track"))
            time.sleep(0.001)

    events = side_by_side(endless, endless)
    assert next(events).stage == "track"
    events.close()
    assert threads() == before
