"""Open and past alarms: what happened, who was told, who answered, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, select

from carer_portal import wording
from carer_portal.model import Answered, Labelled, OpenAlarm, PastAlarm, Person, Told
from carer_portal.sight import EQUIPMENT, Sight
from co_design.record import label_words
from hub.household.model import Household
from hub.intents import Verdict
from hub.model import TERMINAL, AlarmState, NotificationState, Purpose
from hub.store.schema import acknowledgement, alarm, from_us, label, notification, to_us

PAST_FOR: Final = timedelta(days=7)
PAST_AT_MOST: Final = 10

Numbers = Sequence[int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody of the household, as this viewer may call them."""

    household: Household
    sight: Sight

    def __getitem__(self, key: str) -> Person:
        """Somebody by their key; one who has left the household since keeps the key as a name."""
        if key == self.household.resident:
            return Person(key=key, display=self.sight.name(self.household) or wording.capital(wording.SOMEBODY))
        contact = self.household.people.get(key)
        return Person(key=key, display=contact.display if contact else key)


def open_alarms(connection: Connection, people: People) -> tuple[OpenAlarm, ...]:
    """Every alarm that is not closed and may be seen: what is about the person first, then the gravest."""
    sight = people.sight
    rows = connection.execute(select(alarm).where(alarm.c.closed_at.is_(None))).all()
    seen = sorted((row for row in rows if sight.alarm(row.kind)), key=_gravest_first)
    numbers = [row.id for row in seen]
    told = _told(connection, people, numbers) if sight.helps else {}
    answers = _answers(connection, people, numbers) if sight.helps else {}
    return tuple(_open(row, people, told.get(row.id, ()), answers.get(row.id, ())) for row in seen)


def _gravest_first(row: Row[Any]) -> tuple[bool, int, int]:
    return row.kind in EQUIPMENT, -row.severity, row.id


def _open(row: Row[Any], people: People, told: tuple[Told, ...], answers: tuple[Answered, ...]) -> OpenAlarm:
    sight = people.sight
    return OpenAlarm(
        id=row.id,
        title=sight.title(row.kind),
        equipment=row.kind in EQUIPMENT,
        severity=row.severity,
        state=AlarmState(row.state),
        because=sight.because(row.kind, row.because),
        room=row.room if sight.may("room") else None,
        opened_at=from_us(row.opened_at) if sight.may("time") else None,
        owner=people[row.owner] if row.owner and sight.helps else None,
        answers=answers,
        told=told,
        next_at=from_us(row.next_at) if sight.helps else None,
    )


def _told(connection: Connection, people: People, numbers: Numbers) -> Mapping[int, tuple[Told, ...]]:
    rows = connection.execute(
        select(notification)
        .where(notification.c.alarm_id.in_(numbers), notification.c.purpose != Purpose.REPLY)
        .order_by(notification.c.created_at, notification.c.id)
    )
    return _by_alarm((row.alarm_id, _message(people, row)) for row in rows)


def messages_of(connection: Connection, people: People, number: int) -> tuple[Told, ...]:
    """Every message about one alarm."""
    return _told(connection, people, [number]).get(number, ())


def said_of(connection: Connection, people: People, number: int) -> tuple[Answered, ...]:
    """Every answer to one alarm."""
    return _answers(connection, people, [number]).get(number, ())


def _message(people: People, row: Row[Any]) -> Told:
    return Told(
        person=people[row.person],
        channel=row.channel,
        purpose=Purpose(row.purpose),
        state=NotificationState(row.state),
        at=from_us(row.called_at or row.created_at),
    )


def _answers(connection: Connection, people: People, numbers: Numbers) -> Mapping[int, tuple[Answered, ...]]:
    rows = connection.execute(
        select(acknowledgement)
        .where(acknowledgement.c.alarm_id.in_(numbers))
        .order_by(acknowledgement.c.at, acknowledgement.c.id)
    )
    return _by_alarm(
        (row.alarm_id, Answered(person=people[row.person], said=row.said, at=from_us(row.at))) for row in rows
    )


def past_alarms(connection: Connection, people: People, now: datetime) -> tuple[PastAlarm, ...] | None:
    """The alarms closed in the last days, the newest first, with what people said of them.

    None for a role that may only know that help is needed now, not what happened before.
    """
    if not people.sight.may("kind"):
        return None
    closed = alarm.c.closed_at >= to_us(now - PAST_FOR), alarm.c.state.in_(TERMINAL)
    rows = connection.execute(select(alarm).where(*closed).order_by(alarm.c.closed_at.desc(), alarm.c.id.desc()))
    seen = rows.fetchmany(PAST_AT_MOST)
    labels = _labels(connection, people, [row.id for row in seen])
    return tuple(_past(row, people.sight, labels.get(row.id, ())) for row in seen)


def _past(row: Row[Any], sight: Sight, labels: tuple[Labelled, ...]) -> PastAlarm:
    because = sight.because(row.kind, row.because)
    return PastAlarm(
        id=row.id,
        title=sight.title(row.kind),
        state=AlarmState(row.state),
        because=because,
        opened_at=from_us(row.opened_at) if sight.may("time") else None,
        closed_at=from_us(row.closed_at) if sight.may("time") else None,
        outcome=row.outcome if because is not None else None,
        labels=labels if because is not None else tuple(replace(one, because="") for one in labels),
    )


def _labels(connection: Connection, people: People, numbers: Numbers) -> Mapping[int, tuple[Labelled, ...]]:
    rows = connection.execute(select(label).where(label.c.alarm_id.in_(numbers)).order_by(label.c.at, label.c.id)).all()
    return _by_alarm(
        (
            row.alarm_id,
            Labelled(person=people[row.by], verdict=Verdict(row.verdict), because=why),
        )
        for row, why in zip(rows, label_words(connection, [(row.id, row.because) for row in rows]), strict=True)
    )


def _by_alarm(pairs: Iterable[tuple[int, T]]) -> Mapping[int, tuple[T, ...]]:
    grouped: dict[int, tuple[T, ...]] = {}
    for number, one in pairs:
        grouped[number] = (*grouped.get(number, ()), one)
    return grouped
