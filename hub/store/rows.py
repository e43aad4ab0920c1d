"""Observation rows on their way to the file: built from readings, kept in order, written in bulk."""

import itertools
import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from devices.model import Reading
from hub.store.connect import driver
from hub.store.errors import store_error
from hub.store.schema import to_us

log = logging.getLogger(__name__)

Row = tuple[int, int, int, int, float, float | None]
"""id, device id, quantity id, microseconds, value, quality (None: nothing speaks against it)."""

FLUSH_ROWS = 2000
"""As many rows are written at once without waiting: about 5 ms of work."""
HELD_ROWS = 50_000
"""As many wait in memory while the database is in trouble; then the oldest go, counted."""

_INSERT = "INSERT INTO observation (id, device_id, quantity_id, at, value, quality) VALUES (?, ?, ?, ?, ?, ?)"


def to_row(number: int, device_id: int, quantity_id: int, reading: Reading) -> Row:
    """A reading as it is stored."""
    quality = None if reading.quality == 1.0 else reading.quality
    return number, device_id, quantity_id, to_us(reading.at), reading.value, quality


class Buffer:
    """Rows that wait to be written, in the order in which they came. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: list[Row] = []
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: Iterable[Row]) -> tuple[int, int]:
        """Add rows; how many waited before, and how many do now."""
        with self._lock:
            before = len(self._rows)
            self._rows.extend(rows)
            return before, len(self._rows)

    def take(self) -> list[Row]:
        """Take out everything."""
        with self._lock:
            rows, self._rows = self._rows, []
            return rows

    def give_back(self, rows: list[Row]) -> None:
        """Put rows that could not be written at the front again, the oldest being dropped beyond `HELD_ROWS`."""
        with self._lock:
            held = rows + self._rows
            excess = max(0, len(held) - HELD_ROWS)
            self._rows = held[excess:]
            self.dropped += excess
        if excess:
            log.error("%d readings were lost: the database has been in trouble for too long to hold them", excess)


def insert(connection: Connection, rows: list[Row]) -> int:
    """Write rows in one go; how many were refused. One row that SQLite refuses does not cost the others."""
    database = driver(connection)
    try:
        with _savepoint(database):
            database.executemany(_INSERT, rows)
    except sqlite3.Error as error:
        if store_error(error) is not None or not database.in_transaction:
            raise
        return sum(not _insert_one(database, row) for row in rows)
    return 0


def _insert_one(database: sqlite3.Connection, row: Row) -> bool:
    try:
        database.execute(_INSERT, row)
    except sqlite3.Error as error:
        if store_error(error) is not None:
            raise
        log.warning("observation %d of device %d was refused: %s", row[0], row[1], error)
        return False
    return True


@contextmanager
def _savepoint(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("SAVEPOINT bulk")
    try:
        yield
    except sqlite3.Error:
        if database.in_transaction:
            database.execute("ROLLBACK TO bulk")
            database.execute("RELEASE bulk")
        raise
    database.execute("RELEASE bulk")


def numbers(connection: Connection) -> Iterator[int]:
    """The numbers of observations and sensor events, going on from the highest in the database."""
    query = (
        "SELECT max(coalesce((SELECT max(id) FROM observation), 0), coalesce((SELECT max(id) FROM sensor_event), 0))"
    )
    return itertools.count(1 + int(driver(connection).execute(query).fetchone()[0]))
