"""`alongside evaluate rhythm`: how often the irregular pulse is found, and how often something else is taken for it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from analytics.evaluation.rhythm import Outcome, leave_one_out, shipped
from analytics.evaluation.rhythm_report import report
from analytics.training.beats import BeatsError, records
from analytics.vitals.rhythm import FEWEST, MOST


def rhythm(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Recorded heartbeats: rhythm.npz, or one like it.")],
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    beats: Annotated[int, typer.Option(min=FEWEST, max=MOST, help="How many beats make a window.")] = FEWEST,
    leave_one_record_out: Annotated[
        bool, typer.Option("--leave-one-record-out", help="Judge each person by what was learnt from the others.")
    ] = False,
) -> None:
    """Judge windows of heartbeats: how much atrial fibrillation is found, and how much else is taken for it."""
    try:
        outcomes = _outcomes(path, beats, leave_one_record_out=leave_one_record_out)
    except BeatsError as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(2) from wrong
    told = report(outcomes, beats)
    lines = json.dumps(told) if as_lines else "\n".join(f"{name}: {json.dumps(value)}" for name, value in told.items())
    typer.echo(lines)


def _outcomes(path: Path, beats: int, *, leave_one_record_out: bool) -> list[Outcome]:
    some = records(path)
    if leave_one_record_out:
        return leave_one_out(some, beats, lambda line: typer.echo(f"  {line}", err=True))
    return shipped(some, beats)
