"""Accounts: the password and the second factor of somebody of the household."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from carer_portal.schema import account
from carer_portal.signin import totp
from hub.store.schema import from_us, to_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How somebody signs in. `totp_secret` counts only once it is `confirmed` by a code."""

    person: str
    password_hash: str | None
    totp_secret: str | None
    confirmed: bool
    totp_step: int | None
    created_at: datetime

    @property
    def second_factor(self) -> str | None:
        """The secret of the second factor, where there is one."""
        return self.totp_secret if self.confirmed else None


def find(connection: Connection, person: str) -> Account | None:
    """Somebody's account."""
    row = connection.execute(select(account).where(account.c.person == person)).one_or_none()
    if row is None:
        return None
    return Account(
        person=row.person,
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        confirmed=row.totp_confirmed,
        totp_step=row.totp_step,
        created_at=from_us(row.created_at),
    )


def everybody(connection: Connection) -> frozenset[str]:
    """Who has an account."""
    return frozenset(connection.execute(select(account.c.person)).scalars())


def save(connection: Connection, person: str, password_hash: str | None, now: datetime) -> None:
    """Give somebody this password; the account is made where there is none."""
    values = {"password_hash": password_hash, "changed_at": to_us(now)}
    if connection.execute(update(account).where(account.c.person == person).values(**values)).rowcount == 0:
        new = {"person": person, "created_at": to_us(now), "totp_confirmed": False}
        connection.execute(insert(account).values(**new, **values))


def offer_second_factor(connection: Connection, person: str) -> str:
    """A new secret for somebody's authenticator app; it counts once a code has confirmed it."""
    secret = totp.new_secret()
    _change(connection, person, totp_secret=secret, totp_confirmed=False, totp_step=None)
    return secret


def check_code(connection: Connection, whose: Account, given: str, now: datetime) -> bool:
    """Whether this is the code of now; it counts once, and confirms a secret that was offered."""
    if whose.totp_secret is None:
        return False
    step = totp.matching_step(whose.totp_secret, given, now, whose.totp_step)
    if step is None:
        return False
    _change(connection, whose.person, totp_step=step, totp_confirmed=True)
    return True


def drop_second_factor(connection: Connection, person: str) -> None:
    """Go back to the password alone."""
    _change(connection, person, totp_secret=None, totp_confirmed=False, totp_step=None)


def _change(connection: Connection, person: str, **values: object) -> None:
    connection.execute(update(account).where(account.c.person == person).values(**values))
