"""`alongside evaluate tihm`: how well alerts that clinicians confirmed can be told from what went before."""

import json
from pathlib import Path
from typing import Annotated

import typer

from analytics.evaluation.tihm import evaluate, report
from analytics.evaluation.tihm_cases import LabelsError
from analytics.recordings import RecordingError, Refusals, recordings
from hub.clock import SystemClock

CANNOT_MEASURE = 2


def tihm(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of TIHM, or one like it.")],
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell agitation, blood pressure and pulse alerts from what was recorded before, for people not learnt from."""
    try:
        some = list(recordings(path, SystemClock().now(), Refusals()))
        told = report(evaluate(some, path, lambda line: typer.echo(f"  {line}", err=True)))
    except (RecordingError, LabelsError) as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(CANNOT_MEASURE) from wrong
    typer.echo(json.dumps(told) if as_lines else json.dumps(told, indent=2))
