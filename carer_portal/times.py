"""Times as people say them, in the home's zone: "3 minutes ago", "yesterday at 21:10", "in 40 seconds"."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from carer_portal.catalogue import _, ngettext

DAY_NAMES = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
MONTH_NAMES = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
)


def clock(at: datetime, tz: ZoneInfo) -> str:
    """The time of day.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 7, 6, 11, 5, tzinfo=UTC), ZoneInfo("Europe/London"))
    '12:05'
    """
    return f"{at.astimezone(tz):%H:%M}"


def day(at: datetime, tz: ZoneInfo) -> str:
    """The day with its name.

    >>> from datetime import UTC
    >>> day(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), ZoneInfo("Europe/London"))
    'Tuesday 24 November'
    """
    local = at.astimezone(tz)
    return f"{DAY_NAMES[local.weekday()]} {local.day} {MONTH_NAMES[local.month - 1]}"


def moment(at: datetime, now: datetime, tz: ZoneInfo) -> str:
    """A time with as much of its date as is needed.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    >>> [moment(noon - timedelta(hours=h), noon, ZoneInfo("UTC")) for h in (1, 24, 48)]
    ['11:00', 'yesterday at 12:00', 'Sunday 22 November at 12:00']
    """
    days = (now.astimezone(tz).date() - at.astimezone(tz).date()).days
    if days == -1:
        return _("tomorrow at {clock}").format(clock=clock(at, tz))
    if days == 0:
        return clock(at, tz)
    if days == 1:
        return _("yesterday at {clock}").format(clock=clock(at, tz))
    return _("{day} at {clock}").format(day=day(at, tz), clock=clock(at, tz))


def length(span: timedelta) -> str:
    """A length of time in its largest unit, rounded down.

    >>> [length(timedelta(seconds=s)) for s in (1, 59, 60, 7200, 200_000)]
    ['1 second', '59 seconds', '1 minute', '2 hours', '2 days']
    """
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
    if seconds < 3_600:
        return ngettext("{n} minute", "{n} minutes", seconds // 60).format(n=seconds // 60)
    if seconds < 86_400:
        return ngettext("{n} hour", "{n} hours", seconds // 3_600).format(n=seconds // 3_600)
    return ngettext("{n} day", "{n} days", seconds // 86_400).format(n=seconds // 86_400)


def ago(at: datetime, now: datetime) -> str:
    """How long ago.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    >>> ago(noon, noon), ago(noon - timedelta(minutes=3), noon)
    ('just now', '3 minutes ago')
    """
    passed = now - at
    if passed < timedelta(seconds=45):
        return _("just now")
    return _("{length} ago").format(length=length(passed))


def ahead(at: datetime, now: datetime) -> str:
    """How soon.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    >>> ahead(noon - timedelta(seconds=9), noon), ahead(noon + timedelta(seconds=40), noon)
    ('now', 'in 40 seconds')
    """
    left = at - now
    if left < timedelta(seconds=1):
        return _("now")
    return _("in {length}").format(length=length(left))


def past(at: datetime, now: datetime, tz: ZoneInfo) -> str:
    """How long ago, and when: "3 minutes ago (10:29)"; further back only when.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    >>> [past(noon - timedelta(minutes=m), noon, ZoneInfo("UTC")) for m in (3, 1440)]
    ['3 minutes ago (11:57)', 'yesterday at 12:00']
    """
    if now - at >= timedelta(days=1):
        return moment(at, now, tz)
    return f"{ago(at, now)} ({moment(at, now, tz)})"
