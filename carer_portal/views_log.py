"""Who looked at what, and when: written down at each look, for the resident to read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from carer_portal.database import Database
from carer_portal.schema import view
from carer_portal.sight import Look
from hub.model import Role
from hub.store.schema import from_us, to_us

SAME_LOOK: Final = timedelta(minutes=10)
"""A page that stays open draws itself anew each minute: that is one look, and counts again after this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One look of somebody at something."""

    person: str
    role: Role
    page: str
    subject: str | None
    at: datetime


def note(home: Database, look: Look, page: str, subject: str | None = None) -> None:
    """Write down a look, unless it is the same one still. The resident's own are her own. Raises `StoreError`."""
    if look.viewer.role is Role.RESIDENT:
        return
    with home.reading() as connection:
        if _is_the_same(connection, look, page, subject):
            return
    row = {"person": look.viewer.key, "role": look.viewer.role, "page": page, "subject": subject}
    with home.writing() as connection:
        connection.execute(insert(view).values(at=to_us(look.now), **row))


def since(connection: Connection, start: datetime, limit: int) -> list[Looked]:
    """Every look since then, the newest first."""
    query = select(view).where(view.c.at >= to_us(start)).order_by(view.c.at.desc(), view.c.id.desc()).limit(limit)
    return [
        Looked(person=row.person, role=Role(row.role), page=row.page, subject=row.subject, at=from_us(row.at))
        for row in connection.execute(query)
    ]


def _is_the_same(connection: Connection, look: Look, page: str, subject: str | None) -> bool:
    lately = view.c.at > to_us(look.now - SAME_LOOK), view.c.person == look.viewer.key
    same = select(view.c.id).where(
        *lately, view.c.page == page, view.c.subject.is_(subject) if subject is None else view.c.subject == subject
    )
    return connection.execute(same.limit(1)).first() is not None
