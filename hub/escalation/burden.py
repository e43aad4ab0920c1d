"""How much one person is asked to bear: messages within the week, nights woken, and who was woken last.

A cap holds somebody back only where nobody's life may hang on it, and only while somebody else is left.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from analytics.model import FindingKind
from hub.escalation.context import Context
from hub.escalation.evidence import SPOKEN_FOR
from hub.household.model import Cap, Household
from hub.model import Alarm, NotificationState, Purpose
from hub.store.schema import from_us, notification, to_us

WEEK = timedelta(days=7)
LIFE = "life"
"""The plan whose messages no limit holds back."""
LIFE_KINDS = frozenset({FindingKind.PANIC, FindingKind.FALL, FindingKind.WANDERING, FindingKind.INACTIVITY})
"""Kinds of alarm in which somebody may be hurt, by whatever name their plan goes."""

OVER_LIMIT = "too many messages within the hour"
OVER_MESSAGES = "as many messages this week as was agreed"
OVER_NIGHTS = "woken on as many nights this week as was agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person was asked within the last seven days. `nights` are named by the evening they began in."""

    messages: int = 0
    nights: frozenset[date] = frozenset()
    woken_at: datetime | None = None

    def over(self, cap: Cap, tonight: date | None) -> str | None:
        """Why this person is to be spared now, if so; a night in which they were woken already is not spared again."""
        if cap.messages is not None and self.messages >= cap.messages:
            return OVER_MESSAGES
        is_new = tonight is not None and tonight not in self.nights
        if is_new and cap.nights is not None and len(self.nights) >= cap.nights:
            return OVER_NIGHTS
        return None


NOTHING = Load()


def loads(connection: Connection, household: Household, now: datetime) -> dict[str, Load]:
    """What each person was asked within the last seven days; who was asked nothing is not in it."""
    when = func.coalesce(notification.c.called_at, notification.c.created_at)
    query = select(notification.c.person, when).where(
        notification.c.created_at > to_us(now - WEEK),
        notification.c.purpose.in_([Purpose.ALARM, Purpose.EXHAUSTED]),
        notification.c.state.in_([*SPOKEN_FOR, NotificationState.PENDING]),
    )
    asked: dict[str, list[datetime]] = {}
    for person, at in connection.execute(query):
        asked.setdefault(person, []).append(from_us(at))
    return {person: _load(times, household) for person, times in asked.items()}


def _load(times: Iterable[datetime], household: Household) -> Load:
    known = sorted(times)
    woken = {at: night for at in known if (night := night_of(at, household.tz, household.night)) is not None}
    return Load(messages=len(known), nights=frozenset(woken.values()), woken_at=max(woken, default=None))


def night_of(at: datetime, tz: ZoneInfo, night: tuple[time, time]) -> date | None:
    """The evening of the night in which this moment lies, on the household's clock; None by day.

    >>> night_of(datetime.fromisoformat("2026-11-25T02:00+00:00"), ZoneInfo("Europe/London"), (time(22), time(7)))
    datetime.date(2026, 11, 24)
    """
    start, end = night
    local = at.astimezone(tz)
    clock = local.time()
    if start <= end:
        return local.date() if start <= clock < end else None
    if clock >= start:
        return local.date()
    return local.date() - timedelta(days=1) if clock < end else None


def last_woken(known: Mapping[str, Load]) -> str | None:
    """Whose night was disturbed last."""
    woken = {person: load.woken_at for person, load in known.items() if load.woken_at is not None}
    return max(woken, key=lambda person: woken[person], default=None)


def about_life(alarm: Alarm) -> bool:
    """Whether somebody may be hurt: then nobody is spared for having been asked much."""
    return alarm.policy.plan.name == LIFE or alarm.kind in LIFE_KINDS


def spared(ctx: Context, alarm: Alarm) -> dict[str, str]:
    """Who is to be left out of asking about this alarm, and why."""
    if about_life(alarm) and ctx.household.life_plans_exempt:
        return {}
    held = dict.fromkeys(_over_the_hour(ctx), OVER_LIMIT)
    return held if about_life(alarm) else {**_over_their_caps(ctx), **held}


def _over_their_caps(ctx: Context) -> dict[str, str]:
    caps = ctx.household.caps
    if not caps:
        return {}
    known = loads(ctx.connection, ctx.household, ctx.now)
    tonight = night_of(ctx.now, ctx.household.tz, ctx.household.night)
    reasons = {person: known.get(person, NOTHING).over(cap, tonight) for person, cap in caps.items()}
    return {person: reason for person, reason in reasons.items() if reason is not None}


def _over_the_hour(ctx: Context) -> frozenset[str]:
    """People who were asked as often within the last hour as the household lets them be."""
    since = to_us(ctx.now - timedelta(hours=1))
    query = (
        select(notification.c.person)
        .where(
            notification.c.created_at > since,
            notification.c.purpose == Purpose.ALARM,
            notification.c.state != NotificationState.SUPPRESSED,
        )
        .group_by(notification.c.person)
        .having(func.count() >= ctx.household.per_person_per_hour)
    )
    return frozenset(ctx.connection.execute(query).scalars())
