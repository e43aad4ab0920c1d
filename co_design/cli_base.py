"""What the commands of this room share: opening the home's record, and saying why something cannot be done."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from co_design.schema import MIGRATIONS
from hub import clock
from hub.household import HouseholdError
from hub.intents import RefusedError
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.writer import Store

T = TypeVar("T")

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it, for the record. By default: the user.")]
To = Annotated[Path, typer.Option("--to", help="The file to write.", dir_okay=False)]


def moment() -> datetime:
    """Now."""
    return clock.from_environment().now()


def user(by: str | None) -> str:
    """Who does it."""
    return by or getpass.getuser()


def refuse(reason: str, code: int = 1) -> NoReturn:
    """Say why not, and stop."""
    typer.echo(f"{reason[:1].upper()}{reason[1:]}", err=True)
    raise typer.Exit(code)


def read(db: Path | None, job: Callable[[Connection], T]) -> T:
    """Read the home's record; a database that is not there is not made."""
    with _store(db) as store, store.reading() as connection:
        return job(connection)


def change(db: Path | None, job: Callable[[Connection], T]) -> T:
    """Change the home's record, whole or not at all."""
    with _store(db) as store:
        return store.run(job)


@contextmanager
def _store(db: Path | None) -> Iterator[Store]:
    path = database_path(db)
    if not path.is_file():
        refuse(f"There is no database at {path}. Start the hub once, or name another with --db.", 2)
    try:
        store = Store.open(path, also=[MIGRATIONS])
    except StoreError as error:
        refuse(f"{error}.")
    try:
        yield store
    except (HouseholdError, RefusedError, StoreError) as error:
        refuse(str(error))
    finally:
        store.shut()


def write_file(path: Path, content: bytes) -> None:
    """Write a file; say why where it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        refuse(f"{path} cannot be written: {error.strerror}.")
    typer.echo(f"Written to {path}.")
