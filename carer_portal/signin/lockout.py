"""Slows down whoever guesses: after some wrong passwords each further one costs twice the wait.

Names that nobody has are slowed down alike, so that the wait tells nothing. Whoever is signed in stays so.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from carer_portal.schema import guess
from hub.store.schema import from_us, to_us

FREE: Final = 5
"""So many may be wrong without any wait."""
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
"""Long enough to stop guessing, short enough for a daughter with an alarm open."""
FORGOTTEN_AFTER: Final = timedelta(days=1)


def wait(failures: int) -> timedelta:
    """How long after so many wrong ones the next is not looked at.

    >>> [wait(n).total_seconds() for n in (4, 5, 6, 10, 99)]
    [0.0, 30.0, 60.0, 900.0, 900.0]
    """
    if failures < FREE:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - FREE, 10)))


def locked_for(connection: Connection, name: str, now: datetime) -> timedelta:
    """How long this name has to wait still; zero: not at all."""
    row = connection.execute(select(guess).where(guess.c.name_hash == _hash(name))).one_or_none()
    if row is None or now - from_us(row.last_at) > FORGOTTEN_AFTER:
        return timedelta(0)
    return max(timedelta(0), from_us(row.last_at) + wait(row.failures) - now)


def failed(connection: Connection, name: str, now: datetime) -> None:
    """One more was wrong."""
    connection.execute(delete(guess).where(guess.c.last_at < to_us(now - FORGOTTEN_AFTER)))
    counted = update(guess).where(guess.c.name_hash == _hash(name))
    more = {"failures": guess.c.failures + 1, "last_at": to_us(now)}
    if connection.execute(counted.values(**more)).rowcount == 0:
        connection.execute(insert(guess).values(name_hash=_hash(name), failures=1, last_at=to_us(now)))


def forget(connection: Connection, name: str) -> None:
    """One was right."""
    connection.execute(delete(guess).where(guess.c.name_hash == _hash(name)))


def _hash(name: str) -> str:
    return hashlib.sha256(name.strip().lower().encode()).hexdigest()
