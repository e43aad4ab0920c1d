"""Passwords: argon2id, and what a new one must be."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from carer_portal import wording_access as wording

SHORTEST: Final = 10
LONGEST: Final = 200
"""Longer is not safer, and costs work."""

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's figures for argon2id: 19 MiB, two passes. A hub has little memory."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def right(kept: str | None, given: str) -> bool:
    """Whether this is the password; as much work is done where there is none."""
    try:
        _HASHER.verify(kept or _nobodys(), given[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def refusal(password: str, again: str, person: str) -> str | None:
    """Why this cannot be a password, or None."""
    if password != again:
        return wording.PASSWORDS_DIFFER
    if not SHORTEST <= len(password) <= LONGEST:
        return wording.PASSWORD_SHORT.format(n=SHORTEST)
    if person.lower() in password.lower() or len(set(password)) < 4:
        return wording.PASSWORD_EASY
    return None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's")
