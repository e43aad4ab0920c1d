"""`alongside export`: for a record system what the resident has agreed to, for the resident everything."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from sqlalchemy import Connection

from analytics.plain import count
from carer_portal import views_log
from carer_portal.cli_data import export_resident
from carer_portal.database import Database
from carer_portal.model import Viewer
from carer_portal.queries import home_of
from carer_portal.queries_fhir import gathered
from carer_portal.sight import Look, sight
from hub import clock
from hub.household import NOT_DECLARED
from hub.household.model import Household
from hub.model import Role
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError

CANNOT: Final = 2
PAGE: Final = "export"
"""What the record of who looked calls an export."""
NEEDED: Final = {
    "vitals": "measurements",
    "news2": "early-warning scores",
    "time": "when anything was",
    "room": "the names of devices and rooms",
    "birth_year": "the year of birth",
}
"""What is left out without consent for it, and said to be left out."""

app = typer.Typer(no_args_is_help=True)


@app.callback()
def export() -> None:
    """Take data out: for a record system as far as the resident lets it see, for the resident all of it."""


app.command(name="resident")(export_resident)


@app.command()
def fhir(
    resident: Annotated[str, typer.Argument(metavar="RESIDENT", help="The resident's name in home.toml.")],
    *,
    since: Annotated[str, typer.Option(metavar="WHEN", help="From when on, such as 2026-11-01, on the home's clock.")],
    to: Annotated[
        str, typer.Option("--for", metavar="WHO", help="For whom: a person of home.toml, or a role.")
    ] = Role.CLINICIAN,
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead of printing it.")] = None,
    db: Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")] = None,
) -> None:
    """Write a FHIR R4 Bundle: patient, devices, observations (LOINC, UCUM), and a flag for each open alarm."""
    now = clock.from_environment().now()
    try:
        text, words = _made(Database(database_path(db)), resident, since, to, now)
    except StoreError as error:
        _refuse(str(error))
    if out is None:
        typer.echo(text)
    else:
        try:
            out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            _refuse(f"{out} cannot be written: {error.strerror}")
    typer.echo(words, err=True)


def _made(home: Database, resident: str, since: str, to: str, now: datetime) -> tuple[str, str]:
    """The export, checked, and what it holds in words; that it was made is written down for the resident to read.

    Raises `StoreError`.
    """
    from hub.fhir.bundle import as_json, bundle  # noqa: PLC0415 -- takes a second; a mistyped name need not wait for it

    if not home.prepare():
        _refuse(NOT_DECLARED)
    with home.reading() as connection:
        look = _look(connection, resident, to, now)
        export = gathered(connection, look, _instant(since, look.household, now))
    made = bundle(export)
    text = as_json(made)
    views_log.note(home, look, PAGE)
    return text, told(Counter(one["resource"]["resourceType"] for one in made["entry"]), look)


def told(made: Counter[str], look: Look) -> str:
    """What was given to whom, by which consent, and what was left out."""
    things = f"{count(made['Observation'], 'observation')}, {count(made['Device'], 'device')}"
    alarms, revision = count(made["Flag"], "open alarm"), look.household.consent.revision
    given = f"{things} and {alarms} for {look.viewer.display}, by consent revision {revision}."
    left_out = [words for field, words in NEEDED.items() if not look.sight.may(field)]
    return f"{given} Left out, as the resident has not agreed to it: {'; '.join(left_out)}." if left_out else given


def _look(connection: Connection, resident: str, to: str, now: datetime) -> Look:
    household = home_of(connection)
    if household is None:
        _refuse(NOT_DECLARED)
    if resident != household.resident:
        _refuse(f"'{resident}' does not live here: the resident of this home is '{household.resident}'")
    viewer = _viewer(household, to)
    return Look(viewer=viewer, household=household, sight=sight(connection, household, viewer.role, now), now=now)


def _viewer(household: Household, to: str) -> Viewer:
    contact = household.people.get(to)
    if contact is not None:
        return Viewer(key=to, display=contact.display, role=contact.role)
    if to not in set(Role):
        _refuse(
            f"'{to}' is nobody of this household, and no role; its people are {', '.join(sorted(household.people))}"
        )
    return Viewer(key=to, display=f"the role '{to}'", role=Role(to))


def _instant(text: str, household: Household, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"'{text}' is no date or time such as 2026-11-01 or 2026-11-01T08:00")
    at = (at if at.tzinfo else at.replace(tzinfo=household.tz)).astimezone(UTC)
    if at >= now:
        _refuse(f"'{text}' lies in the future: there is nothing since then")
    return at


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(CANNOT)
