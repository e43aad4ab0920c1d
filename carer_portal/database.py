"""The portal's way to the home's database: it reads, it asks the hub, and it keeps its own tables, nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from carer_portal.schema import MIGRATIONS
from co_design.schema import MIGRATIONS as CO_DESIGN
from hub.intents import request
from hub.store.connect import reader_engine, writer_engine
from hub.store.errors import StoreDiskError, store_error
from hub.store.upgrade import upgrade

BUSY_S = 5.0


class Database:
    """One home's database. Safe from any thread; opening it does not touch the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._readers = reader_engine(path, BUSY_S)
        self._writer = writer_engine(path, BUSY_S)
        self._prepared = False

    def prepare(self) -> bool:
        """See to it that the portal's tables are there; False where the hub has made no database yet.

        Raises `StoreError`.
        """
        if not self._prepared and self.path.exists():
            with _named():
                upgrade(self.path, (CO_DESIGN, MIGRATIONS), BUSY_S)
            self._prepared = True
        return self._prepared

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection that sees one state. Raises `StoreError`, also where the hub has never run."""
        with _named(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A short transaction on the portal's own tables. Raises `StoreError`."""
        with _named(), self._writer.begin() as connection:
            yield connection

    def ask(self, kind: str, payload: Mapping[str, object], by: str, now: datetime) -> int:
        """Ask the hub for something, durably. Raises `StoreError`."""
        with _named(), self._writer.begin() as connection:
            return request(connection, kind, payload, by, now)


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise store_error(error) or StoreDiskError(f"this is no home's database: {error.orig}") from error
