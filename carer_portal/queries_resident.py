"""What the resident reads on their own pages: who may see what, who looked, what was noticed, what they said to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from carer_portal import views_log
from carer_portal import wording_resident as words
from carer_portal.queries_alarms import People
from carer_portal.schema import case, moment
from carer_portal.sight import Look, sight
from carer_portal.views_log import Looked
from hub.model import Role
from hub.store.schema import alarm, from_us, to_us

LOOKS_FOR: Final = timedelta(days=30)
LOOKS_AT_MOST: Final = 2_000
NOTICED_FOR: Final = timedelta(days=30)
NOTICED_AT_MOST: Final = 30
MOMENTS_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One role: who has it here, and which fields it may see now."""

    role: Role
    people: tuple[str, ...]
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How often somebody looked at one thing on one day, and when last."""

    who: str
    role: Role
    page: str
    day: date
    times: int
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What somebody said is not right, and what came of it."""

    id: int
    alarm_id: int | None
    words: str
    by: str
    owner: str | None
    owner_key: str | None
    due_at: datetime
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """Something that was noticed, and what was said against it."""

    alarm_id: int
    kind: str
    because: str
    at: datetime
    cases: tuple[Case, ...]


def sharing(connection: Connection, look: Look) -> tuple[Group, ...]:
    """Each role, who has it, what it may see: for the resident alone, who decides it."""
    if not look.own:
        return ()
    people = look.household.people.values()
    return tuple(
        Group(
            role=role,
            people=tuple(one.display for one in people if one.role is role),
            allowed=sight(connection, look.household, role, look.now).fields,
        )
        for role in words.GROUPS
    )


def looks(connection: Connection, look: Look) -> tuple[Looks, ...]:
    """Who looked at what in the last weeks, for the resident alone: one row a day, the newest first."""
    if not look.own:
        return ()
    found = views_log.since(connection, look.now - LOOKS_FOR, LOOKS_AT_MOST)
    return tuple(sorted(_by_day(found, look), key=lambda one: one.last, reverse=True))


def _by_day(found: Iterable[Looked], look: Look) -> Iterable[Looks]:
    same: dict[tuple[str, Role, str, date], list[datetime]] = defaultdict(list)
    for one in found:
        same[one.person, one.role, one.page, _day(one.at, look.tz)].append(one.at)
    for (person, role, page, day), times in same.items():
        contact = look.household.people.get(person)
        who = contact.display if contact else person
        yield Looks(who=who, role=role, page=page, day=day, times=len(times), last=max(times))


def _day(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()


def noticed(connection: Connection, look: Look) -> tuple[Noticed, ...]:
    """What was noticed lately, for the resident alone: the newest first."""
    if not look.own:
        return ()
    lately = select(alarm).where(alarm.c.opened_at >= to_us(look.now - NOTICED_FOR))
    rows = connection.execute(lately.order_by(alarm.c.opened_at.desc()).limit(NOTICED_AT_MOST)).all()
    said = cases(connection, look, [row.id for row in rows])
    return tuple(
        Noticed(
            alarm_id=row.id,
            kind=row.kind,
            because=row.because,
            at=from_us(row.opened_at),
            cases=tuple(one for one in said if one.alarm_id == row.id),
        )
        for row in rows
    )


def cases(connection: Connection, look: Look, alarms: Iterable[int]) -> tuple[Case, ...]:
    """What was said against these alarms."""
    query = select(case).where(case.c.alarm_id.in_(list(alarms))).order_by(case.c.id)
    return tuple(_case(row, look) for row in connection.execute(query))


def cases_of(connection: Connection, look: Look) -> tuple[Case, ...]:
    """What this viewer has to answer still."""
    query = select(case).where(case.c.owner == look.viewer.key, case.c.answered_at.is_(None)).order_by(case.c.due_at)
    return tuple(_case(row, look) for row in connection.execute(query))


def moments(connection: Connection, look: Look) -> tuple[tuple[datetime, str], ...]:
    """What this person wanted remembered, the newest first."""
    query = select(moment).where(moment.c.by == look.viewer.key).order_by(moment.c.id.desc()).limit(MOMENTS_AT_MOST)
    return tuple((from_us(row.at), row.words) for row in connection.execute(query))


def _case(row: Row[Any], look: Look) -> Case:
    people = People(household=look.household, sight=look.sight)  # the resident is called as this viewer may know
    return Case(
        id=row.id,
        alarm_id=row.alarm_id,
        words=row.words,
        by=people[row.by].display,
        owner=people[row.owner].display if row.owner else None,
        owner_key=row.owner,
        due_at=from_us(row.due_at),
        answer=row.answer,
    )
