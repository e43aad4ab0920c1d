"""`alongside alarms`: see the alarms, tell the whole story of one, answer it, say whether it was right."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypedDict
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from analytics.model import FindingKind
from hub import clock, household, intents
from hub.escalation import alarms, story
from hub.escalation.alarms import UnknownAlarmError
from hub.escalation.preview import previews
from hub.escalation.retelling import Reader, overview_line, read_aloud, retell
from hub.household import NOT_DECLARED, HouseholdError
from hub.intents import IntentKind, Said, Verdict
from hub.lock import is_running
from hub.paths import DATABASE, database_path
from hub.store.errors import StoreError
from hub.store.writer import Store

app = typer.Typer(help="The alarms: which are open, the whole story of one, and what people say.", no_args_is_help=True)


_LATER = "Asked. The hub is not running: it carries this out when it next starts."
_SLOW = "Asked. The hub has not answered yet; `alongside alarms show` says what became of it."
_ANSWERS_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.1

Database = Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="The alarm's number, as `alarms list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Who says so: a person of home.toml.")]


HOW_IT_ENDED = "How it ended, in your words, such as 'a stumble, no harm' or 'she had left the tap on'."


class _About(TypedDict, total=False):
    """What a request about an alarm carries."""

    alarm_id: int
    said: str
    outcome: str
    verdict: str
    because: str


@app.command(name="list")
def list_(
    db: Database = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,  # noqa: FBT002 -- a flag
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 20,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Say which alarms are open."""
    with _reading(db) as connection:
        rows = story.overview(connection, closed=every, limit=limit)
        reader = _reader(connection)
    if as_json:
        typer.echo(_json([{name: value for name, value in row.items() if name != "policy"} for row in rows]))
        return
    for row in rows:
        typer.echo(overview_line(row, reader))
    if not rows:
        typer.echo("No alarm was ever opened." if every else "No alarm is open. `--all` shows closed ones.")


@app.command()
def show(number: Number, db: Database = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Tell the whole story of one alarm: what it rests on, every step and why, every message, who answered."""
    with _reading(db) as connection:
        try:
            told = story.read(connection, number)
        except UnknownAlarmError as error:
            _refuse(str(error))
        reader = _reader(connection)
    if as_json:
        typer.echo(_json(asdict(told)))
        return
    for line in retell(told, reader):
        typer.echo(line)


@app.command()
def preview(
    kind: Annotated[FindingKind, typer.Argument(help="What would have happened, such as `fall`.")],
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Say what everybody would be told of such an alarm, word by word, by the household and consent in force now."""
    with _reading(db) as connection:
        try:
            home = household.current(connection)
        except HouseholdError as error:
            _refuse(str(error))
    found = previews(home, kind, clock.from_environment().now())
    if as_json:
        rows = [{"kind": kind.value, "consent_revision": home.consent.revision, **asdict(one)} for one in found]
        typer.echo(_json(rows))
        return
    for line in read_aloud(found, home.consent.revision):
        typer.echo(line)


@app.command()
def answer(number: Number, said: Said, by: By, db: Database = None) -> None:
    """Say that somebody is going, cannot go, or has arrived."""
    _ask(db, IntentKind.ACKNOWLEDGE, {"alarm_id": number, "said": said.value}, by)


@app.command()
def close(
    number: Number, by: By, outcome: Annotated[str, typer.Option(help=HOW_IT_ENDED)], db: Database = None
) -> None:
    """Close an alarm, saying how it ended."""
    if not outcome.strip():
        _refuse("please say how it ended, as in `--outcome 'she is well'`")
    _ask(db, IntentKind.CLOSE, {"alarm_id": number, "outcome": outcome}, by)


@app.command()
def label(
    number: Number,
    verdict: Verdict,
    by: By,
    because: Annotated[str, typer.Option(help="Why.")] = "",
    db: Database = None,
) -> None:
    """Say whether an alarm was right, wrong, or right but not now. It changes the rules only after people decide so."""
    _ask(db, IntentKind.LABEL, {"alarm_id": number, "verdict": verdict.value, "because": because}, by)


def _ask(db: Path | None, kind: IntentKind, payload: _About, by: str) -> None:
    now = clock.from_environment().now()
    with _opened(db) as store:
        with store.reading() as connection:
            _check(connection, payload["alarm_id"], by)
        number = store.run(lambda connection: intents.request(connection, kind, payload, by, now))
        told = asyncio.run(_told(store, number)) if is_running(store.path) else _LATER
    if told.startswith(intents.REFUSED):
        _refuse(told.removeprefix(intents.REFUSED).removesuffix("."))
    typer.echo(told)


def _check(connection: Connection, number: int, by: str) -> None:
    """Refuse at once what the hub would refuse later, when nobody is looking."""
    try:
        alarms.get(connection, number)
        people = household.current(connection).people
    except (UnknownAlarmError, HouseholdError) as error:
        _refuse(str(error))
    if by not in people:
        _refuse(f"there is no '{by}' in this household; its people are {', '.join(sorted(people))}")


async def _told(store: Store, number: int) -> str:
    """What the hub answers, or that it has not within a few seconds."""
    waiting = clock.SystemClock()
    give_up_at = waiting.boot_s() + _ANSWERS_WITHIN_S
    while waiting.boot_s() < give_up_at:
        with store.reading() as connection:
            answered = intents.answer(connection, number)
        if answered is not None:
            return answered
        await waiting.sleep(_LOOK_EVERY_S)
    return _SLOW


@contextmanager
def _reading(db: Path | None) -> Iterator[Connection]:
    with _opened(db) as store, store.reading() as connection:
        yield connection


@contextmanager
def _opened(db: Path | None) -> Iterator[Store]:
    if not database_path(db).exists():
        _refuse(NOT_DECLARED)
    try:
        store = Store.open(database_path(db))
    except StoreError as error:
        _refuse(str(error))
    try:
        yield store
    except StoreError as error:
        _refuse(str(error))
    finally:
        store.shut()


def _reader(connection: Connection) -> Reader:
    """The household's clock and names; without a household, UTC and the names as they are stored."""
    try:
        home = household.current(connection)
    except HouseholdError:
        return Reader(tz=ZoneInfo("UTC"), names={})
    return Reader(tz=home.tz, names={name: contact.display for name, contact in home.people.items()})


def _json(value: object) -> str:
    return json.dumps(value, default=_iso, ensure_ascii=False)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not for JSON: {type(value).__name__}")


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"{reason[:1].upper()}{reason[1:]}.", err=True)
    raise typer.Exit(1)
