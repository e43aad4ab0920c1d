"""The message that an acknowledge link belongs to: what was sent, to whom, and whether an answer still counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from carer_portal.schema import link_use
from hub.model import Role
from hub.store.schema import alarm, from_us, notification, to_us

COUNTS_FOR: Final = timedelta(hours=12)
"""An alarm that nobody has closed in this time has sent newer texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message with a link: its words are those that its reader has had already."""

    notification_id: int
    alarm_id: int
    person: str
    role: Role | None
    text: str
    at: datetime
    over: bool
    used: str | None


def sent(connection: Connection, reference: str, now: datetime, people: dict[str, Role]) -> Sent | None:
    """The latest message with this reference that is about an alarm; None where there is none, or it is too old."""
    joined = select(notification, alarm.c.closed_at, link_use.c.said.label("used")).join(alarm)
    query = joined.outerjoin(link_use).where(notification.c.reference == reference).order_by(notification.c.id.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    if row is None or row.person not in people or now - from_us(row.created_at) > COUNTS_FOR:
        return None
    return Sent(
        notification_id=row.id,
        alarm_id=row.alarm_id,
        person=row.person,
        role=people[row.person],
        text=row.text,
        at=from_us(row.called_at or row.created_at),
        over=row.closed_at is not None,
        used=row.used,
    )


def use(connection: Connection, one: Sent, said: str, now: datetime) -> bool:
    """Take the link's one answer; False where it was given a moment ago."""
    values = {"notification_id": one.notification_id, "said": said, "at": to_us(now)}
    try:
        with connection.begin_nested():
            connection.execute(insert(link_use).values(**values))
    except IntegrityError:
        return False
    return True
