"""A rehearsal: one alarm played through a household's own rules, with a clock and carriers that are not real.

All else is the hub's own: its transactions, on a database that is thrown away afterwards, its timers, its words. So
what a family reads here is what would happen; nothing is sent, and the home's own database is not touched.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from sqlalchemy import Connection, RowMapping, Table, select

from analytics.model import Evidence as Ground
from analytics.model import Finding, FindingKind
from hub.adapters import console_only
from hub.escalation import alarms, inbound, results, sayings, transitions
from hub.escalation.admission import admit
from hub.escalation.claims import take_turn
from hub.escalation.context import Call, Context
from hub.escalation.moves import CALLS
from hub.escalation.results import Refusal, Trouble
from hub.escalation.sayings import Said
from hub.escalation.timers import Moment
from hub.escalation.transaction import carry_out
from hub.household.model import Household
from hub.model import TERMINAL, AlarmState, Evidence, Inbound, NotificationState
from hub.store.schema import from_us, notification, transition
from hub.store.writer import Store

T = TypeVar("T")

LONGEST = timedelta(hours=4)
"""A rehearsal goes on for so long at most: it need not wait for a repetition of what it has shown."""
LOUD_ROUNDS = 2
"""So often everybody is told again before the rehearsal ends: from there on it is always the same."""
BOOT = "rehearsal"
FACTS: Mapping[str, Mapping[str, float]] = {
    FindingKind.ABNORMAL_PULSE: {"heart_rate_bpm": 140.0},
    FindingKind.ABNORMAL_SPO2: {"spo2_percent": 85.0},
    FindingKind.EARLY_WARNING: {"news2": 7.0},
}
"""What is measured where a kind is about a measurement, and nothing else is said: grave enough for every step."""
NO_CONNECTION = Refusal(trouble=Trouble.PASSING, reason="no connection")


class RehearsalError(ValueError):
    """What was asked cannot be played; says why."""


class Word(StrEnum):
    """What somebody who is asked or called answers."""

    GOING = "going"
    CANNOT = "cannot"
    ARRIVED = "arrived"
    SAFE = "safe"
    FINE = "fine"
    HELP = "help"


BY_TEXT = {Word.GOING: "1", Word.CANNOT: "2", Word.SAFE: "3", Word.ARRIVED: "arrived"}
SAID = {Word.GOING: Said.GOING, Word.CANNOT: Said.CANNOT, Word.SAFE: Said.CLOSED, Word.ARRIVED: Said.ARRIVED}
RESIDENTS = frozenset({Word.FINE, Word.HELP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one person answers, and how long after they were first asked or called."""

    person: str
    word: Word
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is noticed and when, who answers, and which of the hub's channels do not work."""

    kind: FindingKind
    at: datetime
    answers: tuple[Answer, ...] = ()
    broken: frozenset[str] = frozenset()
    facts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happens: the hub decides (no `person`), somebody is told by a channel, or somebody answers.

    `state` is the alarm's after a decision, a message's at the end, and `answers` where somebody answers. `reason` says
    why a message did not get through, or was not sent.
    """

    at: datetime
    alarm: int
    state: str
    text: str
    person: str | None = None
    channel: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What would happen, in order; how the alarm stands at the end, and what would come next (None: nothing)."""

    lines: tuple[Line, ...]
    state: AlarmState
    next_at: datetime | None
    next_reason: str | None


ANSWERS = "answers"
REACHED = frozenset({NotificationState.ACCEPTED, NotificationState.SENT, NotificationState.DELIVERED})


def rehearse(household: Household, scenario: Scenario) -> Played:
    """Play a scenario to its end. Raises `RehearsalError`."""
    _check(household, scenario)
    with tempfile.TemporaryDirectory() as room:
        store = Store.open(Path(room) / "rehearsal.sqlite3")
        try:
            return _Stage(store, household, scenario).play()
        finally:
            store.shut()


def _check(household: Household, scenario: Scenario) -> None:
    if scenario.kind not in household.alarms:
        raise RehearsalError(f"this household makes no alarm of {scenario.kind}")
    for answer in scenario.answers:
        if answer.person not in household.people:
            raise RehearsalError(f"there is no {answer.person!r}; there are {', '.join(sorted(household.people))}")
        if (answer.word in RESIDENTS) != (answer.person == household.resident):
            raise RehearsalError(
                f"{answer.person} cannot answer {answer.word.value!r}: that is for somebody else to say"
            )
    if unknown := scenario.broken - set(console_only(household)[0]):
        raise RehearsalError(f"this household does not use {', '.join(sorted(unknown))}")


