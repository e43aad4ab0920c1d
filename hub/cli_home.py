"""`alongside home`: put a household in force, write it out again, and say in plain words what is in force."""

import getpass
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from sqlalchemy import Connection

from hub import cli_joining, clock, household
from hub.household import NOT_DECLARED, HouseholdError, unlock
from hub.household.model import Household
from hub.model import AlarmPolicy, Contact, Setting
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
        text = file.read_text(encoding="utf-8")
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
    for line in _read(db, lambda connection: [*_lines(household.current(connection), chosen.current(connection))]):
        typer.echo(line)


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


def _lines(home: Household, settings: dict[str, Setting]) -> Iterator[str]:
    yield f"{home.person.full_name}'s home ({home.id}, {home.tz.key})"
    yield from _section("People", map(_person, home.people.values()))
    yield from _section("Sensors", (_sensor(home, name) for name in home.devices))
    yield from _section("Alarms", (f"{kind}: {_policy(policy)}" for kind, policy in home.alarms.items()))
    yield from _section("Chosen settings", map(_setting, settings.values()))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    if found:
        yield ""
        yield title
        yield from found


def _person(contact: Contact) -> str:
    channels = ", ".join(address.channel for address in contact.addresses)
    return f"{contact.display}: {contact.role}, " + (f"by {channels}" if channels else "not to be reached")


def _sensor(home: Household, name: str) -> str:
    sensor = home.home.sensors[name]
    place = sensor.room or (home.people[sensor.person].display if sensor.person else None)
    return f"{sensor.name}: {sensor.kind}" + (f", {place}" if place else "")


def _policy(policy: AlarmPolicy) -> str:
    window = policy.check_in.window.total_seconds()
    asked = f"the resident is asked first for {window:g} s" if window else "people are told at once"
    return f"severity {policy.severity}, plan {policy.plan.name}, {asked}"


def _setting(setting: Setting) -> str:
    return f"{setting.key} = {setting.value} ({setting.by}: {setting.because})"
