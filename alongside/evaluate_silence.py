"""`alongside evaluate silence`: how soon a collapse is noticed, and how often somebody is asked needlessly."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analytics.detectors.inactivity import BUDGET
from analytics.evaluation.silence import judge
from analytics.evaluation.silence_report import report
from analytics.recordings import Recording, RecordingError, Refusals, recordings
from analytics.settings import refusal
from hub.clock import SystemClock

CANNOT_MEASURE = 2


def silence(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="Recorded homes: tihm/ or homes/, or folders like them.")],
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    per_month: Annotated[
        float, typer.Option("--budget-per-month", help="How often a month a needless question is allowed.")
    ] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="Which collapses are made up.")] = 0,
) -> None:
    """Let people collapse at random waking moments of recorded days: how soon is it noticed by silence alone?

    Each home is learnt from its own past only, and judged after 14 days. Beside it: fixed timers that ask as often.
    """
    if (reason := refusal(BUDGET, per_month)) is not None:
        _refuse(reason)
    homes = judge(_some(path), per_month, seed, lambda line: typer.echo(f"  {line}", err=True))
    if not homes:
        _refuse(f"{path} holds no home that was recorded for longer than 14 days")
    told = report(homes, per_month)
    typer.echo(json.dumps(told) if as_lines else "\n".join(f"{name}: {json.dumps(of)}" for name, of in told.items()))


def _some(path: Path) -> list[Recording]:
    try:
        return list(recordings(path, SystemClock().now(), Refusals()))
    except RecordingError as wrong:
        _refuse(str(wrong))


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(CANNOT_MEASURE)
