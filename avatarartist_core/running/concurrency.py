"""Work in threads beside the main one, reported as it goes and stopped with it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import Any

from avatarartist_core.data import Event

Report = Callable[[Event], None]
"""Takes an event from a thread; raises ``Stopped`` there when nobody waits for it any more."""

_WAKE = 0.1  # seconds; Ctrl-C is seen between two waits


class Stopped(BaseException):
    """Ends a thread whose result nobody waits for any more."""


def side_by_side(*jobs: Callable[[Report], Any]) -> Generator[Event, None, list[Any]]:
    """Run each job in its own thread; yield what they report, return their results in order.

    The first job to fail stops the others and its error is raised here. Closing the generator
    stops them all: each ends at its next report.
    """
    events: queue.SimpleQueue[Event | int] = queue.SimpleQueue()
    stop = threading.Event()
    results: dict[int, Any] = {}
    errors: dict[int, BaseException] = {}

    def report(event: Event) -> None:
        if stop.is_set():
            raise Stopped
        events.put(event)

    def work(number: int, job: Callable[[Report], Any]) -> None:
        try:
            results[number] = job(report)
        except BaseException as error:  # noqa: BLE001 - raised again where the results are awaited
            errors[number] = error
        finally:
            events.put(number)

    threads = [
        threading.Thread(target=work, args=(number, job), daemon=True)
        for number, job in enumerate(jobs)
    ]
    for thread in threads:
        thread.start()
    running = set(range(len(jobs)))
    try:
        while running:
            try:
                event = events.get(timeout=_WAKE)
            except queue.Empty:
                continue
            if isinstance(event, Event):
                yield event
                continue
            running.remove(event)
            if event in errors:
                raise errors[event]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return [results[number] for number in range(len(jobs))]
