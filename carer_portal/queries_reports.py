"""What stands on the printed sheets: the handover for a clinician, and the letter of the month."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from carer_portal.model import OpenAlarm
from carer_portal.queries_alarms import People, open_alarms
from carer_portal.queries_days import Day, days
from carer_portal.queries_health import Health, health
from carer_portal.queries_story import Listed, alarms
from carer_portal.sight import Look
from hub.escalation.rota import on_call
from hub.intents import Verdict
from hub.model import Purpose
from hub.store.schema import alarm, label, notification, to_us

LATELY: Final = timedelta(days=7)
ASKED: Final = (Purpose.ALARM, Purpose.EXHAUSTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One sheet. Each part is empty or None where it may not be known."""

    name: str | None
    born: int | None
    address: str | None
    open: tuple[OpenAlarm, ...]
    lately: tuple[Listed, ...]
    health: Health
    on_call: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One month: how often there was an alarm of each kind and how often it was wrong, movement, who was asked."""

    month: date
    alarms: tuple[tuple[str, int, int], ...] | None
    signs: float | None
    signs_before: float | None
    nights: float | None
    asked: tuple[tuple[str, int], ...]


def handover(connection: Connection, look: Look) -> Handover:
    """As this viewer may know it."""
    sight, person = look.sight, look.household.person
    people = People(household=look.household, sight=sight)
    on = {name for rota in look.household.rotas.values() for name in on_call(rota, look.now, look.tz)}
    may_name = sight.may("name")
    return Handover(
        name=person.full_name if may_name else sight.name(look.household),
        born=person.birth_date.year if person.birth_date is not None and sight.may("birth_year") else None,
        address=person.address if sight.may("address") else None,
        open=open_alarms(connection, people),
        lately=tuple(one for one in alarms(connection, look) if _is_lately(one, look)),
        health=health(connection, look),
        on_call=tuple(sorted(people[one].display for one in on)) if sight.helps else (),
    )


def _is_lately(one: Listed, look: Look) -> bool:
    return one.closed and one.opened_at is not None and look.now - one.opened_at <= LATELY


def letter(connection: Connection, look: Look, month: date) -> Letter:
    """The month that begins on this day, as this viewer may know it."""
    start, end = _bounds(month, look)
    before = _bounds(_previous(month), look)[0].astimezone(look.tz).date()
    back = (look.now.astimezone(look.tz).date() - before).days + 1
    activity = days(connection, look, back).activity or ()
    this = [one for one in activity if month <= one.day < _next(month)]
    last = [one for one in activity if before <= one.day < month]
    return Letter(
        month=month,
        alarms=_counted(connection, look, start, end) if look.sight.may("kind") else None,
        signs=_mean(this, "signs"),
        signs_before=_mean(last, "signs"),
        nights=_mean(this, "at_night"),
        asked=_asked(connection, look, start, end) if look.sight.helps else (),
    )


def _counted(connection: Connection, look: Look, start: datetime, end: datetime) -> tuple[tuple[str, int, int], ...]:
    span = alarm.c.opened_at >= to_us(start), alarm.c.opened_at < to_us(end)
    rows = connection.execute(select(alarm.c.id, alarm.c.kind).where(*span)).all()
    wrong = select(label.c.alarm_id).where(label.c.verdict == Verdict.WRONG)
    mistaken = set(connection.execute(wrong.where(label.c.alarm_id.in_([row.id for row in rows]))).scalars())
    titles = Counter(look.sight.title(row.kind) for row in rows)
    wrongly = Counter(look.sight.title(row.kind) for row in rows if row.id in mistaken)
    return tuple((title, n, wrongly[title]) for title, n in titles.most_common())


def _asked(connection: Connection, look: Look, start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    counted = (
        select(notification.c.person, func.count().label("n"))
        .where(notification.c.purpose.in_(ASKED))
        .where(notification.c.created_at >= to_us(start), notification.c.created_at < to_us(end))
        .group_by(notification.c.person)
        .order_by(func.count().desc())
    )
    people = People(household=look.household, sight=look.sight)
    return tuple((people[row.person].display, row.n) for row in connection.execute(counted))


def _mean(every: list[Day], name: str) -> float | None:
    return sum(getattr(one, name) for one in every) / len(every) if every else None


def _bounds(month: date, look: Look) -> tuple[datetime, datetime]:
    midnight = datetime.min.time()
    return datetime.combine(month, midnight, look.tz), datetime.combine(_next(month), midnight, look.tz)


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _previous(month: date) -> date:
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)
