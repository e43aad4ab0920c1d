"""The one writer of a database: a thread that commits what waits together.

Jobs that wait together share one transaction, each in its own savepoint; observation rows are written in bulk ahead of
the next job, or by themselves after `FLUSH_S`. The thread outlives every trouble of the database: it hands it to
whoever waits, says so once through `on_trouble`, and tries again with the next work.
"""

import asyncio
import atexit
import concurrent.futures
import contextlib
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from hub.store import rows as bulk
from hub.store.changes import touch
from hub.store.connect import driver, reader_engine, writer_engine
from hub.store.errors import StoreBusyError, StoreClosedError, StoreDiskError, StoreError, store_error
from hub.store.jobs import Job, attempt, follow, settle
from hub.store.rows import Row
from hub.store.upgrade import upgrade

__all__ = ["Store", "log_trouble", "touch"]

log = logging.getLogger(__name__)

T = TypeVar("T")

FLUSH_S = 5.0
"""Readings wait this long at most. The hub's heartbeat commits every 5 s anyway, and takes them along at no cost."""
BUSY_S = 5.0
"""How long another process's lock is waited for."""
CHECKPOINT_COMMITS = 200
"""How many commits the log may hold before it is moved into the database, at a moment when nobody waits."""


class _Sign(Enum):
    """What may lie in the writer's queue beside jobs."""

    ROWS_WAIT = "rows wait"
    FLUSH = "flush now"
    STOP = "stop"


def log_trouble(trouble: StoreError | None) -> None:
    """Say in the log that the database is in trouble, or well again."""
    if trouble is None:
        log.warning("the database can be written again")
    else:
        log.error("the database is in trouble: %s", trouble)


