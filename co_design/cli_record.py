"""Commands that look at the record and write in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from co_design import example
from co_design.acts.base import Moment
from co_design.acts.perform import perform, play
from co_design.at_the_table import SINCE, sides
from co_design.boards import BOARDS, desk
from co_design.chain import load
from co_design.cli_base import By, Database, Json, change, moment, read, refuse, user
from co_design.interchange.paper import PaperError, acts_on_paper
from co_design.registers.bodies import Register
from co_design.registers.entries import current
from co_design.registers.transparency import record
from co_design.rows import as_json, lines
from co_design.schema import participant
from co_design.trace import trace
from hub.intents import RefusedError

Example = Annotated[bool, typer.Option("--example", help="Use the worked example instead of the home's record.")]


MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


def board(
    name: Annotated[str, typer.Argument(metavar="BOARD", help=f"One of: {', '.join(BOARDS)}.")],
    db: Database = None,
    as_object: Json = False,  # noqa: FBT002 -- a flag
    of_example: Example = False,  # noqa: FBT002 -- a flag
) -> None:
    """Look at a board or a register."""
    if name not in BOARDS:
        refuse(f"there is no board called {name!r}. There are: {', '.join(BOARDS)}.")

    def rows(connection: Connection, now: datetime) -> list[Mapping[str, Any]]:
        return BOARDS[name](desk(connection, now))

    found = example.look(rows) if of_example else read(db, lambda connection: rows(connection, moment()))
    typer.echo(as_json(found) if as_object else "\n".join(lines(found)))


def enter(
    file: Annotated[
        Path,
        typer.Argument(help="Acts as JSON, or a sheet that came back on paper as CSV.", exists=True, dir_okay=False),
    ],
    session: Annotated[int | None, typer.Option("--session", help="Which session the paper comes from.")] = None,
    db: Database = None,
    by: By = None,
) -> None:
    """Write in the record: everything in the file, or nothing of it."""
    try:
        acts = acts_on_paper(file, session) if file.suffix == ".csv" else _acts(file)
    except (PaperError, UnicodeDecodeError, json.JSONDecodeError) as error:
        refuse(f"{file}: {error}")
    now, who = moment(), user(by)

    def write(connection: Connection) -> int:
        def do(name: str, given: Mapping[str, Any], entry: Mapping[str, Any]) -> int:
            return perform(connection, name, given, str(entry.get("by", who)), _at(file, entry, now))

        play(acts, do)
        return len(acts)

    typer.echo(f"Written: {change(db, write)} entries.")


def _at(file: Path, entry: Mapping[str, Any], now: datetime) -> datetime:
    """When an act was done: as it says, or now."""
    try:
        return MOMENT.validate_python(entry.get("at", now))
    except ValidationError:
        refuse(f"{file}: `at` must be a moment such as 2026-11-24T09:00+00:00, not {entry['at']!r}")


def _acts(file: Path) -> list[Mapping[str, Any]]:
    found = json.loads(file.read_text(encoding="utf-8"))
    acts = found["acts"] if isinstance(found, dict) and "acts" in found else found
    if not isinstance(acts, list) or not all(isinstance(one, dict) and "act" in one for one in acts):
        refuse(f"{file}: a list of acts is needed, each with its `act`")
    return acts


def table(
    question: Annotated[int, typer.Argument(help="The number of the question.")],
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How far back.")] = SINCE.days,
    db: Database = None,
    as_object: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Try each option of a question on this home's own past, side by side, before people vote."""
    now = moment()

    def tried(connection: Connection) -> list[Mapping[str, Any]]:
        found = sides(connection, load(connection), question, now - timedelta(days=days), now)
        return [asdict(one) for one in found]

    found = read(db, tried)
    typer.echo(as_json(found) if as_object else "\n".join(lines(found)))


def withdraw(
    pseudonym: Annotated[str, typer.Argument(help="Who withdraws.")], db: Database = None, by: By = None
) -> None:
    """End somebody's part: what they said is erased, what rested on it is marked, what went out is recalled."""
    now, who = moment(), user(by)

    def end(connection: Connection) -> None:
        found = connection.execute(select(participant.c.id).where(participant.c.pseudonym == pseudonym)).scalar()
        if found is None:
            raise RefusedError(f"nobody is called {pseudonym!r}.")
        perform(connection, "withdraw", {"participant": found}, who, now)

    change(db, end)
    typer.echo(f"{pseudonym} has withdrawn. `alongside co-design board due` lists who must be told.")


def transparency(db: Database = None, of_example: Example = False) -> None:  # noqa: FBT002 -- a flag
    """Print the assumptions in the shape of an algorithmic transparency record, as JSON."""

    def records(connection: Connection, now: datetime) -> list[dict[str, Any]]:
        entries = current(connection, Register.ASSUMPTION)
        return [record(one, trace(connection, one.body.setting, now) if one.body.setting else None) for one in entries]

    found = example.look(records) if of_example else read(db, lambda connection: records(connection, moment()))
    typer.echo(as_json(found))
