"""Erases everything about a resident from a home's database, in the file itself and in its copies.

What others said about the system, and what was decided together, stays: it is theirs. The resident's own words in it
are taken out by the record's own means, before. One receipt is left, which says that something was erased and how much.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection, select

from carer_portal.database import Database
from co_design.acts.perform import perform
from co_design.schema import participant
from hub.degraded import copy_of
from hub.store.schema import to_us
from hub.store.twin import SIDE_FILES, twin_of

KEPT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "version_": "which shape the database has",
        "quantity": "the names of what sensors measure",
        "codesign_": "what others said of the system, and what was decided; the resident's own words are gone",
        "portal_erasure": "this receipt",
        "sqlite_": "the database's own book-keeping",
    }
)
"""Beginnings of tables' names that stay, and why. Every other table is emptied, also one that nobody knew of here."""
BUSY_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased of one file: how many rows of each table."""

    path: Path
    rows: Mapping[str, int]


def erase(home: Database, resident: str, by: str, now: datetime, copies: Sequence[Path] = ()) -> list[Erased]:
    """Erase it all; no hub may be running. Raises `StoreError` or `sqlite3.Error`: that file is then as it was."""
    files = [home.path, *(one for one in (twin_of(home.path), *copies) if one.exists())]
    erased = [_erase_one(path, resident, by, now) for path in files]
    copy_of(home.path).unlink(missing_ok=True)
    return erased


def _erase_one(path: Path, resident: str, by: str, now: datetime) -> Erased:
    home = Database(path)
    home.prepare()
    with home.writing() as connection:
        _take_back_words(connection, resident, by, now)
    return _erase_file(path, by, now)


def copies_of(path: Path) -> list[Path]:
    """Files beside the database that look like copies of it."""
    own = {path.name, *(path.name + side for side in SIDE_FILES)}
    return sorted(one for one in path.parent.glob(f"{path.stem}*") if one.name not in own and _is_copy(one))


def _is_copy(path: Path) -> bool:
    """Whether this is a home's database."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        return database.execute("SELECT 1 FROM sqlite_master WHERE name = 'household'").fetchone() is not None


def _take_back_words(connection: Connection, resident: str, by: str, now: datetime) -> None:
    theirs = select(participant.c.id).where(participant.c.person == resident, participant.c.withdrawn_at.is_(None))
    for number in connection.execute(theirs).scalars().all():
        perform(connection, "withdraw", {"participant": number}, by, now)


def _erase_file(path: Path, by: str, now: datetime) -> Erased:
    """Empty the tables in one transaction, then write the file anew, so that nothing of them is left between pages."""
    with closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("PRAGMA secure_delete = ON")
        database.execute("BEGIN IMMEDIATE")
        rows = _empty(database)
        _leave_receipt(database, by, now, rows)
        database.execute("COMMIT")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Erased(path=path, rows=rows)


def _empty(database: sqlite3.Connection) -> dict[str, int]:
    """Empty every table that does not stay. The guards against deletion are set aside for it, and put back."""
    guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in guards:
        database.execute(f'DROP TRIGGER "{name}"')
    tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    going = [one for one in sorted(tables) if not one.startswith(tuple(KEPT))]
    rows = {one: database.execute(f'DELETE FROM "{one}"').rowcount for one in going}  # noqa: S608 -- its own names
    for _name, sql in guards:
        database.execute(sql)
    return {one: count for one, count in rows.items() if count}


def _leave_receipt(database: sqlite3.Connection, by: str, now: datetime, rows: Mapping[str, int]) -> None:
    there = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'portal_erasure'").fetchone()
    if there:
        receipt = (to_us(now), by, json.dumps(rows))
        database.execute('INSERT INTO portal_erasure (at, "by", rows) VALUES (?, ?, ?)', receipt)
