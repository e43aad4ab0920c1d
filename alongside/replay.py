"""`alongside replay`: recorded days put through today's rules. Prints what would have been noticed; sends nothing."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from alongside.replayed import Found, Summary, as_json, as_text
from analytics.engine import Engine
from analytics.model import Finding, Settings, SettingValue
from analytics.plain import count
from analytics.recordings import Recording, RecordingError, recordings
from analytics.registry import build
from analytics.replay import Heard, replayed
from analytics.settings import resolve
from analytics.vitals.quality import QualityGate
from devices.model import Reading
from hub.clock import SystemClock
from hub.household.model import Household, HouseholdError
from hub.household.parsed import declared
from hub.rehearsal import Rehearsal

EXAMPLE = Path(__file__).with_name("replay_home.toml")
PROGRESS_EVERY = 100_000

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Rules:
    """The household whose plans and settings apply, and whether it is the recorded one or only an example."""

    household: Household
    settings: Settings
    is_example: bool

    @classmethod
    def of(cls, home: Path | None) -> "Rules":
        """From a home.toml; without one, of an example household.

        Raises `HouseholdError`, or `OSError` and `UnicodeDecodeError` where the file cannot be read.
        """
        told = declared((home or EXAMPLE).read_text(encoding="utf-8"))
        chosen = {key: SettingValue(value=choice.value, version=1) for key, choice in told.choices.items()}
        return cls(told.household, resolve(chosen), is_example=home is None)


def silent(_: str) -> None:
    """Say nothing of how far it is."""


def replay(
    path: Path, rules: Rules, now: datetime, summary: Summary, progress: Callable[[str], None] = silent
) -> Iterator[Found]:
    """Everything that would have been noticed at this path, home after home, in order of time; fills the summary.

    A recording ends with its last observation: that nothing comes after it is no silence. Raises `RecordingError`.
    """
    known = None if rules.is_example else rules.household.home
    for recording in recordings(path, now, summary.refusals, known):
        progress(f"{recording.name}: {count(len(recording.observations), 'observation')}")
        summary.begin(recording)
        rehearsal = Rehearsal(rules.household)
        for finding in _findings(recording, rules.settings, summary, progress):
            found = Found(home=recording.name, tz=recording.home.tz, finding=finding, alarm=rehearsal.take(finding))
            summary.add(found)
            yield found


def _findings(
    recording: Recording, settings: Settings, summary: Summary, progress: Callable[[str], None]
) -> Iterator[Finding]:
    return replayed(Engine(build(recording.home, settings)), _believed(recording, summary, progress))


def _believed(recording: Recording, summary: Summary, progress: Callable[[str], None]) -> Iterator[Heard]:
    """What the hub would have given to its detectors."""
    gate = QualityGate(recording.home)
    for number, observation in enumerate(recording.observations, start=1):
        if number % PROGRESS_EVERY == 0:
            progress(f"{recording.name}: {number:,} of {len(recording.observations):,}, {observation.at:%d %B %Y}")
        gate.note((observation,))
        if isinstance(observation, Reading) and (reason := gate.refusal(observation, observation.at)) is not None:
            summary.keep_out(observation, reason)
            continue
        yield number, observation


@app.command()
def replay_command(
    path: Annotated[
        Path, typer.Argument(help="A folder of recordings, or a CSV file with the header at,device,quantity,value.")
    ],
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    home: Annotated[
        Path | None, typer.Option("--home", help="The home.toml whose people, plans and settings apply.")
    ] = None,
) -> None:
    """Put recorded days through today's rules: what would have been noticed, and whom it would have reached.

    Nothing is sent, nothing is stored. Nobody answers in a recording, so each alarm is followed to the end of its plan.
    """
    rules = _rules(home)
    summary = Summary()
    try:
        for found in replay(path, rules, SystemClock().now(), summary, _on_terminal()):
            typer.echo(as_json(found) if as_lines else as_text(found))
    except RecordingError as wrong:
        _refuse(str(wrong))
    for line in summary.told(example=rules.is_example):
        typer.echo(line, err=True)


def _rules(home: Path | None) -> Rules:
    try:
        return Rules.of(home)
    except HouseholdError as wrong:
        _refuse(f"{home}: {wrong}")
    except (OSError, UnicodeDecodeError) as wrong:
        _refuse(f"{home} cannot be read ({wrong})")


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(2)


def _on_terminal() -> Callable[[str], None]:
    """Progress for whoever watches; nothing in a file or a pipe."""
    return (lambda line: typer.echo(f"  {line}", err=True)) if sys.stderr.isatty() else silent
