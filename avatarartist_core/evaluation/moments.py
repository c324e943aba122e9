"""Mean and covariance of vectors that come by in batches."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]


class Moments:
    """Gathers vectors and keeps only their count, mean and spread, all in double precision.

    Batches are merged by the pairwise update of Chan, Golub and LeVeque 1983, so many vectors far
    from the origin lose no digits.
    """

    def __init__(self) -> None:
        self.count = 0
        self._mean: Doubles = np.zeros(0)
        self._spread: Doubles = np.zeros((0, 0))

    def add(self, vectors: ArrayLike) -> None:
        """Take (B, D) vectors; a tensor on the CPU without gradient will do.

        Raises:
            ValueError: they are not finite, or not as long as those before.
        """
        batch: Doubles = np.asarray(vectors, np.float64)
        if batch.ndim != 2 or (self.count and batch.shape[1] != self.size):
            raise ValueError(f"vectors are {batch.shape}, not (B, {self.size or 'D'})")
        if not np.isfinite(batch).all():
            raise ValueError("vectors hold values that are not finite")
        if not len(batch):
            return
        mean = batch.mean(0)
        away = batch - mean
        spread = away.T @ away
        if not self.count:
            self.count, self._mean, self._spread = len(batch), mean, spread
            return
        total = self.count + len(batch)
        gap = mean - self._mean
        self._spread += spread + np.outer(gap, gap) * (self.count * len(batch) / total)
        self._mean = self._mean + gap * (len(batch) / total)
        self.count = total

    @property
    def size(self) -> int:
        """D, the length of a vector."""
        return len(self._mean)

    @property
    def mean(self) -> Doubles:
        """(D,)."""
        return self._mean

    @property
    def covariance(self) -> Doubles:
        """(D, D), unbiased.

        Raises:
            ValueError: there are fewer than two vectors.
        """
        if self.count < 2:
            raise ValueError(f"{self.count} vectors have no covariance")
        return self._spread / (self.count - 1)

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what ``from_state`` needs, as arrays for a safetensors file."""
        return {"count": np.array([self.count]), "mean": self._mean, "spread": self._spread}

    @classmethod
    def from_state(cls, state: dict[str, NDArray[Any]]) -> Moments:
        """Go on where ``state`` was taken."""
        made = cls()
        made.count = int(state["count"][0])
        made._mean = np.array(state["mean"], np.float64)
        made._spread = np.array(state["spread"], np.float64)
        return made
