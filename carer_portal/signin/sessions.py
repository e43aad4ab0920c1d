"""Who is signed in, on which device. The browser holds the secret, the database only its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from carer_portal.schema import session
from carer_portal.signin import tokens
from hub.model import Role
from hub.store.changes import touch
from hub.store.schema import from_us, to_us

TOPIC: Final = "session"
LASTS: Final = timedelta(days=30)
LASTS_LONGER: Final[Mapping[Role, timedelta]] = MappingProxyType(
    {Role.RESIDENT: timedelta(days=400), Role.CLINICIAN: timedelta(hours=12), Role.OPERATOR: timedelta(hours=12)}
)
"""The tablet at home is not asked again; those who look after many homes sign in each day."""
LONGEST_DEVICE: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One device that is signed in."""

    id: int
    person: str
    device: str
    created_at: datetime
    expires_at: datetime


def lasts(role: Role) -> timedelta:
    """How long somebody stays signed in."""
    return LASTS_LONGER.get(role, LASTS)


def begin(connection: Connection, person: str, role: Role, device: str, now: datetime) -> str:
    """Sign somebody in; gives the new secret. What the browser held before counts for nothing."""
    token = tokens.new()
    values = {"token_hash": tokens.kept(token), "person": person, "device": device[:LONGEST_DEVICE]}
    times = {"created_at": to_us(now), "expires_at": to_us(now + lasts(role))}
    connection.execute(insert(session).values(**values, **times))
    return token


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session with this secret, while it lasts."""
    mine = session.c.token_hash == tokens.kept(token), session.c.ended_at.is_(None), session.c.expires_at > to_us(now)
    row = connection.execute(select(session).where(*mine)).one_or_none()
    return None if row is None else _session(row)


def of(connection: Connection, person: str, now: datetime) -> list[Session]:
    """Where somebody is signed in, the newest first."""
    query = select(session).where(
        session.c.person == person, session.c.ended_at.is_(None), session.c.expires_at > to_us(now)
    )
    return [_session(row) for row in connection.execute(query.order_by(session.c.id.desc()))]


def end(connection: Connection, token: str, now: datetime) -> int:
    """Sign one device out."""
    return _end(connection, session.c.token_hash == tokens.kept(token), now)


def end_all(connection: Connection, person: str, now: datetime) -> int:
    """Sign somebody out everywhere; how many devices that was."""
    return _end(connection, session.c.person == person, now)


def end_others(connection: Connection, person: str, token: str, now: datetime) -> int:
    """Sign somebody out everywhere but here."""
    return _end(connection, and_(session.c.person == person, session.c.token_hash != tokens.kept(token)), now)


def _end(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    going = update(session).where(which, session.c.ended_at.is_(None)).values(ended_at=to_us(now))
    touch(connection, TOPIC)
    return connection.execute(going).rowcount


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        person=row.person,
        device=row.device,
        created_at=from_us(row.created_at),
        expires_at=from_us(row.expires_at),
    )
