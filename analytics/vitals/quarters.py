"""Readings gathered by quarters of the local day: night, morning, afternoon, evening."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.localtime import instant
from analytics.model import Evidence
from analytics.seen import Seen
from analytics.vitals.vital import Vital

HOURS = 6
MOST = 256
"""More readings of a quarter than this add nothing."""


class Quarter(NamedTuple):
    """A quarter of a local day; 0 is from midnight on."""

    day: date
    part: int

    def ends(self, tz: ZoneInfo) -> datetime:
        """When it is over."""
        if self.part == 24 // HOURS - 1:
            return instant(self.day + timedelta(days=1), time(0), tz)
        return instant(self.day, time((self.part + 1) * HOURS), tz)


def quarter_of(at: datetime, tz: ZoneInfo) -> Quarter:
    """The quarter that an instant lies in."""
    local = at.astimezone(tz)
    return Quarter(local.date(), local.hour // HOURS)


class Value(NamedTuple):
    """What a vital sign was in one quarter of a day, and what shows it."""

    quarter: Quarter
    value: float
    evidence: Evidence


@dataclass(slots=True)
class Gathering:
    """The readings of the quarter that is not over yet."""

    quarter: Quarter
    ends: datetime
    last: Seen
    _values: list[float] = field(default_factory=list, init=False)
    _slot: int = field(default=-1, init=False)

    def take(self, seen: Seen, value: float, every_s: int) -> None:
        """Take a reading, unless one of the same moment of a stream was taken already."""
        slot = int(seen.at.timestamp()) // every_s if every_s else self._slot + 1
        if slot <= self._slot or len(self._values) >= MOST:
            return
        self._slot, self.last = slot, seen
        self._values.append(value)

    def value(self, vital: Vital) -> Value:
        """What it was in this quarter."""
        ranked = sorted(self._values)
        value = ranked[int(vital.share * (len(ranked) - 1))]
        heard = self.last.evidence()
        shown = Evidence(device=heard.device, what=vital.kept_as or heard.what, value=value, at=heard.at, id=heard.id)
        return Value(self.quarter, value, shown)
