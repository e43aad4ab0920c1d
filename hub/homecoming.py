"""Notices that somebody moves indoors again, after an alarm has asked whether they would come back."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from analytics.model import Finding, FindingKind
from analytics.signs import Sign, Signs
from devices.model import Observation
from hub.store.schema import alarm, from_us


def still_out(connection: Connection) -> datetime | None:
    """Since when an open alarm has been asking whether they come back; None where none does."""
    open_ = (alarm.c.kind == FindingKind.WANDERING) & alarm.c.closed_at.is_(None)
    since_us = connection.scalar(select(func.max(alarm.c.opened_at)).where(open_))
    return None if since_us is None else from_us(since_us)


class Homecoming:
    """Remembers that somebody is out, since when, and sees the first sign indoors after that. `out_since`: at start."""

    def __init__(self, signs: Signs, out_since: datetime | None) -> None:
        self._signs = signs
        self._out_since = out_since

    def expect(self, found: Iterable[Finding]) -> None:
        """A finding may say that somebody has gone out."""
        for finding in found:
            if finding.kind is FindingKind.WANDERING:
                self._out_since = finding.at

    def is_shown_by(self, observation: Observation) -> bool:
        """Whether this is the first sign that they are back."""
        sign = self._signs.read(observation)
        if sign is not Sign.INSIDE or self._out_since is None or observation.at <= self._out_since:
            return False
        self._out_since = None
        return True
