"""`alongside alarms`: see the alarms, tell the whole story of one, answer it, say whether it was right."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, TypedDict

import typer
from sqlalchemy import Connection

from analytics.model import FindingKind
from hub import clock, household
from hub.cli_asking import By, Database, Json, Request, as_json_text, ask, reader_of, reading, refuse
from hub.escalation import alarms, story
from hub.escalation.alarms import UnknownAlarmError
from hub.escalation.preview import previews
from hub.escalation.retelling import overview_line, read_aloud, retell
from hub.escalation.trace import trace
from hub.household import HouseholdError
from hub.intents import IntentKind, Said, Verdict

app = typer.Typer(help="The alarms: which are open, the whole story of one, and what people say.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The alarm's number, as `alarms list` shows it.")]


StillSaid = Callable[[Connection, list[story.Row]], list[story.Row]]
"""Labels with the words that their speakers have not taken back. Whoever puts the rooms together brings it as the
context's object."""

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
    with reading(db) as connection:
        rows = story.overview(connection, closed=every, limit=limit)
        reader = reader_of(connection)
    if as_json:
        typer.echo(as_json_text([{name: value for name, value in row.items() if name != "policy"} for row in rows]))
        return
    for row in rows:
        typer.echo(overview_line(row, reader))
    if not rows:
        typer.echo("No alarm was ever opened." if every else "No alarm is open. `--all` shows closed ones.")


@app.command()
def show(
    ctx: typer.Context,
    number: Number,
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Tell the whole story of one alarm: what it rests on, every step and why, every message, who answered."""
    still_said: StillSaid = ctx.obj or _all_of_them
    with reading(db) as connection:
        try:
            told = story.read(connection, number)
        except UnknownAlarmError as error:
            refuse(str(error))
        told = replace(told, labels=still_said(connection, told.labels))
        reader = reader_of(connection)
    if as_json:
        typer.echo(as_json_text(asdict(told)))
        return
    for line in retell(told, reader):
        typer.echo(line)


@app.command("trace")
def trace_(number: Number, db: Database = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Say how long each step of one alarm took, from the sensor to the phone. It names nobody: for whoever mends it."""
    with reading(db) as connection:
        try:
            spans = trace(story.read(connection, number))
        except UnknownAlarmError as error:
            refuse(str(error))
    if as_json:
        typer.echo(as_json_text({"alarm": number, "spans": [asdict(one) for one in spans]}))
        return
    typer.echo("       after         since  what")
    for one in spans:
        typer.echo(f"{one.after_ms:>9.1f} ms  {one.since_ms:>9.1f} ms  {one.what} [{one.row}]")


@app.command()
def preview(
    kind: Annotated[FindingKind, typer.Argument(help="What would have happened, such as `fall`.")],
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Say what everybody would be told of such an alarm, word by word, by the household and consent in force now."""
    with reading(db) as connection:
        try:
            home = household.current(connection)
        except HouseholdError as error:
            refuse(str(error))
    found = previews(home, kind, clock.from_environment().now())
    if as_json:
        rows = [{"kind": kind.value, "consent_revision": home.consent.revision, **asdict(one)} for one in found]
        typer.echo(as_json_text(rows))
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
        refuse("please say how it ended, as in `--outcome 'she is well'`")
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


def _all_of_them(_: Connection, labels: list[story.Row]) -> list[story.Row]:
    return labels


def _ask(db: Path | None, kind: IntentKind, payload: _About, by: str) -> None:
    def check(connection: Connection) -> None:
        """Refuse at once what the hub would refuse later, when nobody is looking."""
        try:
            alarms.get(connection, payload["alarm_id"])
        except UnknownAlarmError as error:
            refuse(str(error))

    ask(db, Request(kind=kind, payload=payload, by=by, see="alongside alarms show"), check)
