"""One wearable's movement as it comes in: finds the knocks, and cuts out what surrounds each.

A knock is a sample stronger than `KNOCK_G` and the strongest within a second either way. It is dealt with once three
seconds after it are known, or the stream ends. Samples are looked at by the second, counted from the stream's first,
so that where the device cut its blocks makes no difference.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.falls.features import AFTER, BEFORE, HZ, WINDOW
from analytics.falls.resample import Resampler, Samples
from devices.model import SampleBlock

KNOCK_G = 1.5
APART = HZ
"""Of two peaks within a second only the stronger is a knock."""
LOOK = HZ
"""How many samples are looked at at a time."""
HELD = 2 * WINDOW
"""How many samples are kept: more than a window and the second that is being looked at."""
ROOM = 4 * WINDOW
JITTER = timedelta(seconds=0.5)
"""A block that comes this much before or after the end of the one before it follows it without a gap."""
LONGEST_GAP = timedelta(seconds=10)
"""A gap up to this length is known as lost samples; after a longer one a stream begins anew."""
DRIFT = timedelta(seconds=0.25)
"""When the device's count of samples is this far from the hub's clock, its times are counted afresh."""
MOVED_G2 = 0.2
"""The squared strength of somebody who moves varies by more than this within a second; a still one's, by less."""
NOT_WORN_S = 20 * 60
"""A device that did not move for this long is not worn (the field's own figure)."""
PING_PONG = HZ // 2
"""What lies beyond the end of what is known is taken to go on as its last half second did."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Knock:
    """A knock: when its peak was, until when the movement was known, and that around the peak (451, 3), without holes.

    `known_after_s` is for how many seconds after the peak the movement was known: 3, or less where the stream ended.
    """

    at: datetime
    known_until: datetime
    window: Samples
    known_after_s: float


class Stream:
    """The movement of one wearable, without a break longer than `LONGEST_GAP`."""

    __slots__ = (
        "_anchor",
        "_anchor_index",
        "_buffer",
        "_end",
        "_first",
        "_looked",
        "_moved",
        "_peaks",
        "_rate",
        "_resampler",
        "_worn_s",
        "began_at",
    )

    def __init__(self, block: SampleBlock) -> None:
        self.began_at = block.at
        self._rate = block.rate_hz
        self._resampler = Resampler(block.rate_hz)
        self._buffer: Samples = np.empty((0, 3), np.float32)
        self._first = 0  # which sample of the stream the first of the buffer is
        self._looked = 0
        self._moved = -NOT_WORN_S * HZ  # the end of the last second in which there was movement
        self._worn_s = 0
        self._peaks: deque[int] = deque()
        self._anchor, self._anchor_index, self._end = block.at, 0, block.at

    @property
    def ends_at(self) -> datetime:
        """When the last block ended."""
        return self._end

    @property
    def looked_at(self) -> datetime:
        """Until when the movement has been looked at."""
        return self._when(self._looked)

    @property
    def moved_at(self) -> datetime:
        """The end of the last second in which there was movement; long before the stream if there was none."""
        return self._when(self._moved)

    def take_worn_s(self) -> int:
        """For how many seconds it was worn since this was asked last."""
        worn, self._worn_s = self._worn_s, 0
        return worn

    def follows(self, block: SampleBlock) -> bool:
        """Whether this block goes on where the stream ended, or after a gap that can be known as one."""
        return block.rate_hz == self._rate and -JITTER <= block.at - self._end <= LONGEST_GAP

    def take(self, block: SampleBlock) -> Iterator[Knock]:
        """Take the next block; the knocks that can now be judged."""
        gap = block.at - self._end
        if gap > JITTER:
            self._append(np.full((round(gap.total_seconds() * self._rate), 3), np.nan, np.float32))
        self._append(block.acceleration_g)
        self._end = block.at + timedelta(seconds=len(block.acceleration_g) / self._rate)
        self._keep_time()
        yield from self._judgeable()

    def close(self) -> Iterator[Knock]:
        """The stream has ended: the knocks that were still waiting for what comes after them."""
        while self._looked < self._known:
            self._look(min(self._looked + LOOK, self._known))
        while self._peaks:
            yield from self._cut(self._peaks.popleft())

    @property
    def _known(self) -> int:
        return self._first + len(self._buffer)

    def _append(self, samples: Samples) -> None:
        self._buffer = np.concatenate([self._buffer, self._resampler.take(samples)])

    def _keep_time(self) -> None:
        told = self._anchor + timedelta(seconds=(self._known - self._anchor_index) / HZ)
        if abs(told - self._end) > DRIFT:
            self._anchor, self._anchor_index = self._end, self._known

    def _judgeable(self) -> Iterator[Knock]:
        while self._looked + LOOK <= self._known:
            self._look(self._looked + LOOK)
            while self._peaks and self._peaks[0] + AFTER < self._looked:
                yield from self._cut(self._peaks.popleft())
        spare = self._looked - HELD - self._first
        if spare > 0:
            self._buffer = self._buffer[spare:]
            self._first += spare

    def _look(self, until: int) -> None:
        """The strongest sample of this second, if it is strong enough."""
        samples = self._buffer[self._looked - self._first : until - self._first]
        squared = np.einsum("ij,ij->i", samples, samples)
        strongest = np.fmax.reduce(squared)
        if strongest > KNOCK_G * KNOCK_G:
            self._peaks.append(self._looked + int((squared == strongest).argmax()))
        self._looked = until
        if strongest - np.fmin.reduce(squared) > MOVED_G2:
            self._moved = until
        if until - self._moved < NOT_WORN_S * HZ:
            self._worn_s += 1

    def _when(self, index: int) -> datetime:
        return self._anchor + timedelta(seconds=(index - self._anchor_index) / HZ)

    def _cut(self, peak: int) -> Iterator[Knock]:
        here = peak - self._first
        near = self._buffer[max(0, here - APART) : here + APART + 1]
        squared = np.einsum("ij,ij->i", near, near)
        if int((squared == np.fmax.reduce(squared)).argmax()) != min(here, APART):
            return
        yield Knock(
            at=self._when(peak),
            known_until=self._when(self._looked),
            window=whole(self._buffer[max(0, here - BEFORE) : here + AFTER + 1], BEFORE - min(here, BEFORE)),
            known_after_s=(min(self._known, peak + AFTER + 1) - peak - 1) / HZ,
        )


def whole(samples: Samples, missing_before: int) -> Samples:
    """A window without holes: a lost sample is as the one before it; beyond either end it goes on as it did there."""
    filled = _held(samples)
    if len(filled) == WINDOW and not missing_before:
        return filled
    here = np.arange(WINDOW) - missing_before
    last = len(filled) - 1
    start = min(PING_PONG, last)
    here = np.where(here < 0, _ping_pong(-here, start), here)
    return filled[np.where(here > last, last - _ping_pong(here - last, start), here)]


def _ping_pong(
    steps: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]", length: int
) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    """So many steps to and fro on a way of this length."""
    if length == 0:
        return np.zeros_like(steps)
    turn = steps % (2 * length)
    return np.where(turn > length, 2 * length - turn, turn)


def _held(samples: Samples) -> Samples:
    if not np.isnan(samples.min()):
        return samples
    lost = np.isnan(samples).any(axis=1)
    known = np.flatnonzero(~lost)
    before = np.searchsorted(known, np.arange(len(samples)), side="right") - 1
    return samples[known[np.maximum(before, 0)]]
