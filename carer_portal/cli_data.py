"""`alongside export resident` and `alongside erase resident`: everything, to take away, or to be gone."""

import sqlite3
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from sqlalchemy import select

from carer_portal import erasing, own_data
from carer_portal.database import Database
from carer_portal.queries import home_of
from carer_portal.schema import view
from hub import clock
from hub.household import NOT_DECLARED
from hub.lock import is_running
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.schema import from_us

CANNOT: Final = 2
LEFT_THE_HOUSE: Final = ("export", "fhir", "handover", "letter")
"""Looks by which something about the resident left this system."""
HELD_ELSEWHERE: Final = (
    "What others hold is not within reach of this command: texts on people's phones and at the carrier, what a"
    " receiving centre or a record system was given, printed sheets, and copies of the database elsewhere"
    " (name them with --copy). Whoever provides care by trade may have to keep records of it for years: export them"
    " first."
)

Resident = Annotated[str, typer.Argument(metavar="RESIDENT", help="The resident's name in home.toml.")]
Db = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]

erase_app = typer.Typer(no_args_is_help=True)


@erase_app.callback()
def erase() -> None:
    """Let everything about a person be gone."""


def export_resident(
    resident: Resident,
    out: Annotated[Path, typer.Option("--out", help="The file to write: a zip archive of JSON and CSV.")],
    db: Db = None,
) -> None:
    """Write everything that is kept about the resident and the home into one file: JSON and CSV."""
    home = _home(db, resident)
    try:
        with home.reading() as connection:
            counts = own_data.write(connection, out, lambda table, rows: typer.echo(f"{table}: {rows}", err=True))
    except OSError as error:
        _refuse(f"{out}: {error.strerror}.")
    typer.echo(f"{sum(counts.values())} rows of {len(counts)} tables are in {out}.")


@erase_app.command(name="resident")
def erase_resident(
    resident: Resident,
    copy: Annotated[list[Path] | None, typer.Option("--copy", help="A copy of the database elsewhere, too.")] = None,
    db: Db = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more.")] = False,  # noqa: FBT002 -- a flag
) -> None:
    """Erase everything about the resident, copies beside the database included. This cannot be undone."""
    home = _home(db, resident)
    if is_running(home.path):
        _refuse("The hub is running: stop it first, or it would go on noticing.")
    if lacking := [str(given) for given in copy or [] if not given.is_file()]:
        _refuse(f"There is no copy {', '.join(lacking)}. Nothing was erased.")
    copies = [*erasing.copies_of(home.path), *(copy or [])]
    _say_what(home, resident, copies)
    if not yes and typer.prompt("To erase it, type the resident's name") != resident:
        _refuse("Nothing was erased.")
    try:
        done = erasing.erase(home, resident, resident, clock.from_environment().now(), copies)
    except (StoreError, sqlite3.Error) as error:
        _refuse(f"It could not be erased: {error}.")
    for one in done:
        typer.echo(f"Erased {sum(one.rows.values())} rows of {len(one.rows)} tables in {one.path}.")
    typer.echo(HELD_ELSEWHERE)


def _say_what(home: Database, resident: str, copies: list[Path]) -> None:
    typer.echo(f"Everything about '{resident}' will be erased from {home.path}", err=True)
    for one in copies:
        typer.echo(f"  and from its copy {one}", err=True)
    for name, why in erasing.KEPT.items():
        typer.echo(f"  kept: {name.rstrip('_')}: {why}", err=True)
    with home.reading() as connection:
        gone = select(view).where(view.c.page.in_(LEFT_THE_HOUSE)).order_by(view.c.id)
        for row in connection.execute(gone):
            typer.echo(f"  given away {from_us(row.at):%Y-%m-%d}: {row.page}, to {row.person}", err=True)


def _home(db: Path | None, resident: str) -> Database:
    home = Database(database_path(db).absolute())
    try:
        household = None
        if home.prepare():
            with home.reading() as connection:
                household = home_of(connection)
    except StoreError as error:
        _refuse(f"{error}.")
    if household is None:
        _refuse(f"{NOT_DECLARED}.")
    if household.resident != resident:
        _refuse(f"'{resident}' does not live here: the resident of this home is '{household.resident}'.")
    return home


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(CANNOT)
