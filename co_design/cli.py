"""`alongside co-design`: what people said about the rules, and what became of it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy import Connection

from co_design import example, rows
from co_design.chain import load
from co_design.cli_base import Database, Json, moment, read, refuse
from co_design.cli_interchange import COMMANDS
from co_design.cli_pack import COMMANDS as OPEN_LAB
from co_design.cli_record import Example, board, enter, table, transparency, withdraw
from co_design.orphans import Orphan, orphans
from co_design.told import lines
from co_design.trace import NothingToTraceError, trace
from hub.household import current

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def co_design() -> None:
    """See what people said about the rules of a home, and what became of it."""


@app.command("trace")
def trace_command(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SETTING|ALARM|UTTERANCE", help="A setting's key, an alarm's number, or an utterance's, as u12."
        ),
    ],
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
    of_example: Example = False,  # noqa: FBT002 -- a flag
) -> None:
    """Walk the chain both ways: who wanted it so, who did not, what was changed, and did it help?"""
    try:
        found, tz = _look(
            db, lambda connection, now: (trace(connection, subject, now), current(connection).tz), of_example
        )
    except NothingToTraceError as error:
        refuse(str(error))
    typer.echo(rows.as_json(found) if as_json else "\n".join(lines(found, tz)))


@app.command()
def check(
    db: Database = None,
    as_json: Json = False,  # noqa: FBT002 -- a flag
    of_example: Example = False,  # noqa: FBT002 -- a flag
) -> None:
    """Look for loose ends: a change that nobody decided, a decision without follow-up, a need without an answer."""
    found = _look(db, lambda connection, now: orphans(load(connection), now), of_example)
    typer.echo(rows.as_json(found) if as_json else "\n".join(_said(found)))
    if found:
        raise typer.Exit(1)


for command in (board, enter, table, withdraw, transparency):
    app.command()(command)
for name, command in {**COMMANDS, **OPEN_LAB}.items():
    app.command(name)(command)


def _look(db: Path | None, job: Callable[[Connection, datetime], T], of_example: bool) -> T:  # noqa: FBT001 -- a flag
    """Look at the home's record now, or at the worked example as it stood at its end."""
    if of_example:
        return example.look(job)
    return read(db, lambda connection: job(connection, moment()))


def _said(found: list[Orphan]) -> list[str]:
    if not found:
        return ["No loose ends: every change was decided, every decision followed up, every need that is due answered."]
    return [f"{one.rule}: {one.subject}: {one.because}" for one in found]
