"""`alongside crash-test`: kill a real hub again and again, and count what was lost and what was said twice."""

import json
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from alongside.crash.life import CrashTestError
from alongside.crash.trial import Result, try_out

app = typer.Typer(add_completion=False)

FAILED = 1
CANNOT_TEST = 2


@app.command()
def crash_test(
    kills: Annotated[int, typer.Option("--kills", min=1, max=20_000, help="How often a hub is killed.")] = 100,
    faults: Annotated[
        float, typer.Option("--faults", min=0, max=90, metavar="PERCENT", help="How many texts meet a carrier's fault.")
    ] = 15.0,
    seed: Annotated[
        int, typer.Option("--seed", help="What chance does. The machine's own timing is never the same.")
    ] = 1,
    folder: Annotated[Path | None, typer.Option("--in", help="The folder for the database; its disk counts.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002 -- a flag
) -> None:
    """Kill a real hub, as power cuts do, and count what was lost and what was said twice.

    Pendants are pressed, carriers err, people answer, and the hub's process is killed at every named point and at
    random instants, on one database. Nothing leaves this computer. Ends with 1 where anything was lost or doubled.
    """
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        try:
            result = try_out(Path(room), kills, faults, seed)
        except CrashTestError as error:
            typer.echo(f"The test could not be done: {error}.", err=True)
            raise typer.Exit(CANNOT_TEST) from error
    _say(report(result), as_json=as_json)
    complaints = [*result.reckoning.lost, *result.reckoning.duplicates]
    for sentence in complaints:
        typer.echo(sentence, err=True)
    if complaints:
        raise typer.Exit(FAILED)


def report(result: Result) -> Mapping[str, Any]:
    """The figures. `points` were reached, of all that there are; `missed` were not reached in time."""
    tally, reckoning = result.tally, result.reckoning
    return {
        "kills": tally.kills,
        "alarms": reckoning.alarms,
        "sends": reckoning.sends,
        "faults": result.faults,
        "lost": len(reckoning.lost),
        "duplicates": len(reckoning.duplicates),
        "max_resume_ms": round(tally.max_resume_ms),
        "points": len(tally.points),
        "missed": len(tally.missed),
    }


def _say(figures: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        typer.echo(f"{name:>14}  {value}")
