"""A detector to start from: it asks after a fixed silence by day. Copy it, and do better.

`make(home)` gives a new one for a home. The engine calls `update` with each observation that it listens to, and `tick`
at exactly the moment that `due` names. No clock, no files, no network: the same past must always say the same.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from analytics.model import Finding, FindingKind, Home, Interest
from devices.model import Observation, Quantity

SILENCE = timedelta(hours=4)
FROM_HOUR, TO_HOUR = 8, 21


class Starter:
    """Asks once in every silence that is longer than `SILENCE`, between two hours of the day."""

    name: ClassVar[str] = "starter"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.MOTION})
    lookback_s: float = SILENCE.total_seconds()

    def __init__(self, home: Home) -> None:
        self._tz = home.tz
        self._last: datetime | None = None
        self.due: datetime | None = None

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Somebody moved."""
        del number
        self._last = observation.at
        self.due = self._next_question(observation.at + SILENCE)
        return ()

    def tick(self, now: datetime) -> Iterable[Finding]:
        """The silence was long enough."""
        self.due = None
        if self._last is None:
            return ()
        return (
            Finding(
                kind=FindingKind.INACTIVITY,
                severity=5,
                at=now,
                because=f"There was no movement for {SILENCE.total_seconds() / 3600:g} hours.",
                detector=self.name,
                detector_version=self.version,
                episode=self._last.isoformat(),
            ),
        )

    def _next_question(self, at: datetime) -> datetime:
        """This moment, or the next morning where it falls into the night."""
        local = at.astimezone(self._tz)
        if FROM_HOUR <= local.hour < TO_HOUR:
            return at
        day = local.replace(hour=FROM_HOUR, minute=0, second=0, microsecond=0)
        return day if local.hour < FROM_HOUR else day + timedelta(days=1)


def make(home: Home) -> Starter:
    """A new detector for this home."""
    return Starter(home)
