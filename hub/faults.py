"""Tells people when the hub itself does not work as it should: a finding like any other, once a day and subject."""

from collections.abc import Callable
from datetime import date, datetime

from analytics.model import Finding, FindingKind
from devices.model import Clock

DETECTOR = "supervisor"
VERSION = 1
SEVERITY = 4


def finding_of(subject: str, because: str, now: datetime) -> Finding:
    """Trouble of the hub's own, as people read it."""
    return Finding(
        kind=FindingKind.FAULT,
        severity=SEVERITY,
        at=now,
        because=because,
        detector=DETECTOR,
        detector_version=VERSION,
        episode=f"{subject} {now.date().isoformat()}",
    )


class Faults:
    """Passes each trouble on once a day, however often it comes back; the database keeps that over a restart."""

    def __init__(self, clock: Clock, tell: Callable[[Finding], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._told: dict[str, date] = {}

    def failed(self, part: str, reason: str) -> None:
        """A part of the hub failed, and is being started again."""
        self.tell(part, f"A part of the hub does not work as it should: {part} ({reason}). It is being started again.")

    def tell(self, subject: str, because: str) -> None:
        """Something about this subject is wrong: a sentence."""
        now = self._clock.now()
        if self._told.get(subject) != now.date():
            self._told[subject] = now.date()
            self._tell(finding_of(subject, because, now))
