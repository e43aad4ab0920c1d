"""Faults as cases: one open case a kind and subject, with an owner, a deadline, and what covers for it meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from hub.store.changes import touch
from hub.store.schema import fault, from_us, to_us

TOPIC = "fault"
_TIMES = frozenset({"opened_at", "due_at", "closed_at", "since", "told_at"})


class UnknownFaultError(LookupError):
    """There is no fault of this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not work. `because` is a plain sentence; `cover` says what stands in until it is mended.

    `since` is when the trouble began, `opened_at` when it was noticed, `told_at` when people were last told.
    `closed_by` is None where the hub itself saw that it was over.
    """

    kind: str
    subject: str
    because: str
    opened_at: datetime
    owner: str | None = None
    due_at: datetime | None = None
    cover: str | None = None
    alarm_id: int | None = None
    id: int | None = None
    since: datetime | None = None
    told_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells one case from another: what is wrong, and with what."""
        return self.kind, self.subject

    @property
    def number(self) -> int:
        """Its number. Raises `ValueError` for one that was not stored."""
        if self.id is None:
            raise ValueError("this case was not stored")
        return self.id


def open_case(connection: Connection, case: Fault) -> int | None:
    """Open a case; its number, or None where one of this kind and subject is open already.

    The hub tells people of every open case that they were not told of, soon afterwards.
    """
    if find(connection, case.kind, case.subject) is not None:
        return None
    row = insert(fault).values(
        kind=case.kind,
        subject=case.subject,
        because=case.because,
        opened_at=to_us(case.opened_at),
        owner=case.owner,
        due_at=None if case.due_at is None else to_us(case.due_at),
        cover=case.cover,
        alarm_id=case.alarm_id,
        since=None if case.since is None else to_us(case.since),
    )
    touch(connection, TOPIC)
    return int(connection.execute(row.returning(fault.c.id)).scalar_one())


def close_case(connection: Connection, number: int, outcome: str, now: datetime, by: str | None = None) -> bool:
    """Close a case, saying how it ended; False where it is closed already."""
    return _change(connection, number, closed_at=to_us(now), closed_by=by, outcome=outcome)


def find(connection: Connection, kind: str, subject: str) -> Fault | None:
    """The open case of this kind and subject."""
    same = select(fault).where(fault.c.kind == kind, fault.c.subject == subject, _OPEN)
    return next(_cases(connection, same), None)


def own(connection: Connection, number: int, owner: str) -> bool:
    """Give a case to somebody; False where it is closed."""
    return _change(connection, number, owner=owner)


def restate(connection: Connection, number: int, because: str, cover: str | None) -> bool:
    """Say of a case how it is now; False where it is closed."""
    return _change(connection, number, because=because, cover=cover)


def told(
    connection: Connection, number: int, now: datetime, alarm_id: int | None, due_at: datetime | None = None
) -> bool:
    """People have been told of a case, by this alarm, and when it is due now; False where it is closed."""
    due_us = None if due_at is None else to_us(due_at)
    return _change(connection, number, told_at=to_us(now), alarm_id=alarm_id, due_at=due_us)


def get(connection: Connection, number: int) -> Fault:
    """One case. Raises `UnknownFaultError`."""
    found = list(_cases(connection, select(fault).where(fault.c.id == number)))
    if not found:
        raise UnknownFaultError(f"there is no fault {number}")
    return found[0]


def open_cases(connection: Connection) -> list[Fault]:
    """Every open case, the oldest first."""
    return list(_cases(connection, select(fault).where(_OPEN).order_by(fault.c.id)))


def closed_since(connection: Connection, since: datetime) -> list[Fault]:
    """The cases that were closed since then, the oldest first."""
    return list(_cases(connection, select(fault).where(fault.c.closed_at > to_us(since)).order_by(fault.c.id)))


def between(connection: Connection, since: datetime, until: datetime) -> list[Fault]:
    """The cases whose trouble there was at some time between, the oldest first."""
    not_over = or_(_OPEN, fault.c.closed_at > to_us(since))
    return [
        case
        for case in _cases(connection, select(fault).where(not_over).order_by(fault.c.id))
        if (case.since or case.opened_at) <= until
    ]


def newest(connection: Connection, limit: int) -> list[Fault]:
    """The latest cases, open or closed, the newest first."""
    return list(_cases(connection, select(fault).order_by(fault.c.id.desc()).limit(limit)))


_OPEN = fault.c.closed_at.is_(None)


def _change(connection: Connection, number: int, **values: str | int | None) -> bool:
    changed = connection.execute(update(fault).where(fault.c.id == number, _OPEN).values(**values)).rowcount > 0
    if changed:
        touch(connection, TOPIC)
    return changed


def _cases(connection: Connection, query: Select[Any]) -> Iterator[Fault]:
    for row in connection.execute(query).mappings():
        yield Fault(**{name: _value(name, value) for name, value in row.items()})


def _value(name: str, value: Any) -> Any:
    return from_us(value) if name in _TIMES and value is not None else value
