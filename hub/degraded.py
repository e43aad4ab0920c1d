"""What the hub says and does while its disk fails it: it goes on from memory, and says so.

A copy of the home's declaration lies beside the database: a hub whose database is lost still knows whom to call.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from hub import household
from hub.escalation import cases
from hub.escalation.context import Context
from hub.household import HouseholdError
from hub.store.errors import (
    StoreCorruptError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from hub.store.faults import Fault
from hub.supervisor import describe

log = logging.getLogger(__name__)

KIND, SUBJECT = "disk", "database"
DUE = timedelta(hours=4)
BY = "the hub, from its copy"
WELL = "The hub's disk takes everything again, and all that happened meanwhile is stored."
COVER = (
    "The hub goes on from memory: it listens, speaks and texts as ever. "
    "What happens now is lost if its power fails before that is mended."
)
SAYS: Mapping[type[StoreError], str] = {
    StoreFullError: "The hub's disk is full.",
    StoreReadOnlyError: "The hub's disk cannot be written.",
    StoreDiskError: "The hub's disk does not read or write as it should.",
    StoreCorruptError: "The hub's database is damaged. What could be read was saved, and the damaged file is kept.",
}


def failed(trouble: StoreError) -> Callable[[Context], None]:
    """People are to be told that the disk fails the hub, why, and what that means."""

    def work(ctx: Context) -> None:
        case = Fault(
            kind=KIND,
            subject=SUBJECT,
            because=SAYS[type(trouble)],
            opened_at=ctx.now,
            due_at=ctx.now + DUE,
            cover=COVER,
        )
        cases.open_(ctx, case)

    return work


def well(ctx: Context) -> None:
    """It is over."""
    cases.end(ctx, KIND, SUBJECT, WELL)


def keep_copy(db: Path, text: str) -> None:
    """Keep the home's declaration beside the database, where it is not there already."""
    copy = copy_of(db)
    try:
        if copy.exists() and copy.read_text(encoding="utf-8") == text:
            return
        part = copy.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.replace(copy)
    except (OSError, UnicodeDecodeError) as error:
        log.warning("the copy of the home's declaration cannot be kept: %s", describe(error))


def restore(connection: Connection, db: Path, now: datetime) -> bool:
    """Put the copy in force where the database knows no household; whether that was so. Raises `HouseholdError`."""
    try:
        household.current(connection)
    except HouseholdError:
        if not copy_of(db).exists():
            raise
        household.apply(connection, copy_of(db).read_text(encoding="utf-8"), now, BY)
        return True
    return False


def copy_of(db: Path) -> Path:
    """Where the copy lies."""
    return db.with_name(f"{db.name}.home.toml")
