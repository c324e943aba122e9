"""Works ahead of a consumer on a few threads, in order and without piling up results."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_order(make: Callable[[int], T], count: int, workers: int) -> Iterator[T]:
    """Yield ``make(0)`` to ``make(count - 1)``, up to twice ``workers`` of them made ahead.

    When the consumer stops, what runs is awaited and nothing new is started.
    """
    if workers == 1:
        yield from map(make, range(count))
        return
    pool = ThreadPoolExecutor(workers, thread_name_prefix="layers")
    waiting: deque[Future[T]] = deque()
    try:
        for k in range(count):
            waiting.append(pool.submit(make, k))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
