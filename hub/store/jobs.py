"""A piece of work for the writer thread, and how its result gets back to whoever waits."""

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from hub.store.connect import driver
from hub.store.errors import store_error
from hub.supervisor import describe

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """Work on the writer's connection; `loop` is None where a thread waits rather than an event loop."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any] | concurrent.futures.Future[Any]
    loop: asyncio.AbstractEventLoop | None = None
    result: Any = None
    error: Exception | None = None
    after: list[Callable[[], object]] = field(default_factory=list)


def attempt(connection: Connection, job: Job) -> None:
    """Run one job in its own savepoint, so that one which fails is undone alone.

    Raises what the job raised where the database itself is in trouble: SQLite then trusts the transaction no more.
    """
    database = driver(connection)
    database.execute("SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except Exception as error:  # whatever it is, it belongs to whoever waits for this job
        if store_error(error) is not None or not database.in_transaction:
            raise
        database.execute("ROLLBACK TO job")
        job.error = error
    database.execute("RELEASE job")


def follow(jobs: Sequence[Job]) -> None:
    """Call what the jobs left to be called once they are committed; of a job that was undone, nothing."""
    for job in jobs:
        for call in job.after if job.error is None else ():
            try:
                call()
            except Exception as error:  # noqa: BLE001 -- the writer's thread must live on; its reason is logged
                log.warning("what should follow a commit failed: %s", describe(error))


def settle(jobs: Sequence[Job]) -> None:
    """Hand every result to its waiter, waking each event loop once."""
    loops = {job.loop for job in jobs}
    for loop in loops:
        theirs = [job for job in jobs if job.loop is loop]
        if loop is None:
            _resolve(theirs)
            continue
        try:
            loop.call_soon_threadsafe(_resolve, theirs)
        except RuntimeError:
            log.warning("nobody is left to hear of %d committed jobs: their event loop was closed", len(theirs))


def _resolve(jobs: Sequence[Job]) -> None:
    for job in jobs:
        if job.future.done():  # whoever waited has given up
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
