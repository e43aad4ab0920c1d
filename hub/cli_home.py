"""`alongside home`: put a household in force, write it out again, and say in plain words what is in force."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from hub import cli_joining, clock, household
from hub.household import NOT_DECLARED, HouseholdError, unlock
from hub.household.told import tell
from hub.paths import DATABASE, database_path
from hub.store import settings as chosen
from hub.store.errors import StoreError
from hub.store.writer import Store

app = typer.Typer(help="The household: who lives here, who helps, and which sensors there are.", no_args_is_help=True)

app.command()(cli_joining.join)
app.command()(cli_joining.leave)

T = TypeVar("T")

UNCHANGED = "Nothing was changed."

_USUAL = "~/.local/share/alongside/home.sqlite3; for the service /var/lib/alongside/home.sqlite3"
Database = Annotated[
    Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.", show_default=_USUAL)
]
File = Annotated[Path, typer.Argument(help="The household, such as examples/home.toml.", exists=True, dir_okay=False)]
By = Annotated[str | None, typer.Option("--by", help="Who applies it, for the record. By default: the user.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead.")]


@app.command()
def apply(file: File, db: Database = None, by: By = None) -> None:
    """Put a household in force. The same file again changes nothing; a bad one is refused and changes nothing."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        _refuse("this is not a text file in UTF-8", file, UNCHANGED)
    now, who = clock.from_environment().now(), by or getpass.getuser()
    try:
        applied = _write(db, lambda connection: household.apply(connection, text, now, who))
    except HouseholdError as error:
        _refuse(str(error), file, UNCHANGED)
    for change in applied.changes or ("nothing has changed",):
        typer.echo(f"{change[:1].upper()}{change[1:]}.")
    for missing in unlock(household.parse(text))[1]:
        typer.echo(f"Note: {missing}.", err=True)


@app.command()
def export(db: Database = None, output: Output = None) -> None:
    """Write the household out, with every setting that was decided since it was applied."""
    text = _read(db, household.export)
    if output is None:
        typer.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            _refuse(f"{output} cannot be written: {error.strerror}")


@app.command()
def show(db: Database = None) -> None:
    """Say in plain words who lives here, who helps, what is noticed, and what was chosen."""
    for line in _read(db, _told):
        typer.echo(line)


def _told(connection: Connection) -> list[str]:
    home = household.current(connection)
    return list(tell(home, chosen.current(connection).values(), household.latest(connection)))


def _write(db: Path | None, job: Callable[[Connection], T]) -> T:
    store = _open(db)
    try:
        return store.run(job)
    except StoreError as error:
        _refuse(str(error), then=UNCHANGED)
    finally:
        store.shut()


def _read(db: Path | None, job: Callable[[Connection], T]) -> T:
    if not database_path(db).exists():
        _refuse(NOT_DECLARED)
    store = _open(db)
    try:
        with store.reading() as connection:
            return job(connection)
    except (HouseholdError, StoreError) as error:
        _refuse(str(error))
    finally:
        store.shut()


def _open(db: Path | None) -> Store:
    try:
        return Store.open(database_path(db))
    except StoreError as error:
        _refuse(str(error))


def _refuse(reason: str, file: Path | None = None, then: str = "") -> NoReturn:
    start = f"{file}: {reason}" if file else f"{reason[:1].upper()}{reason[1:]}"
    typer.echo(f"{start}{'' if reason.endswith('?') else '.'} {then}".rstrip(), err=True)
    raise typer.Exit(1)
