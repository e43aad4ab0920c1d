"""What can be wrong with the database, sorted by what the caller can do about it.

StoreError
├── StoreBusyError       another process held the lock too long      try again
├── StoreFullError       no space left                               try again once there is space
├── StoreReadOnlyError   the file or its folder cannot be written    try again once that is mended
├── StoreDiskError       the disk does not read or write             try again, and tell somebody
├── StoreCorruptError    this is no database, or a damaged one       permanent: restore a copy
├── StoreTooNewError     written by a newer Alongside                permanent: update this one
└── StoreClosedError     this store was closed                       permanent
"""

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError


class StoreError(Exception):
    """The database cannot be used. `permanent`: trying the same again fails again."""

    permanent: ClassVar[bool] = False


class StoreBusyError(StoreError):
    """Another process kept the database locked for longer than we wait."""


class StoreFullError(StoreError):
    """There is no space left for the database."""


class StoreReadOnlyError(StoreError):
    """The database or its folder cannot be written."""


class StoreDiskError(StoreError):
    """The disk failed to read or write, or the file cannot be opened."""


class StoreCorruptError(StoreError):
    """The file is damaged, or is not a database."""

    permanent = True


class StoreTooNewError(StoreError):
    """The database was written by a newer version of Alongside."""

    permanent = True


class StoreClosedError(StoreError):
    """The store was closed, or belongs to another process."""

    permanent = True


_PRIMARY_CODE = 0xFF  # the low byte of SQLite's extended result codes
_BY_CODE: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_BUSY: (StoreBusyError, "the database is locked by another process"),
    sqlite3.SQLITE_LOCKED: (StoreBusyError, "the database is locked by another connection"),
    sqlite3.SQLITE_FULL: (StoreFullError, "there is no space left for the database"),
    sqlite3.SQLITE_READONLY: (StoreReadOnlyError, "the database cannot be written"),
    sqlite3.SQLITE_PERM: (StoreReadOnlyError, "the database may not be written"),
    sqlite3.SQLITE_IOERR: (StoreDiskError, "the disk failed to read or write the database"),
    sqlite3.SQLITE_CANTOPEN: (StoreDiskError, "the database cannot be opened"),
    sqlite3.SQLITE_CORRUPT: (StoreCorruptError, "the database is damaged"),
    sqlite3.SQLITE_NOTADB: (StoreCorruptError, "the file is not a database"),
}


def store_error(error: BaseException) -> StoreError | None:
    """What this error says of the database itself; None where it is about the job that raised it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None or code & _PRIMARY_CODE not in _BY_CODE:
        return None
    kind, words = _BY_CODE[code & _PRIMARY_CODE]
    return kind(f"{words} ({getattr(cause, 'sqlite_errorname', code)})")
