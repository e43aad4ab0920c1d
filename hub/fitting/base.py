"""What the fitter's commands share: the home's database, and how something is refused."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from hub import household
from hub.fitting.search import Sighting, overheard
from hub.household import NOT_DECLARED, HouseholdError
from hub.household.model import Household
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.writer import Store

REFUSED = 2

T = TypeVar("T")

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def refuse(reason: str, code: int = REFUSED) -> NoReturn:
    """Say in a sentence why not, and end."""
    sentence = f"{reason[:1].upper()}{reason[1:]}"
    typer.echo(sentence if sentence.endswith((".", "?")) else f"{sentence}.", err=True)
    raise typer.Exit(code)


@contextmanager
def reading(db: Path | None) -> Iterator[Connection]:
    """The database of a home that was declared, to read."""
    if not database_path(db).exists():
        refuse(NOT_DECLARED)
    store = _open(db)
    try:
        with store.reading() as connection:
            yield connection
    except (HouseholdError, StoreError) as error:
        refuse(str(error))
    finally:
        store.shut()


def write(db: Path | None, job: Callable[[Connection], T]) -> T:
    """Carry out a job in one transaction. Raises what the job raises."""
    store = _open(db)
    try:
        return store.run(job)
    except StoreError as error:
        refuse(str(error))
    finally:
        store.shut()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows before somebody listens: the household in force, if any, and what a hub overheard."""

    home: Household | None = None
    overheard: Sequence[Sighting] = ()


def known(db: Path | None) -> Known:
    """What is known here; nothing where there is no home yet."""
    if not database_path(db).exists():
        return Known()
    with reading(db) as connection:
        try:
            home = household.current(connection)
        except HouseholdError:
            return Known()
        return Known(home=home, overheard=overheard(connection, home))


def _open(db: Path | None) -> Store:
    try:
        return Store.open(database_path(db))
    except StoreError as error:
        refuse(str(error))
