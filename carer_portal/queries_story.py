"""The whole story of one alarm, as far as this viewer may know it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from analytics.settings import DEFAULTS
from carer_portal import wording, wording_alarm
from carer_portal.model import Answered, Labelled, Person, Told
from carer_portal.queries_alarms import People, messages_of, said_of
from carer_portal.queries_resident import Case, cases
from carer_portal.sight import VITAL, Look
from co_design.record import label_words
from devices.model import Quantity, Reading, TriggerKind
from hub.intents import Verdict
from hub.model import AlarmState, Provenance
from hub.store import observations
from hub.store.schema import alarm, alarm_finding, finding, from_us, label, setting, to_us, transition

BEFORE: Final = timedelta(hours=6)
AFTER: Final = timedelta(hours=1)
MOVED: Final = (Quantity.MOTION, Quantity.OPEN, Quantity.OCCUPIED)
MEASURED: Final = (Quantity.HEART_RATE_BPM, Quantity.PULSE_BPM, Quantity.SPO2_PERCENT)
LISTED_FOR: Final = timedelta(days=30)
LISTED_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A setting that the alarm rests on, in the version that held then."""

    words: str
    value: str
    version: int
    provenance: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading around the alarm: a sign of movement in a room, or a measurement."""

    at: datetime
    what: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An alarm in a list."""

    id: int
    title: str
    state: AlarmState
    owner: Person | None
    opened_at: datetime | None
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything about one alarm that may be told; what may not is None or empty."""

    listed: Listed
    because: str | None
    detectors: tuple[tuple[str, int], ...]
    entries: tuple[Entry, ...]
    rules: tuple[Rule, ...]
    movement: tuple[Point, ...]
    measured: tuple[Point, ...]
    labels: tuple[Labelled, ...]
    cases: tuple[Case, ...]
    siblings: tuple[int, ...]


def alarms(connection: Connection, look: Look) -> tuple[Listed, ...]:
    """The alarms of the last weeks that may be known at all, the newest first: only open ones without `kind`."""
    lately = alarm.c.opened_at >= to_us(look.now - LISTED_FOR)
    rows = connection.execute(select(alarm).where(lately | alarm.c.closed_at.is_(None)).order_by(alarm.c.id.desc()))
    seen = (row for row in rows.fetchmany(LISTED_AT_MOST) if look.sight.alarm(row.kind))
    people = People(household=look.household, sight=look.sight)
    return tuple(_listed(row, people) for row in seen if look.sight.may("kind") or row.closed_at is None)


def story(connection: Connection, look: Look, number: int) -> Story | None:
    """The story; None where there is no such alarm, or this viewer may not know of it."""
    row = connection.execute(select(alarm).where(alarm.c.id == number)).one_or_none()
    if row is None or not look.sight.alarm(row.kind) or not (look.sight.may("kind") or row.closed_at is None):
        return None
    people = People(household=look.household, sight=look.sight)
    because = look.sight.because(row.kind, row.because)
    whole = because == row.because
    found = _findings(connection, number) if whole else ()
    return Story(
        listed=_listed(row, people),
        because=because,
        detectors=tuple((one.detector, one.detector_version) for one in found),
        entries=tuple(_entries(connection, people, row)) if look.sight.helps else (),
        rules=tuple(_rules(connection, found)),
        movement=_movement(connection, look, row),
        measured=_measured(connection, look, row),
        labels=_labels(connection, people, number) if because is not None else (),
        cases=cases(connection, look, [number]) if because is not None else (),
        siblings=_siblings(connection, look, row) if because is not None else (),
    )


def _listed(row: Row[Any], people: People) -> Listed:
    sight = people.sight
    return Listed(
        id=row.id,
        title=sight.title(row.kind),
        state=AlarmState(row.state),
        owner=people[row.owner] if row.owner and sight.helps else None,
        opened_at=from_us(row.opened_at) if sight.may("time") else None,
        closed=row.closed_at is not None,
    )


def _findings(connection: Connection, number: int) -> Sequence[Row[Any]]:
    joined = select(finding).join(alarm_finding, alarm_finding.c.finding_id == finding.c.id)
    return connection.execute(joined.where(alarm_finding.c.alarm_id == number).order_by(finding.c.id)).all()


def _entries(connection: Connection, people: People, row: Row[Any]) -> Iterator[Entry]:
    """Decisions, messages and answers, in the order of time."""
    rows = connection.execute(select(transition).where(transition.c.alarm_id == row.id).order_by(transition.c.id))
    found = [Entry(at=from_us(one.at), text=_cause(one, people)) for one in rows]
    found += [Entry(at=one.at, text=_told(one)) for one in messages_of(connection, people, row.id)]
    found += [Entry(at=one.at, text=_said(one)) for one in said_of(connection, people, row.id)]
    yield from sorted(found, key=lambda one: one.at)


def _cause(row: Row[Any], people: People) -> str:
    name = people[people.household.resident].display
    who = people[row.by].display if row.by else wording.capital(wording.SOMEBODY)
    return wording_alarm.CAUSES.get(row.cause, wording_alarm.CAUSE_OTHER).format(name=name, who=who)


def _told(one: Told) -> str:
    channel = wording.CHANNELS.get(one.channel, one.channel)
    words = {"who": one.person.display, "purpose": wording.PURPOSES[one.purpose], "channel": channel}
    return wording.TOLD_WHEN.format(state=wording.DELIVERY[one.state], **words)


def _said(one: Answered) -> str:
    return wording.SAID_WORDS.get(one.said, wording.SAID_OTHER).format(who=one.person.display)


def _rules(connection: Connection, found: Sequence[Row[Any]]) -> Iterator[Rule]:
    used = {key: value for row in found for key, value in row.settings.items()}
    for key, one in sorted(used.items()):
        spec = DEFAULTS.get(key)
        chosen = connection.execute(
            select(setting).where(setting.c.key == key, setting.c.version == one["version"])
        ).one_or_none()
        provenance = Provenance.DEFAULT if chosen is None else Provenance(chosen.provenance)
        yield Rule(
            words=key if spec is None else spec.words,
            value=_value(one["value"], "" if spec is None else spec.unit),
            version=one["version"],
            provenance=wording_alarm.PROVENANCES[provenance],
            because=(spec.source if spec else "") if chosen is None else chosen.because,
        )


def _value(value: object, unit: str) -> str:
    number = f"{value:g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)
    return number if unit in ("", "clock") else f"{number} {unit}"


def _movement(connection: Connection, look: Look, row: Row[Any]) -> tuple[Point, ...]:
    """Signs of movement around it, for who may know rooms and times."""
    if not look.sight.may("room", "time") or not look.sight.person:
        return ()
    rooms = {name: setup.room for name, setup in look.household.devices.items() if setup.room}
    return tuple(
        Point(at=one.at, what=str(rooms[one.device]).replace("_", " "), value=1.0)
        for one in _around(connection, look, row, MOVED)
        if one.device in rooms and one.value > 0
    )


def _measured(connection: Connection, look: Look, row: Row[Any]) -> tuple[Point, ...]:
    if not look.sight.may("vitals", "time") or row.kind not in VITAL:
        return ()
    found = _around(connection, look, row, MEASURED)
    return tuple(Point(at=one.at, what=wording.VITALS[one.quantity], value=one.value) for one in found)


def _around(connection: Connection, look: Look, row: Row[Any], quantities: tuple[Quantity, ...]) -> Iterator[Reading]:
    opened = from_us(row.opened_at)
    since: dict[Quantity | TriggerKind, datetime] = dict.fromkeys(quantities, opened - BEFORE)
    for _number, one in observations.past(connection, since, min(look.now, opened + AFTER)):
        if isinstance(one, Reading):
            yield one


def _labels(connection: Connection, people: People, number: int) -> tuple[Labelled, ...]:
    rows = connection.execute(select(label).where(label.c.alarm_id == number).order_by(label.c.id)).all()
    said = zip(rows, label_words(connection, [(row.id, row.because) for row in rows]), strict=True)
    return tuple(Labelled(person=people[row.by], verdict=Verdict(row.verdict), because=why) for row, why in said)


def _siblings(connection: Connection, look: Look, row: Row[Any]) -> tuple[int, ...]:
    """Other alarms of this kind on the same day of the home: one episode in people's eyes, of which one label tells."""
    day = from_us(row.opened_at).astimezone(look.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    that_day = alarm.c.opened_at.between(to_us(day), to_us(day + timedelta(days=1)))
    same = select(alarm.c.id).where(alarm.c.kind == row.kind, that_day, alarm.c.id != row.id)
    return tuple(connection.execute(same.order_by(alarm.c.id)).scalars())
