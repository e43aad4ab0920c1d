"""Faults as cases: one open case a kind and subject, with an owner, a deadline, and what covers for it meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from hub.store.changes import touch
from hub.store.schema import fault, from_us, to_us

TOPIC = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not work. `because` is a plain sentence; `cover` says what stands in until it is mended."""

    kind: str
    subject: str
    because: str
    opened_at: datetime
    owner: str | None = None
    due_at: datetime | None = None
    cover: str | None = None
    alarm_id: int | None = None
    id: int | None = None


def open_case(connection: Connection, case: Fault) -> int | None:
    """Open a case; its number, or None where one of this kind and subject is open already."""
    if any((one.kind, one.subject) == (case.kind, case.subject) for one in open_cases(connection)):
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
    )
    touch(connection, TOPIC)
    return int(connection.execute(row.returning(fault.c.id)).scalar_one())


def close_case(connection: Connection, kind: str, subject: str, outcome: str, now: datetime) -> bool:
    """Close the open case of this kind and subject, saying how it ended; False where there is none."""
    mine = (fault.c.kind == kind) & (fault.c.subject == subject) & fault.c.closed_at.is_(None)
    closed = connection.execute(update(fault).where(mine).values(closed_at=to_us(now), outcome=outcome))
    if closed.rowcount:
        touch(connection, TOPIC)
    return closed.rowcount > 0


def open_cases(connection: Connection) -> list[Fault]:
    """Every open case, the oldest first."""
    rows = connection.execute(select(fault).where(fault.c.closed_at.is_(None)).order_by(fault.c.id))
    return [
        Fault(
            id=row.id,
            kind=row.kind,
            subject=row.subject,
            because=row.because,
            opened_at=from_us(row.opened_at),
            owner=row.owner,
            due_at=None if row.due_at is None else from_us(row.due_at),
            cover=row.cover,
            alarm_id=row.alarm_id,
        )
        for row in rows
    ]
