"""An alarm from the sensor to the phone, step by step, with how long each took. Pure, and it names nobody.

What it rests on, what was decided, which message went by which channel and how far it came, that somebody answered:
by numbers of rows only, so that a trace may be handed to whoever mends things.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.escalation.story import Row, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One step. `since_ms` is since the step before, `after_ms` since the first; `row` is where it is kept."""

    what: str
    row: str
    at: datetime
    since_ms: float
    after_ms: float


def trace(story: Story) -> list[Span]:
    """The steps of one alarm in the order in which they happened."""
    steps = sorted(_steps(story), key=lambda one: one[0])
    spans: list[Span] = []
    for at, what, row in steps:
        before = spans[-1].at if spans else at
        spans.append(Span(what=what, row=row, at=at, since_ms=_ms(before, at), after_ms=_ms(steps[0][0], at)))
    return spans


def _steps(story: Story) -> Iterator[tuple[datetime, str, str]]:
    for row in story.events:
        yield row["at"], f"a sensor calls ({row['kind']})", f"sensor_event {row['id']}"
    for row in story.findings:
        yield row["at"], f"noticed by {row['detector']} {row['detector_version']}", f"finding {row['id']}"
    for row in story.transitions:
        yield row["at"], f"{row['to_state']} ({row['cause']})", f"transition {row['id']}"
    for row in story.messages:
        yield from _of_message(row)
    for row in story.answers:
        yield row["at"], f"answered: {row['said']}", f"acknowledgement {row['id']}"


def _of_message(row: Row) -> Iterator[tuple[datetime, str, str]]:
    """A message's own way: decided, handed to its channel, and what its provider said of it."""
    name, about = f"notification {row['id']}", f"{row['purpose']} by {row['channel']}"
    yield row["created_at"], f"{about}: decided", name
    if row["called_at"] is not None:
        yield row["called_at"], f"{about}: handed over", name
    for one in row["deliveries"]:
        yield one["at"], f"{about}: {one['status']}", f"delivery {one['id']}"


def _ms(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() * 1000, 3)
