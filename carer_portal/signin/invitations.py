"""Links by which somebody comes in for the first time, or, on this computer, at once."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, insert, select, update

from carer_portal.schema import invitation
from carer_portal.signin import tokens
from hub.store.schema import to_us

LASTS: Final = timedelta(days=7)
LASTS_HERE: Final = timedelta(days=1)


class Kind(StrEnum):
    """JOIN makes an account, once. ENTER signs this browser in, while the portal that printed it runs or for a day."""

    JOIN = "join"
    ENTER = "enter"


def make(connection: Connection, person: str, kind: Kind, by: str, now: datetime) -> str:
    """A new invitation's secret. An earlier one that was not used counts no longer."""
    unused = invitation.c.person == person, invitation.c.kind == kind, invitation.c.used_at.is_(None)
    connection.execute(update(invitation).where(*unused).values(used_at=to_us(now)))
    token = tokens.new()
    ends = now + (LASTS if kind is Kind.JOIN else LASTS_HERE)
    values = {"token_hash": tokens.kept(token), "person": person, "kind": kind, "by": by}
    connection.execute(insert(invitation).values(**values, created_at=to_us(now), expires_at=to_us(ends)))
    return token


def whose(connection: Connection, token: str, kind: Kind, now: datetime) -> str | None:
    """Who is invited by this secret, while it counts."""
    query = select(invitation.c.person).where(
        invitation.c.token_hash == tokens.kept(token),
        invitation.c.kind == kind,
        invitation.c.used_at.is_(None),
        invitation.c.expires_at > to_us(now),
    )
    person: str | None = connection.execute(query).scalar()
    return person


def use(connection: Connection, token: str, now: datetime) -> bool:
    """Take it; False where somebody took it a moment ago."""
    mine = invitation.c.token_hash == tokens.kept(token), invitation.c.used_at.is_(None)
    return connection.execute(update(invitation).where(*mine).values(used_at=to_us(now))).rowcount == 1


def withdraw(connection: Connection, person: str, now: datetime) -> None:
    """Let none of somebody's invitations count any longer."""
    mine = invitation.c.person == person, invitation.c.used_at.is_(None)
    connection.execute(update(invitation).where(*mine).values(used_at=to_us(now)))
