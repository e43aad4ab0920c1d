"""`alongside people`: who would be called now, and how much each of them has been asked to bear."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from sqlalchemy import Connection, select

from hub import clock, household
from hub.escalation import burden
from hub.escalation.burden import NOTHING, Load
from hub.escalation.rota import on_call
from hub.household import NOT_DECLARED, HouseholdError
from hub.household.model import Cap, Household
from hub.model import Contact
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.schema import acknowledgement, alarm
from hub.store.writer import Store

app = typer.Typer(help="The people who help: who is on now, and what each has been asked to bear.")

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
At = Annotated[
    str | None, typer.Option("--at", help="Who is on then: a time on the home's clock, such as 2026-12-24T20:00.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one person stands: what they are on call for, what they bore, and what they have declined."""

    person: Contact
    on_now: tuple[str, ...]
    load: Load
    cap: Cap
    over: str | None
    woken_last: bool
    declined: tuple[int, ...]


@app.callback(invoke_without_command=True)
def people(context: typer.Context, db: Database = None, at: At = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Say who is on now, how often each was asked within the week, on how many nights, and who was woken last."""
    if context.invoked_subcommand is None:
        _tell(db, at, as_json=as_json)


@app.command(name="list")
def list_(db: Database = None, at: At = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Say who is on now, how often each was asked within the week, on how many nights, and who was woken last."""
    _tell(db, at, as_json=as_json)


def _tell(db: Path | None, at: str | None, *, as_json: bool) -> None:
    now = clock.from_environment().now()
    if not database_path(db).exists():
        _refuse(NOT_DECLARED)
    try:
        store = Store.open(database_path(db))
        try:
            with store.reading() as connection:
                home = household.current(connection)
                found = standings(connection, home, now, _moment(at, home, now))
        finally:
            store.shut()
    except (HouseholdError, StoreError) as error:
        _refuse(str(error))
    if as_json:
        typer.echo(json.dumps([_row(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        typer.echo(line(one, home))


def _moment(at: str | None, home: Household, now: datetime) -> datetime:
    if at is None:
        return now
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        _refuse(f"{at!r} is not a time; write it as 2026-12-24T20:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=home.tz)


def standings(connection: Connection, home: Household, now: datetime, at: datetime) -> list[Standing]:
    """Where everybody but the resident stands now; on call `at` that time."""
    loads = burden.loads(connection, home, now)
    declined = _declined(connection)
    tonight = burden.night_of(now, home.tz, home.night)
    on = {name: on_call(rota, at, home.tz) for name, rota in home.rotas.items()}
    last = burden.last_woken(loads)

    def standing(person: Contact) -> Standing:
        load, cap = loads.get(person.name, NOTHING), home.caps.get(person.name, Cap())
        return Standing(
            person=person,
            on_now=tuple(rota for rota, names in on.items() if person.name in names),
            load=load,
            cap=cap,
            over=load.over(cap, tonight),
            woken_last=person.name == last,
            declined=declined.get(person.name, ()),
        )

    return [standing(person) for name, person in home.people.items() if name != home.resident]


def _declined(connection: Connection) -> Mapping[str, tuple[int, ...]]:
    """The open alarms of which each person's last word was that they cannot."""
    query = (
        select(acknowledgement.c.person, acknowledgement.c.alarm_id, acknowledgement.c.said)
        .join(alarm, alarm.c.id == acknowledgement.c.alarm_id)
        .where(alarm.c.closed_at.is_(None))
        .order_by(acknowledgement.c.id)
    )
    last = {(person, number): said for person, number, said in connection.execute(query)}
    found: dict[str, tuple[int, ...]] = {}
    for (person, number), said in last.items():
        if said == "cannot":
            found[person] = (*found.get(person, ()), number)
    return found


def line(one: Standing, home: Household) -> str:
    """One person in one line."""
    return f"{one.person.display} ({one.person.role}): " + "; ".join(_parts(one, home)) + "."


def _parts(one: Standing, home: Household) -> Iterator[str]:
    if one.on_now:
        yield "on now for " + " and ".join(rota.replace("_", " ") for rota in one.on_now)
    channels = ", ".join(dict.fromkeys(way.channel for way in one.person.addresses))
    yield f"reached by {channels}" if channels else "not to be reached"
    yield f"{_counted(one.load.messages, 'message', one.cap.messages)} this week"
    yield f"{_counted(len(one.load.nights), 'night', one.cap.nights)} woken"
    if one.load.woken_at is not None:
        last = ", the last of all" if one.woken_last else ""
        yield f"last woken {one.load.woken_at.astimezone(home.tz):%a %d %b %H:%M}{last}"
    if one.over is not None:
        yield f"spared just now, except where a life may hang on it: {one.over}"
    if one.declined:
        yield "cannot go to alarm " + " and ".join(map(str, one.declined))


def _counted(count: int, what: str, agreed: int | None) -> str:
    words = f"{count} {what}" if count == 1 else f"{count or 'no'} {what}s"
    return words if agreed is None else f"{words} of {agreed} agreed"


def _row(one: Standing) -> dict[str, Any]:
    return {
        "person": one.person.name,
        "name": one.person.display,
        "role": one.person.role.value,
        "key_holder": one.person.key_holder,
        "channels": list(dict.fromkeys(way.channel for way in one.person.addresses)),
        "on_now": list(one.on_now),
        "messages_this_week": one.load.messages,
        "messages_agreed": one.cap.messages,
        "nights_woken": sorted(night.isoformat() for night in one.load.nights),
        "nights_agreed": one.cap.nights,
        "woken_at": None if one.load.woken_at is None else one.load.woken_at.isoformat(),
        "woken_last": one.woken_last,
        "spared_because": one.over,
        "declined_alarms": list(one.declined),
    }


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"{reason[:1].upper()}{reason[1:]}.", err=True)
    raise typer.Exit(1)
