"""`alongside co-design`: what people said about the rules, and what became of it."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from co_design.model import Trace, TracedSetting, TracedUtterance
from co_design.trace import NothingToTraceError, trace
from hub.household import HouseholdError, current
from hub.paths import DATABASE, database_path
from hub.store.connect import reader_engine

BUSY_S = 5.0

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def co_design() -> None:
    """See what people said about the rules of a home, and what became of it."""


@app.command("trace")
def trace_command(
    subject: Annotated[str, typer.Argument(metavar="ALARM|SETTING", help="An alarm's number or a setting's key.")],
    db: Annotated[Path | None, typer.Option("--db", envvar=DATABASE, help="The home's database.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002 -- a flag
) -> None:
    """Walk from an alarm or a setting back to the sentences that people said about it."""
    path = database_path(db)
    if not path.is_file():
        typer.echo(f"There is no database at {path}. Start the hub once, or name another with --db.", err=True)
        raise typer.Exit(2)
    with reader_engine(path, BUSY_S).connect() as connection:
        try:
            found, tz = trace(connection, subject), current(connection).tz
        except (NothingToTraceError, HouseholdError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error
    typer.echo(_as_json(found) if as_json else "\n".join(_lines(found, tz)))


def _as_json(found: Trace) -> str:
    return json.dumps(asdict(found), default=datetime.isoformat, indent=2, ensure_ascii=False)


def _lines(found: Trace, tz: ZoneInfo) -> Iterator[str]:
    yield f"{found.subject}: {found.about}"
    yield ""
    yield "Rests on:"
    for setting in found.settings or ():
        yield f"  {_setting_line(setting)}"
    if not found.settings:
        yield "  no setting; it was raised whatever the settings were."
    yield ""
    yield "What people said:"
    for said in found.utterances:
        yield f"  {_said_line(said, tz)}"
    if not found.utterances:
        yield "  nothing yet. Label the alarm on the portal: right, wrong or not now, and why."


def _setting_line(setting: TracedSetting) -> str:
    why = f": {setting.because}" if setting.because else ""
    origin = f"version {setting.version}, {setting.provenance}{why}"
    return f"{setting.key} = {setting.value} ({origin}; said of it: {len(setting.utterances)})"


def _said_line(said: TracedUtterance, tz: ZoneInfo) -> str:
    about = f" (alarm {', '.join(map(str, said.alarms))})" if said.alarms else ""
    return f"{said.at.astimezone(tz):%Y-%m-%d %H:%M}, {said.pseudonym}: “{said.words}”{about}"