class Store:
    """One SQLite database: one writer thread, any number of readers. Made by `Store.open`."""

    def __init__(
        self, path: Path, on_trouble: Callable[[StoreError | None], None], busy_s: float, flush_s: float
    ) -> None:
        self.path = path
        self.trouble: StoreError | None = None
        self._on_trouble = on_trouble
        self._flush_s = flush_s
        self._process = os.getpid()
        self._engine: Engine = writer_engine(path, busy_s)
        self._readers: Engine = reader_engine(path, busy_s)
        self._connection: Connection | None = self._engine.connect()
        self._numbers = bulk.numbers(self._connection)
        self._queue: queue.SimpleQueue[Job | _Sign] = queue.SimpleQueue()
        self._buffer = bulk.Buffer()
        self._gate = threading.Lock()  # nothing enters the queue behind STOP
        self._closed = False
        self._commits = 0
        self._at_work: Job | None = None
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        also: Sequence[Path] = (),
        on_trouble: Callable[[StoreError | None], None] = log_trouble,
        busy_s: float = BUSY_S,
        flush_s: float = FLUSH_S,
    ) -> Self:
        """Open a database, creating it or bringing it up to date where needed. Raises `StoreError`.

        `also` are other rooms' folders of migrations. `on_trouble` is called in the writer thread with what is wrong
        with the database, once, and with None when it can be written again.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            upgrade(path, also, busy_s)
            store = cls(path, on_trouble, busy_s, flush_s)
        except (sqlite3.Error, DBAPIError) as error:
            raise _named(error, path) from error
        except OSError as error:
            raise StoreDiskError(f"{path}: {error.strerror}") from error
        store._thread.start()
        atexit.register(store.shut)
        return store

    def submit(self, job: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Run a job in the writer thread; the future of the running event loop resolves after the commit.

        The job must not commit or roll back itself. If it raises, its work alone is undone. It is run a second time
        where trouble with the database that another job met has undone them together.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(Job(job, future, loop))
        return future

    def run(self, job: Callable[[Connection], T]) -> T:
        """Run a job and wait for its commit, where there is no event loop (commands, the portal's threads)."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._put(Job(job, future))
        return future.result()

    def after_commit(self, call: Callable[[], object]) -> None:
        """For a job while it runs: call this in the writer's thread as soon as the job is durable, if ever it is."""
        if self._at_work is None:
            raise RuntimeError("only a job can leave something to be done after its commit")
        self._at_work.after.append(call)

    def append(self, rows: Iterable[Row]) -> None:
        """Take observation rows, in the order of their ids. They are durable after the next job, or `FLUSH_S`."""
        before, after = self._buffer.add(rows)
        if before == 0 and after > 0:
            self._put(_Sign.ROWS_WAIT)
        if before < bulk.FLUSH_ROWS <= after:
            self._put(_Sign.FLUSH)

    def next_id(self) -> int:
        """The next number of an observation or a sensor event."""
        return next(self._numbers)

    @property
    def dropped_rows(self) -> int:
        """How many readings were lost so far, because the database could not take them."""
        return self._buffer.dropped

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection, in any thread, that sees one state of the database. Raises `StoreError`."""
        try:
            with self._readers.connect() as connection:
                yield connection
        except (sqlite3.Error, DBAPIError) as error:
            if (trouble := store_error(error)) is not None:
                raise trouble from error
            raise

    async def close(self) -> None:
        """Write everything that waits, and let go of the file."""
        await asyncio.to_thread(self.shut)

    def shut(self) -> None:
        """Write everything that waits, and let go of the file; again does nothing. In a forked child: nothing."""
        if self._process != os.getpid():
            return
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(_Sign.STOP)
        self._thread.join()
        atexit.unregister(self.shut)
        self._readers.dispose()

    def _put(self, item: Job | _Sign) -> None:
        with self._gate:
            if self._closed or self._process != os.getpid():
                raise StoreClosedError("the store is closed, or was opened by another process")
            self._queue.put(item)

    # From here on: in the writer thread only.

    def _run(self) -> None:
        stopped = False
        while not stopped:
            items = self._gather()
            stopped = _Sign.STOP in items
            self._commit([item for item in items if isinstance(item, Job)])
        if lost := len(self._buffer):
            log.error("%d readings could not be written before the store was closed", lost)
        self._let_go()
        self._engine.dispose()

    def _gather(self) -> list[Job | _Sign]:
        """Wait for work, then take all that waits. Rows alone are given `FLUSH_S` to find company."""
        item = self._queue.get()
        if item is _Sign.ROWS_WAIT:
            try:
                item = self._queue.get(timeout=self._flush_s)
            except queue.Empty:
                return []
        return [item, *(self._queue.get_nowait() for _ in range(self._queue.qsize()))]

    def _commit(self, jobs: list[Job]) -> None:
        rows = self._buffer.take()
        if not jobs and not rows:
            return
        trouble = self._transact(rows, jobs)
        if trouble is not None and not isinstance(trouble, StoreBusyError) and len(jobs) + bool(rows) > 1:
            trouble = self._apart(rows, jobs)
        elif trouble is not None:
            self._hold(rows)
        follow(jobs)
        self._report(trouble)
        settle(jobs)
        self._checkpoint()

    def _apart(self, rows: list[Row], jobs: list[Job]) -> StoreError | None:
        """Do again, each by itself, what was undone together: one that finds a damaged page must not cost the rest."""
        first = self._transact(rows, [])
        if first is not None:
            self._hold(rows)
        return next(filter(None, [first, *(self._transact([], [job]) for job in jobs)]), None)

    def _transact(self, rows: list[Row], jobs: list[Job]) -> StoreError | None:
        """One transaction: all of it, or nothing of it and the reason, which is then every job's error."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                refused = bulk.insert(self._connection, rows) if rows else 0
                for job in jobs:
                    job.error, job.after = None, []
                    self._at_work = job
                    attempt(self._connection, job)
                self._at_work = None
        except Exception as error:  # noqa: BLE001 -- the thread must live on; everyone who waits is told
            trouble = store_error(error) or StoreError(f"the writer failed ({type(error).__name__})")
            trouble.__cause__ = error
            for job in jobs:
                job.error = trouble
            self._let_go()
            return trouble
        self._buffer.dropped += refused
        return None

    def _hold(self, rows: list[Row]) -> None:
        """Keep rows that could not be written, and try them again after `FLUSH_S`."""
        if rows:
            self._buffer.give_back(rows)
            self._queue.put(_Sign.ROWS_WAIT)

    def _let_go(self) -> None:
        """Close the connection; the next work opens a new one, which is how a mended disk is noticed."""
        if self._connection is not None:
            try:
                self._connection.close()
            except (sqlite3.Error, DBAPIError) as error:
                log.warning("the database's connection did not close properly: %s", error)
            self._connection = None

    def _report(self, trouble: StoreError | None) -> None:
        changed = type(trouble) is not type(self.trouble)
        self.trouble = trouble
        if changed:
            self._on_trouble(trouble)

    def _checkpoint(self) -> None:
        """Move the log into the database while nobody waits: in the middle of a commit it would delay an alarm."""
        self._commits += 1
        if self._commits < CHECKPOINT_COMMITS or not self._queue.empty() or self._connection is None:
            return
        self._commits = 0
        try:
            driver(self._connection).execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            log.warning("the database's log could not be moved into it: %s", error)


def _named(error: Exception, path: Path) -> StoreError:
    """What went wrong at opening, with the file's name in it."""
    trouble = store_error(error) or StoreDiskError(f"the database cannot be opened: {error}")
    return type(trouble)(f"{path}: {trouble}")
