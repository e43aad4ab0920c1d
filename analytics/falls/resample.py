"""Any device's samples in one common form: 50 a second, clipped where a modest device clips."""

from math import floor

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Acceleration in g, (n, 3); a lost sample is a row of NaN."""

RATE_HZ = 50.0
RANGE_G = 4.0
"""What a device measures beyond this is cut off: another device would not have seen it."""
SLOWEST_HZ, FASTEST_HZ = 20.0, 1_000.0
"""Outside of this nothing can be said of a knock."""


def usable(rate_hz: float) -> bool:
    """Whether a device samples often enough, and at a rate that can be."""
    return SLOWEST_HZ <= rate_hz <= FASTEST_HZ


class Resampler:
    """Brings a stream to 50 Hz. Where it is cut into blocks makes no difference to a single bit.

    Each sample is the mean of those of its 20 ms, taken between neighbours where the rate is no multiple of 50.
    """

    __slots__ = ("_made", "_offset", "_raw", "_step", "_taps")

    def __init__(self, rate_hz: float) -> None:
        self._step = rate_hz / RATE_HZ
        self._taps = max(1, round(self._step))
        self._raw: Samples = np.empty((0, 3), np.float32)
        self._offset = 0  # which sample of the stream the first of `_raw` is
        self._made = 0

    def take(self, samples: Samples) -> Samples:
        """What can be said of the stream with these samples that could not be said without."""
        if self._step == 1.0:
            return _clipped(samples)
        raw = np.concatenate([self._raw, _clipped(samples)])
        known = self._offset + len(raw)
        last = floor((known - 1 - self._taps) / self._step)  # the last one whose every neighbour is known
        made = self._between(raw, np.arange(self._made, max(self._made, last + 1)))
        self._made += len(made)
        spent = min(len(raw), int(self._made * self._step) - self._offset)
        self._raw, self._offset = raw[spent:], self._offset + spent
        return made

    def _between(self, raw: Samples, wanted: NDArray[np.int64]) -> Samples:
        at = wanted * self._step
        before = at.astype(np.int64)
        share = (at - before).astype(np.float32)[:, None]
        before -= self._offset
        total: Samples = np.zeros((len(wanted), 3), np.float32)
        for tap in range(self._taps):
            total += raw[before + tap] * (1 - share) + raw[before + tap + 1] * share
        return total / np.float32(self._taps)


def _clipped(samples: Samples) -> Samples:
    """As a modest device would have it; `np.clip` does the same, and takes five times as long for half a second."""
    clipped: Samples = np.minimum(np.maximum(samples, np.float32(-RANGE_G)), np.float32(RANGE_G))
    return clipped
