"""`alongside rehearse`: who would hear what, and when, and what happens when nobody answers. Nothing is sent."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from analytics.model import FindingKind
from hub import clock, household
from hub.escalation.retelling import Reader
from hub.household import NOT_DECLARED, HouseholdError
from hub.household.model import Household
from hub.model import TERMINAL
from hub.paths import database_path
from hub.rehearse import ANSWERS, REACHED, Answer, Line, Played, RehearsalError, Scenario, Word, rehearse
from hub.store.errors import StoreError
from hub.store.writer import Store

app = typer.Typer(add_completion=False)

CANNOT_PLAY = 1
UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_ANSWER = re.compile(r"(?P<who>[\w-]+):(?P<word>[a-z]+)(?:@(?P<count>\d+)(?P<unit>[smh]))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
OPENS, CLOSES = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"
AT_ONCE = timedelta(seconds=30)


@app.command(name="rehearse")
def play(
    home: Annotated[
        Path | None, typer.Option("--home", exists=True, dir_okay=False, help="A home.toml; else the one in force.")
    ] = None,
    scenario: Annotated[FindingKind, typer.Option("--scenario", help="What is noticed.")] = FindingKind.FALL,
    at: Annotated[str | None, typer.Option("--at", help="When: 03:00 today, or 2026-12-24T03:00. Else: now.")] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option("--answers", help="Who answers what, and how long after: nadia:going@40s. Again for more."),
    ] = None,
    broken: Annotated[list[str] | None, typer.Option("--broken", help="A channel that does not work: twilio.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002 -- a flag
) -> None:
    """Play an alarm through the household's own plan: who would hear what, when, and what happens then.

    Without `--answers` nobody answers. Nothing is sent, and nothing is stored: check your plan before you need it.
    """
    try:
        declared = _household(home)
        asked = Scenario(
            kind=scenario,
            at=_when(at, declared),
            answers=tuple(map(_answer, answers or ())),
            broken=frozenset(broken or ()),
        )
        played = rehearse(declared, asked)
    except (HouseholdError, RehearsalError, StoreError) as error:
        _refuse(str(error))
    if as_json:
        typer.echo(json.dumps(_document(asked, played), ensure_ascii=False))
    else:
        for line in script(declared, asked, played):
            typer.echo(line)


def script(home: Household, asked: Scenario, played: Played) -> Iterator[str]:
    """The rehearsal as people read it."""
    reader = Reader(tz=home.tz, names={name: one.display for name, one in home.people.items()})
    yield f"A rehearsal: {_plain(asked.kind)}, {asked.at.astimezone(home.tz):%A %d %B, %H:%M}. Nothing is sent."
    yield from (_line(line, asked, reader) for line in played.lines)
    if played.state in TERMINAL:
        yield "It is closed."
    elif played.next_at is not None:
        yield f"It goes on: at {_after(played.next_at, asked).strip()}, {played.next_reason}. It never ends in silence."


def _line(line: Line, asked: Scenario, reader: Reader) -> str:
    when = _after(line.at, asked)
    if line.person is None:
        return f"{when}  {_plain(line.state)}: {line.text}" + ("" if line.alarm == 1 else f" (alarm {line.alarm})")
    name = reader.name(line.person)
    if line.state == ANSWERS:
        return f"{when}      {name} answers: {line.text}"
    if line.state in REACHED:
        return f"{when}      {name} by {line.channel}: {OPENS}{line.text}{CLOSES}"
    return f"{when}      {name} by {line.channel}: not told ({line.reason or line.state})"


def _after(at: datetime, asked: Scenario) -> str:
    seconds = int((at - asked.at).total_seconds())
    return f"{seconds // 60:>5}:{seconds % 60:02}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _document(asked: Scenario, played: Played) -> dict[str, object]:
    lines = [
        {**asdict(line), "at": line.at.isoformat(), "after_s": (line.at - asked.at).total_seconds()}
        for line in played.lines
    ]
    next_at = None if played.next_at is None else played.next_at.isoformat()
    return {"lines": lines, "state": played.state, "next_at": next_at, "next_reason": played.next_reason}


def _household(home: Path | None) -> Household:
    """The household of a file, or the one in force. Raises `HouseholdError` or `StoreError`."""
    if home is not None:
        try:
            return household.parse(home.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise HouseholdError(f"{home} is not a text file in UTF-8") from None
    if not database_path(None).exists():
        raise HouseholdError(NOT_DECLARED)
    store = Store.open(database_path(None))
    try:
        with store.reading() as connection:
            return household.current(connection)
    finally:
        store.shut()


def _when(text: str | None, home: Household) -> datetime:
    """A moment on the household's clock. Raises `RehearsalError`."""
    now = clock.from_environment().now().astimezone(home.tz)
    if text is None:
        return now
    try:
        if found := _CLOCK.fullmatch(text):
            return now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        return datetime.fromisoformat(text).replace(tzinfo=home.tz)
    except ValueError:
        raise RehearsalError(f"{text!r} is no time: say 03:00, or 2026-12-24T03:00") from None


def _answer(text: str) -> Answer:
    """What somebody answers. Raises `RehearsalError`."""
    found = _ANSWER.fullmatch(text)
    if found is None or found["word"] not in set(Word):
        raise RehearsalError(f"{text!r} is no answer: say nadia:going@40s, with {_listed(list(Word))}")
    after = AT_ONCE if found["count"] is None else timedelta(**{UNITS[found["unit"]]: int(found["count"])})
    return Answer(person=found["who"], word=Word(found["word"]), after=after)


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _refuse(reason: str) -> NoReturn:
    typer.echo(f"{reason[:1].upper()}{reason[1:]}.", err=True)
    raise typer.Exit(CANNOT_PLAY)
