"""Seconds a frame from the times at which frames came."""

import pytest

from avatarartist_core.comparison.alone import RUN, Speed, _speed


def speed(times: list[float]) -> Speed:
    return _speed({"first": 1.0, "times": times, "memory": None, "device_memory": None})


def test_frames_that_come_in_pairs_are_averaged() -> None:
    pairs = [0.1 * (number // 2) for number in range(1, 4 * RUN + 1)]
    assert speed(pairs).frame == pytest.approx(0.05)


def test_one_slow_run_does_not_count() -> None:
    times = [0.1 * number + (9.0 if number > RUN else 0.0) for number in range(1, 5 * RUN + 1)]
    assert speed(times).frame == pytest.approx(0.1)
    assert speed(times).rate == pytest.approx(len(times) / times[-1], abs=0.01)


def test_a_clip_shorter_than_a_run_still_has_a_time() -> None:
    assert speed([0.2, 0.4]).frame == pytest.approx(0.2)


def test_one_frame_has_none() -> None:
    assert (speed([]).frame, speed([]).rate) == (None, None)
