"""The memory that a process is said to have held."""

import subprocess
import sys

import pytest

from avatarartist_core.benchmarks.memory import peak_memory

GROWS = (
    "from avatarartist_core.benchmarks.memory import growth, peak_memory\n"
    "before = peak_memory()\n"
    "block = bytearray(b'1' * (80 << 20))\n"
    "del block\n"
    "print(before, growth(before))\n"
)


@pytest.mark.skipif(peak_memory() is None, reason="this system tells nothing")
def test_the_peak_rises_by_what_was_held_and_forgets_the_parent() -> None:
    ballast = bytearray(b"1" * (300 << 20))
    done = subprocess.run([sys.executable, "-c", GROWS], capture_output=True, text=True, check=True)
    before, grown = (float(word) for word in done.stdout.split())
    assert len(ballast) > before * (1 << 20)
    assert 80 <= grown < 200