class _Stage:
    """The hub's transactions by hand, at the moments at which they are due."""

    def __init__(self, store: Store, household: Household, scenario: Scenario) -> None:
        self._store = store
        self._household = household
        self._scenario = scenario
        self._adapters = frozenset(console_only(household)[0])
        self._passed = timedelta(0)
        self._in_flight: set[int] = set()
        self._to_come = list(scenario.answers)
        self._asked_at: dict[str, timedelta] = {}
        self._answered: list[Line] = []
        self._alarm = 0

    def play(self) -> Played:
        """From the finding to the end."""
        (self._alarm,) = self._do(lambda ctx: admit(ctx, [_finding(self._scenario)]))
        due = self._settle()
        while due is not None and due <= LONGEST and not self._is_over():
            self._passed = max(due, self._passed)
            self._answer()
            due = self._settle()
        return self._result()

    @property
    def _now(self) -> datetime:
        return self._scenario.at + self._passed

    def _do(self, work: Callable[[Context], T]) -> T:
        def job(connection: Connection) -> T:
            moment = Moment(now=self._now, boot_s=self._passed.total_seconds(), boot_id=BOOT)
            ctx = Context(connection=connection, moment=moment, household=self._household, adapters=self._adapters)
            return carry_out(ctx, work)

        return self._store.run(job)

    def _settle(self) -> timedelta | None:
        """Do all that is due now; when there is more to do: a timer, or somebody's answer."""
        while True:
            turn = self._do(lambda ctx: take_turn(ctx, self._in_flight))
            for call in turn.sends:
                self._send(call)
            for number in turn.alarms:
                self._do(lambda ctx, number=number: transitions.advance(ctx, number))  # type: ignore[misc]
            due = None if turn.next_boot_s is None else timedelta(seconds=turn.next_boot_s)
            if not turn.sends and not turn.alarms and (due is None or due > self._passed):
                return min([*self._answers_due(), *([] if due is None else [due])], default=None)

    def _answers_due(self) -> list[timedelta]:
        """When those will answer who have been asked."""
        return [self._asked_at[one.person] + one.after for one in self._to_come if one.person in self._asked_at]

    def _send(self, call: Call) -> None:
        number, attempt, message = call.message.notification_id, call.attempt, call.message
        if call.adapter in self._scenario.broken:
            self._do(lambda ctx: results.refused(ctx, number, attempt, NO_CONNECTION))
            return
        arrived = Evidence(state=NotificationState.DELIVERED, provider_id=f"rehearsed-{number}-{attempt}")
        self._do(lambda ctx: results.accepted(ctx, number, attempt, arrived))
        if message.purpose in CALLS:
            self._asked_at.setdefault(message.person, self._passed)

    def _answer(self) -> None:
        """Let those answer whose time has come."""
        for answer in list(self._to_come):
            asked_at = self._asked_at.get(answer.person)
            if asked_at is not None and asked_at + answer.after <= self._passed:
                self._to_come.remove(answer)
                self._answered.append(
                    Line(at=self._now, alarm=self._alarm, state=ANSWERS, text=answer.word.value, person=answer.person)
                )
                self._do(lambda ctx, answer=answer: self._say(ctx, answer))  # type: ignore[misc]

    def _say(self, ctx: Context, answer: Answer) -> None:
        """By the same ways as in earnest: a button, the voice, a text back, or, without a telephone, a page."""
        alarm = alarms.get(ctx.connection, self._alarm)
        numbers = {one.channel: one.to for one in ctx.household.people[answer.person].addresses}
        if answer.word is Word.FINE:
            sayings.fine(ctx)
        elif answer.word is Word.HELP:
            sayings.call_for_help(ctx, "in this rehearsal")
        elif "sms" in numbers:
            text = f"{BY_TEXT[answer.word]} {alarm.code}"
            number = f"rehearsed-{len(self._answered)}"
            said = Inbound(provider_id=number, channel="sms", sender=numbers["sms"], text=text, at=self._now)
            inbound.take(ctx, said)
        else:
            sayings.say(ctx, alarm, SAID[answer.word], answer.person, sayings.SAFE)

    def _is_over(self) -> bool:
        """Whether it is closed, or everybody was told again and nobody who was asked is still to answer."""
        with self._store.reading() as connection:
            alarm = alarms.get(connection, self._alarm)
            decided = [row for row in _rows(connection, transition) if row["alarm_id"] == self._alarm]
        loud = sum(row["to_state"] == AlarmState.EXHAUSTED for row in decided)
        return alarm.state in TERMINAL or (loud >= LOUD_ROUNDS and not self._answers_due())

    def _result(self) -> Played:
        with self._store.reading() as connection:
            alarm = alarms.get(connection, self._alarm)
            decided = [_decided(row) for row in _rows(connection, transition)]
            told = [_told(row) for row in _rows(connection, notification)]
        lines = sorted([*self._answered, *decided, *told], key=lambda line: line.at)
        return Played(lines=tuple(lines), state=alarm.state, next_at=alarm.next_at, next_reason=alarm.next_reason)


def _finding(scenario: Scenario) -> Finding:
    facts = scenario.facts or FACTS.get(scenario.kind, {})
    evidence = tuple(
        Ground(device="rehearsal", what=what, value=value, at=scenario.at) for what, value in facts.items()
    )
    return Finding(
        kind=scenario.kind,
        severity=1,
        at=scenario.at,
        because=f"A rehearsal: {scenario.kind.value.replace('_', ' ')}.",
        detector="rehearsal",
        detector_version=1,
        episode="rehearsal",
        evidence=evidence,
    )


def _rows(connection: Connection, table: Table) -> Sequence[RowMapping]:
    return connection.execute(select(table).order_by(table.c.id)).mappings().all()


def _decided(row: RowMapping) -> Line:
    return Line(at=from_us(row["at"]), alarm=row["alarm_id"], state=row["to_state"], text=row["detail"])


def _told(row: RowMapping) -> Line:
    taken = row["state"] in REACHED
    return Line(
        at=from_us(row["called_at"] if taken else row["created_at"]),
        alarm=row["alarm_id"] or 0,
        state=row["state"],
        text=row["text"],
        person=row["person"],
        channel=row["channel"],
        reason=row["reason"],
    )
