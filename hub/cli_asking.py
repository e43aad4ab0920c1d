"""What commands about alarms and faults share: a home's database, a request to its hub, plain refusals."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from hub import clock, household, intents
from hub.escalation.retelling import Reader
from hub.household import NOT_DECLARED, HouseholdError
from hub.intents import IntentKind
from hub.lock import is_running
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.writer import Store

LATER = "Asked. The hub is not running: it carries this out when it next starts."
SLOW = "Asked. The hub has not answered yet; `{see}` says what became of it."
ANSWERS_WITHIN_S = 5.0
LOOK_EVERY_S = 0.1

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option("--by", help="Who says so: a person of home.toml.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks the hub for; `see` is the command that says what became of it."""

    kind: IntentKind
    payload: Mapping[str, Any]
    by: str
    see: str


def ask(db: Path | None, request: Request, check: Callable[[Connection], None]) -> None:
    """Ask the hub for something and say what it answers. `check` refuses at once what cannot be."""
    now = clock.from_environment().now()
    with opened(db) as store:
        with store.reading() as connection:
            check(connection)
            _check_person(connection, request.by)
        number = store.run(
            lambda connection: intents.request(connection, request.kind, request.payload, request.by, now)
        )
        told = asyncio.run(_told(store, number, request.see)) if is_running(store.path) else LATER
    if told.startswith(intents.REFUSED):
        refuse(told.removeprefix(intents.REFUSED).removesuffix("."))
    typer.echo(told)


def _check_person(connection: Connection, by: str) -> None:
    try:
        people = household.current(connection).people
    except HouseholdError as error:
        refuse(str(error))
    if by not in people:
        refuse(f"there is no '{by}' in this household; its people are {', '.join(sorted(people))}")


async def _told(store: Store, number: int, see: str) -> str:
    """What the hub answers, or that it has not within a few seconds."""
    waiting = clock.SystemClock()
    give_up_at = waiting.boot_s() + ANSWERS_WITHIN_S
    while waiting.boot_s() < give_up_at:
        with store.reading() as connection:
            answered = intents.answer(connection, number)
        if answered is not None:
            return answered
        await waiting.sleep(LOOK_EVERY_S)
    return SLOW.format(see=see)


@contextmanager
def reading(db: Path | None) -> Iterator[Connection]:
    """A read-only look at the home's database; without one, a refusal."""
    with opened(db) as store, store.reading() as connection:
        yield connection


@contextmanager
def opened(db: Path | None) -> Iterator[Store]:
    """The home's store; without one, a refusal."""
    if not database_path(db).exists():
        refuse(NOT_DECLARED)
    try:
        store = Store.open(database_path(db))
    except StoreError as error:
        refuse(str(error))
    try:
        yield store
    except StoreError as error:
        refuse(str(error))
    finally:
        store.shut()


def reader_of(connection: Connection) -> Reader:
    """The household's clock and names; without a household, UTC and the names as they are stored."""
    try:
        home = household.current(connection)
    except HouseholdError:
        return Reader(tz=ZoneInfo("UTC"), names={})
    return Reader(tz=home.tz, names={name: contact.display for name, contact in home.people.items()})


def as_json_text(value: object) -> str:
    """Anything with datetimes in it as JSON."""
    return json.dumps(value, default=iso, ensure_ascii=False)


def iso(value: object) -> str:
    """A datetime for JSON. Raises `TypeError` for anything else."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for JSON: {type(value).__name__}")


def refuse(reason: str) -> NoReturn:
    """Say why not, and stop."""
    typer.echo(f"{reason[:1].upper()}{reason[1:]}.", err=True)
    raise typer.Exit(1)
