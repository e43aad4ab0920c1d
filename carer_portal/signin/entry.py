"""Signing in: from a name and a password to a session, or to a reason why not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from carer_portal import times
from carer_portal import wording_access as wording
from carer_portal.database import Database
from carer_portal.queries import viewers
from carer_portal.signin import accounts, lockout, passwords, sessions
from carer_portal.signin.accounts import Account
from hub.model import Role

LONGEST_NAME: Final = 100
OWN_PAGE: Final = "/me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody typed, and on which device."""

    name: str
    password: str
    code: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The outcome: the new session's secret, how long it lasts, where it begins; or why not."""

    token: str | None = None
    lasts_s: int = 0
    home: str = "/"
    why_not: str = ""
    needs_code: bool = False


def sign_in(home: Database, given: Given, now: datetime) -> Entered:
    """Check what was typed. The hashing is done outside every transaction, since it takes a while."""
    name = given.name.strip().lower()[:LONGEST_NAME]
    with home.reading() as connection:
        locked = lockout.locked_for(connection, name, now)
        known = accounts.find(connection, name)
    if locked.total_seconds() > 0:
        return Entered(why_not=wording.LOCKED.format(length=times.length(locked)))
    if not passwords.right(None if known is None else known.password_hash, given.password) or known is None:
        return _refused(home, name, now, wording.WRONG)
    with home.writing() as connection:
        return _with_code(connection, known, given, now)


def _with_code(connection: Connection, known: Account, given: Given, now: datetime) -> Entered:
    """Whoever has the password is in, unless a second factor is set up."""
    if known.second_factor is not None and not given.code:
        return Entered(needs_code=True, why_not=wording.NEEDS_CODE)
    fresh = accounts.find(connection, known.person)  # a code counts once, also for two who type it at the same time
    if known.second_factor is not None and (
        fresh is None or not accounts.check_code(connection, fresh, given.code, now)
    ):
        lockout.failed(connection, known.person, now)
        return Entered(needs_code=True, why_not=wording.WRONG_CODE)
    return enter(connection, known.person, given.device, now)


def enter(connection: Connection, person: str, device: str, now: datetime) -> Entered:
    """Begin a session for somebody who still belongs to the household."""
    viewer = viewers(connection).get(person)
    if viewer is None:
        return Entered(why_not=wording.NO_LONGER)
    lockout.forget(connection, person)
    token = sessions.begin(connection, person, viewer.role, device, now)
    lasts_s = int(sessions.lasts(viewer.role).total_seconds())
    return Entered(token=token, lasts_s=lasts_s, home=OWN_PAGE if viewer.role is Role.RESIDENT else "/")


def _refused(home: Database, name: str, now: datetime, why: str) -> Entered:
    with home.writing() as connection:
        lockout.failed(connection, name, now)
    return Entered(why_not=why)
