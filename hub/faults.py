"""Tells people when a part of the hub itself does not work: a finding like any other, once a day and part."""

from collections.abc import Callable
from datetime import date, datetime

from analytics.model import Finding, FindingKind
from devices.model import Clock

DETECTOR = "supervisor"
VERSION = 1
SEVERITY = 4


def finding_of(part: str, reason: str, now: datetime) -> Finding:
    """A part's failure as people read it."""
    return Finding(
        kind=FindingKind.FAULT,
        severity=SEVERITY,
        at=now,
        because=f"A part of the hub does not work as it should: {part} ({reason}). It is being started again.",
        detector=DETECTOR,
        detector_version=VERSION,
        episode=f"{part} {now.date().isoformat()}",
    )


class Faults:
    """Passes each part's failure on once a day, however often it fails; the database keeps that over a restart."""

    def __init__(self, clock: Clock, tell: Callable[[Finding], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._told: dict[str, date] = {}

    def tell(self, part: str, reason: str) -> None:
        """This part failed."""
        now = self._clock.now()
        if self._told.get(part) != now.date():
            self._told[part] = now.date()
            self._tell(finding_of(part, reason, now))
