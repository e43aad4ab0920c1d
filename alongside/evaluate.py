"""`alongside evaluate`: how good the shipped detectors are, measured on recordings."""

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from alongside.evaluate_rhythm import rhythm
from alongside.evaluate_silence import silence
from alongside.evaluate_tihm import tihm
from analytics.evaluation.falls import Outcome, leave_one_out, shipped, trained_on
from analytics.evaluation.falls_report import report
from analytics.training.falls import learnt_from
from analytics.training.recorded import Trial, TrialsError, trials

app = typer.Typer(no_args_is_help=True)
app.command()(rhythm)
app.command()(silence)
app.command()(tihm)


@app.callback()
def evaluate() -> None:
    """Measure the shipped detectors on recordings. The figures hold for the recordings, and only hint at real life."""


@app.command()
def falls(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Recorded trials: falls_waist.npz, or one like it.")],
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    leave_one_subject_out: Annotated[
        bool, typer.Option("--leave-one-subject-out", help="Judge each person by what was learnt from the others.")
    ] = False,
    train: Annotated[
        Path | None, typer.Option(help="Judge by what was learnt from this other recording instead.")
    ] = None,
) -> None:
    """Run the shipped fall detector over each trial: how many falls it finds, how much else it takes for one."""
    try:
        outcomes = _outcomes(path, train, leave_one_subject_out=leave_one_subject_out)
    except TrialsError as wrong:
        _refuse(str(wrong))
    told = report(outcomes)
    typer.echo(json.dumps(told) if as_lines else _as_text(told))


def _outcomes(path: Path, train: Path | None, *, leave_one_subject_out: bool) -> list[Outcome]:
    some = _some(path)
    other = None if train is None else learnt_from(train.stem, _some(train))
    if leave_one_subject_out:
        return leave_one_out(path.stem, some, [] if other is None else [other], _progress)
    return shipped(some, _progress) if other is None else trained_on(other, some, _progress)


def _some(path: Path) -> list[Trial]:
    some = trials(path)
    if not some:
        raise TrialsError(f"{path} holds no trials")
    return some


def _progress(line: str) -> None:
    typer.echo(f"  {line}", err=True)


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(2)


def _as_text(told: dict[str, object]) -> str:
    return "\n".join(f"{name}: {json.dumps(value)}" for name, value in told.items())
