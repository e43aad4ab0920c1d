"""The portal's way to the home's database: it reads, and it asks the hub. It changes nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from hub.intents import IntentKind, request
from hub.store.connect import reader_engine, writer_engine
from hub.store.errors import StoreDiskError, store_error

BUSY_S = 5.0


class Database:
    """One home's database. Safe from any thread; opening it does not touch the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers = reader_engine(path, BUSY_S)
        self._writer = writer_engine(path, BUSY_S)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection that sees one state. Raises `StoreError`, also where the hub has never run."""
        with _named(), self._readers.connect() as connection:
            yield connection

    def ask(self, kind: IntentKind, payload: Mapping[str, object], by: str, now: datetime) -> int:
        """Ask the hub for something, durably. Raises `StoreError`."""
        with _named(), self._writer.begin() as connection:
            return request(connection, kind, payload, by, now)


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise store_error(error) or StoreDiskError(f"this is no home's database: {error.orig}") from error
