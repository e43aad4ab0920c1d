"""Heartbeats gathered into minutes of the clock, so that the same minutes are judged live and when replayed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from analytics.seen import Seen
from analytics.vitals.rhythm import FEWEST, MOST, Judged, Rhythm, Table, judge

MINUTE_S = 60
COVERED = 0.9
"""Where the intervals add up to less of the time that went by, beats are missing between them."""
SLACK_S = 2.0
"""A strap tells beats up to a second or two after they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """One minute's heartbeats as far as they can be judged, and the last of them."""

    judged: Judged
    last: Seen


@dataclass(slots=True)
class BeatMinutes:
    """The heartbeats of one strap. What comes late is left out; a minute is judged when the next one begins."""

    table: Table | None = None
    _beats: list[float] = field(default_factory=list, init=False)
    _first: datetime | None = field(default=None, init=False)
    _last: Seen | None = field(default=None, init=False)

    def take(self, beat: Seen, interval_s: float) -> Minute | None:
        """Take a beat; the minute before, if this one begins another and that one can be believed."""
        if self._last is not None and beat.at < self._last.at:
            return None
        whole = None
        if self._last is None or minute_of(beat.at) != minute_of(self._last.at):
            whole = self._judged()
            self._beats, self._first = [], beat.at
        self._last = beat
        self._beats.append(interval_s)
        return whole

    def _judged(self) -> Minute | None:
        if self._last is None or self._first is None or len(self._beats) < FEWEST:
            return None
        if not sum(self._beats[1:]) + SLACK_S >= COVERED * (self._last.at - self._first).total_seconds():
            return None
        judged = judge(np.array(self._beats[:MOST]), self.table)
        return None if judged.rhythm is Rhythm.NOISE else Minute(judged=judged, last=self._last)


def minute_of(at: datetime, length: timedelta = timedelta(seconds=MINUTE_S)) -> int:
    """Which stretch of this length, counted from 1970, a time lies in."""
    return int(at.timestamp() // length.total_seconds())
