"""`alongside auditor`: watch, from a process of its own, that the hub is alive and every open alarm has a future."""

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from devices.model import Clock
from hub import auditor_pulse, clock
from hub.adapters import Adapters, adapters, console_only
from hub.auditor import WORDS, Auditor, Complaint
from hub.escalation.boot import this_boot
from hub.household.model import Household
from hub.paths import DATABASE, database_path
from hub.store import faults
from hub.store.errors import StoreError
from hub.store.faults import Fault
from hub.store.writer import Store
from hub.supervisor import describe
from hub.telling import letters, tell, to_resident, ways

log = logging.getLogger(__name__)

app = typer.Typer(add_completion=False)

SOMETHING_IS_WRONG = 1
SUBJECT = "hub"
FORMAT = "%(levelname)s %(name)s: %(message)s"

Channels = Callable[[Household], tuple[Adapters, tuple[str, ...]]]


@app.command()
def auditor(
    db: Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end with 1 if anything is wrong.")] = False,  # noqa: FBT002 -- a flag
    retire: Annotated[bool, typer.Option("--retire", help="No auditor is to be expected any more.")] = False,  # noqa: FBT002
    console: Annotated[bool, typer.Option("--console", help="Send nothing: say here what would be sent.")] = False,  # noqa: FBT002
) -> None:
    """Watch the hub from outside: is it alive, is every open alarm on its way, can the database be read?

    Run it as a service of its own beside the hub. When something is wrong it tells people itself. Its own silence is
    noticed by the hub.
    """
    logging.basicConfig(level=logging.WARNING, format=FORMAT)
    where = database_path(db)
    if retire:
        typer.echo("No auditor is expected any more." if auditor_pulse.retire(where) else "None was expected.")
        return
    watcher = make(where, clock.from_environment(), console_only if console else adapters)
    if not once:
        asyncio.run(_until_told(watcher))
        return
    watcher.began_s = float("-inf")  # whoever looks once waits for nobody
    complaints = asyncio.run(watcher.audit())
    typer.echo("All is well." if not complaints else "\n".join(f"Wrong: {WORDS[one]}." for one in sorted(complaints)))
    if complaints:
        raise typer.Exit(SOMETHING_IS_WRONG)


def make(db: Path, its_clock: Clock, channels: Channels) -> Auditor:
    """An auditor that tells people by these channels."""

    async def to_people(household: Household, complaints: frozenset[Complaint], told: int) -> bool:
        now, what = its_clock.now(), " and ".join(WORDS[one] for one in sorted(complaints))
        messages = [*letters(household, ways(household, told, now), what, now), to_resident(household, what, now)]
        found, lacking = channels(household)
        for sentence in lacking:
            log.warning("%s", sentence)
        return await tell(found, household, messages) > 0

    def keep(begun: frozenset[Complaint], over: frozenset[Complaint]) -> None:
        record(db, its_clock, begun, over)

    return Auditor(db, its_clock, this_boot(), to_people, keep)


def record(db: Path, its_clock: Clock, begun: frozenset[Complaint], over: frozenset[Complaint]) -> None:
    """Keep it as cases, told already, for whoever looks later; where the database takes none, the log has it."""
    now = its_clock.now()

    def job(connection: Connection) -> None:
        for one in begun:
            because = f"The auditor: {WORDS[one]}."
            number = faults.open_case(connection, Fault(kind=one, subject=SUBJECT, because=because, opened_at=now))
            if number is not None:
                faults.told(connection, number, now, None, None)
        for case in faults.open_cases(connection):
            if case.subject == SUBJECT and case.kind in over:
                faults.close_case(connection, case.number, "No longer so.", now)

    if not db.exists():
        return
    try:
        store = Store.open(db)
        try:
            store.run(job)
        finally:
            store.shut()
    except StoreError as error:
        log.warning("what the auditor found could not be kept: %s", describe(error))


async def _until_told(watcher: Auditor) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    task = asyncio.create_task(watcher.run())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    task.cancel()
    stopped.cancel()
    if task.done() and not task.cancelled():
        task.result()
