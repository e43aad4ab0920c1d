"""A time as people say it, on the home's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo


def said(at: datetime, now: datetime, tz: ZoneInfo) -> str:
    """A time, with its day where that is not today.

    >>> from datetime import UTC, timedelta
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    >>> [said(noon - timedelta(hours=h), noon, ZoneInfo("Europe/London")) for h in (1, 24, 48)]
    ['11:00', '12:00 yesterday', '12:00 on 22 November']
    """
    there, here = at.astimezone(tz), now.astimezone(tz)
    days = (here.date() - there.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    return f"{there:%H:%M} yesterday" if days == 1 else f"{there:%H:%M} on {there.day} {there:%B}"
