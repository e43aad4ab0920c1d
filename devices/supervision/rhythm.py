"""How often one sender is heard, learnt from the gaps between its frames.

A gap counts by its length. So a button that repeats itself ten times in a second does not seem to speak every tenth of
a second, and what is learnt is the gap in which most of the time is spent. The gaps lie in a histogram of logarithmic
buckets that forgets with a half-life of a day: a few hundred bytes a sender, however often it speaks.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

HALF_LIFE_S = 86_400.0
BUCKETS_AN_OCTAVE = 2
SHORTEST_S = 0.01
FEWEST = 5
"""Fewer gaps than this say nothing."""
USUAL, LONG = 0.5, 0.9
"""Half of the time is spent in gaps no longer than the usual one, nine tenths in gaps no longer than the long one."""
REGULAR_RATIO = 2.2
"""A beacon of which one frame in ten is not heard has a long gap of two usual ones, and still counts as regular."""
MOST_WEIGHT = 3.0
"""A gap that was too long weighs no more than three usual ones: one night without a battery is no habit."""
CHANGED_AFTER = 2
"""So many gaps that were too long, with little else between them, and the sender has a new rhythm."""
LONGEST_ADOPTED_S = 3_600.0
"""A longer one is an outage: no sender that speaks of itself was made so slow while it was in use."""

_LARGEST_SCALE = 1e12


@dataclass(slots=True)
class Rhythm:
    """The gaps between a sender's frames."""

    _buckets: dict[int, tuple[float, float]] = field(default_factory=dict, init=False)  # seconds, and number of gaps
    _scale: float = field(default=1.0, init=False)
    _too_long: list[float] = field(default_factory=list, init=False)
    _between_s: float = field(default=0.0, init=False)

    def add(self, gap_s: float, limit_s: float | None = None) -> None:
        """Learn from one gap. `limit_s`: longer than this was too long."""
        if limit_s is not None and gap_s > limit_s:
            self._add_too_long(gap_s)
        else:
            self._between_s += gap_s
            self._put(gap_s, gap_s)

    @property
    def total_s(self) -> float:
        """How much time what is known covers; the older the less."""
        return sum(seconds for seconds, _ in self._buckets.values()) / self._scale

    @property
    def gaps(self) -> float:
        """How many gaps what is known rests on; the older the less."""
        return sum(number for _, number in self._buckets.values()) / self._scale

    def within(self, share: float) -> float:
        """The gap such that this share of the time is spent in gaps no longer."""
        left = share * sum(seconds for seconds, _ in self._buckets.values())
        for bucket in sorted(self._buckets):
            seconds, number = self._buckets[bucket]
            left -= seconds
            if left <= 0:
                return round(seconds / number, 6)
        return 0.0

    @property
    def interval_s(self) -> float:
        """Its own interval: the gap in which nine tenths of the time are spent."""
        return self.within(LONG)

    @property
    def regular(self) -> bool:
        """Whether it speaks of itself, rather than when something happens."""
        return self.interval_s <= REGULAR_RATIO * self.within(USUAL)

    def kept(self) -> dict[str, list[float]]:
        """What is known, to be stored."""
        return {
            str(bucket): [round(seconds / self._scale, 3), round(number / self._scale, 3)]
            for bucket, (seconds, number) in self._buckets.items()
            if number > self._scale / 1000
        }

    @classmethod
    def from_kept(cls, kept: Mapping[str, list[float]]) -> "Rhythm":
        """What was known when it was stored. Raises `ValueError` or `TypeError` where that is no such thing."""
        rhythm = cls()
        rhythm._buckets = {
            int(bucket): (float(seconds), float(number))
            for bucket, (seconds, number) in kept.items()
            if seconds > 0 and number > 0
        }
        return rhythm

    def _put(self, gap_s: float, weight_s: float) -> None:
        gap_s = max(gap_s, SHORTEST_S)
        weight_s = max(weight_s, SHORTEST_S)
        self._scale *= 2 ** (weight_s / HALF_LIFE_S)
        if self._scale > _LARGEST_SCALE:
            self._rescale()
        bucket = math.floor(math.log2(gap_s / SHORTEST_S) * BUCKETS_AN_OCTAVE)
        seconds, number = self._buckets.get(bucket, (0.0, 0.0))
        self._buckets[bucket] = (seconds + weight_s * self._scale, number + weight_s / gap_s * self._scale)

    def _add_too_long(self, gap_s: float) -> None:
        if self._between_s > sum(self._too_long):
            self._too_long = []
        self._between_s = 0.0
        self._too_long += [gap_s] if gap_s <= LONGEST_ADOPTED_S else []
        if len(self._too_long) >= CHANGED_AFTER:
            self._begin_anew()
        elif self._buckets:
            self._put(gap_s, min(gap_s, MOST_WEIGHT * self.interval_s))

    def _begin_anew(self) -> None:
        gaps, self._too_long = self._too_long, []
        self._buckets, self._scale = {}, 1.0
        for gap_s in gaps:
            self._put(gap_s, gap_s)

    def _rescale(self) -> None:
        self._buckets = {b: (s / self._scale, n / self._scale) for b, (s, n) in self._buckets.items()}
        self._scale = 1.0
