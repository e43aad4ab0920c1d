"""`alongside faults`: what does not work, whose it is, by when it is to be mended, and closing one."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Connection

from hub.cli_asking import By, Database, Json, Request, as_json_text, ask, reader_of, reading, refuse
from hub.escalation.retelling import Reader
from hub.intents import IntentKind
from hub.store import faults
from hub.store.faults import Fault, UnknownFaultError

app = typer.Typer(help="What does not work in the home: whose it is, by when, and how it ended.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The fault's number, as `faults list` shows it.")]
WHY = "Why it is no trouble any more, such as 'a new battery is in' or 'she has moved out of that room'."


@app.command(name="list")
def list_(
    db: Database = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,  # noqa: FBT002 -- a flag
    limit: Annotated[int, typer.Option(min=1, help="With --all: at most so many, the newest first.")] = 20,
    as_json: Json = False,  # noqa: FBT002 -- a flag
) -> None:
    """Say what does not work now, what stands in for it, and who sees to it by when."""
    with reading(db) as connection:
        cases = faults.newest(connection, limit) if every else faults.open_cases(connection)
        reader = reader_of(connection)
    if as_json:
        typer.echo(as_json_text([asdict(case) for case in cases]))
        return
    for case in cases:
        typer.echo(line(case, reader))
    if not cases:
        typer.echo("Nothing was ever wrong." if every else "No fault is open. `--all` shows closed ones.")


@app.command()
def show(number: Number, db: Database = None, as_json: Json = False) -> None:  # noqa: FBT002 -- a flag
    """Tell all that is known of one fault."""
    with reading(db) as connection:
        case = _case(connection, number)
        reader = reader_of(connection)
    if as_json:
        typer.echo(as_json_text(asdict(case)))
        return
    for told in lines(case, reader):
        typer.echo(told)


@app.command()
def close(
    number: Number, by: By, because: Annotated[str, typer.Option("--because", help=WHY)], db: Database = None
) -> None:
    """Close a fault by hand. One that is over is closed by the hub itself."""
    if not because.strip():
        refuse("please say why, as in `--because 'a new battery is in'`")

    def check(connection: Connection) -> None:
        if _case(connection, number).closed_at is not None:
            refuse("that fault is closed already")

    payload = {"fault_id": number, "outcome": because}
    ask(db, Request(kind=IntentKind.CLOSE_FAULT, payload=payload, by=by, see="alongside faults show"), check)


def line(case: Fault, reader: Reader) -> str:
    """One case in one line."""
    return f"{case.number:>5}  {reader.time(case.opened_at)}  {case.because} {_state(case, reader)}"


def lines(case: Fault, reader: Reader) -> Iterator[str]:
    """All that is known of a case."""
    yield f"Fault {case.number}: {case.kind.replace('_', ' ')}, {case.subject}. {_state(case, reader)}"
    yield f"Because: {case.because}"
    if case.cover:
        yield f"Meanwhile: {case.cover}"
    if case.since:
        yield f"Since: {reader.time(case.since)}, noticed {reader.time(case.opened_at)}"
    if case.told_at:
        alarm = f" (alarm {case.alarm_id})" if case.alarm_id else ""
        yield f"People were told: {reader.time(case.told_at)}{alarm}"


def _state(case: Fault, reader: Reader) -> str:
    if case.closed_at is None:
        due = f", by {reader.time(case.due_at)}" if case.due_at else ""
        who = "Nobody has it yet" if case.owner is None else f"{reader.name(case.owner)} sees to it"
        return f"{who}{due}."
    who = "by itself" if case.closed_by is None else f"by {reader.name(case.closed_by)}"
    return f"Closed {reader.time(case.closed_at)} {who}: {(case.outcome or '').rstrip('.')}."


def _case(connection: Connection, number: int) -> Fault:
    try:
        return faults.get(connection, number)
    except UnknownFaultError as error:
        refuse(str(error))
