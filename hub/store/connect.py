"""Connections to one SQLite file: a writer's, and readers'.

What is written (names, numbers, texts) stays out of error messages, and so out of logs: `hide_parameters`.
"""

import sqlite3
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

AUTO_CHECKPOINT_PAGES = 8000
"""A backstop only: the writer moves the log into the database itself, when nobody waits for it."""

_WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA wal_autocheckpoint = {AUTO_CHECKPOINT_PAGES}",
    "PRAGMA temp_store = MEMORY",  # a savepoint's undo log beyond 64 KiB would cost a temporary file in every alarm
)
_READER_PRAGMAS = ("PRAGMA query_only = ON",)


def writer_engine(path: Path, busy_s: float) -> Engine:
    """An engine whose transactions take the write lock at once, so that two never deadlock on an upgrade."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_arguments(busy_s))
    _prepare(engine, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    return engine


def reader_engine(path: Path, busy_s: float) -> Engine:
    """An engine that can only read; each transaction sees one state of the database."""
    url = URL.create("sqlite", database=path.absolute().as_uri(), query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, pool_size=4, max_overflow=16, hide_parameters=True, connect_args=_arguments(busy_s))
    _prepare(engine, _READER_PRAGMAS, "BEGIN")
    return engine


def _arguments(busy_s: float) -> dict[str, Any]:
    return {"timeout": busy_s, "isolation_level": None, "check_same_thread": False, "cached_statements": 256}


def _prepare(engine: Engine, pragmas: tuple[str, ...], begin: str) -> None:
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    def on_begin(connection: Connection) -> None:
        driver(connection).execute(begin)  # a third of the cost of SQLAlchemy's own way, on the path of every alarm

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


def driver(connection: Connection) -> sqlite3.Connection:
    """SQLite's own connection under SQLAlchemy's, for savepoints and what must cost nothing."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)
