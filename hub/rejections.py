"""Readings kept out of the detectors, each with its reason, and no more of them than anybody would read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from devices.model import Reading

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
"""As many are kept of one device in an hour: a device that raves does not fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """One reading that was kept out."""

    reading: Reading
    reason: str


@dataclass(slots=True)
class _Hour:
    since: datetime
    kept: int = 0


class Rejections:
    """Collects rejections until they are stored."""

    def __init__(self) -> None:
        self._waiting: list[Rejection] = []
        self._hours: dict[str, _Hour] = {}

    def add(self, reading: Reading, reason: str, now: datetime) -> None:
        """Keep one, unless this device has had its share of the hour."""
        hour = self._hours.get(reading.device)
        if hour is None or not timedelta(0) <= now - hour.since < AN_HOUR:
            hour = self._hours[reading.device] = _Hour(since=now)
        if hour.kept < MOST_AN_HOUR:
            hour.kept += 1
            self._waiting.append(Rejection(reading=reading, reason=reason))

    def take(self) -> list[Rejection]:
        """Those that wait to be stored."""
        waiting, self._waiting = self._waiting, []
        return waiting
