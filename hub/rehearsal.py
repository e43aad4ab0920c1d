"""What an alarm would have become had nobody answered: when, whom, which way. Decides as the hub does; sends nothing.

In a recording nobody answers. So each alarm is followed through its plan until everybody has been told, and is then
taken to be over: people would have come by then, or nobody ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from analytics.model import Finding
from hub.escalation.decision import Decision, Event, EventKind, Tell
from hub.escalation.incident import belongs, severity_of
from hub.escalation.machine import decide
from hub.escalation.moves import facts_of
from hub.escalation.recipients import Chain, loud_chains, prompt_chains, step_chains
from hub.household.model import Household
from hub.model import Alarm, AlarmPolicy, AlarmState

DUE = Event(kind=EventKind.DUE)
EMPTY = Event(kind=EventKind.EMPTY)
OPENED = Event(kind=EventKind.OPENED)
NAMES = {Tell.PROMPT: "check-in", Tell.LOUD: "everybody"}
"""What a telling is called that is no step of the plan. In a recording nobody answers, so there are no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One person, and the way that would have been tried first."""

    person: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One moment at which people would have been told: the check-in, a step of the plan, or everybody."""

    at: datetime
    step: str
    people: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a finding would have become: alarm `number`, new or joined, and whom it would have reached from then on."""

    number: int
    plan: str
    joins: bool
    tellings: tuple[Telling, ...]


@dataclass(slots=True)
class _Open:
    """An alarm that nobody has answered, and when the latest of its findings was made."""

    alarm: Alarm
    last_at: datetime


@dataclass(slots=True)
class Rehearsal:
    """The alarms of one home, while its past goes by."""

    household: Household
    _open: list[_Open] = field(default_factory=list, init=False)
    _count: int = field(default=0, init=False)

    def take(self, finding: Finding) -> Rehearsed | None:
        """What this finding would have become; None where the household makes no alarm of its kind."""
        policy = self.household.alarms.get(finding.kind)
        if policy is None:
            return None
        self._let_time_pass(finding.at)
        for one in reversed(self._open):
            if belongs(one.alarm, finding, policy, one.last_at, self.household.merge_window):
                return self._join(one, finding, policy)
        return self._begin(finding, policy)

    def _let_time_pass(self, now: datetime) -> None:
        for one in self._open:
            for _, decision in _unanswered(one.alarm, self.household, until=now):
                one.alarm = decision.after
        self._open = [one for one in self._open if one.alarm.state is not AlarmState.EXHAUSTED]

    def _join(self, one: _Open, finding: Finding, policy: AlarmPolicy) -> Rehearsed:
        event = Event(kind=EventKind.RELATED, finding=finding, severity=severity_of(finding, policy))
        return self._go_on(one, decide(one.alarm, event, finding.at), finding.at, joins=True)

    def _begin(self, finding: Finding, policy: AlarmPolicy) -> Rehearsed:
        self._count += 1
        draft = Alarm(
            id=self._count,
            kind=finding.kind,
            severity=severity_of(finding, policy),
            state=AlarmState.CHECKIN,
            policy=policy,
            because=finding.because,
            room=finding.room,
            opened_at=finding.at,
            version=0,
            code="",
            facts=facts_of(finding),
        )
        one = _Open(draft, finding.at)
        self._open.append(one)
        return self._go_on(one, decide(draft, OPENED, finding.at), finding.at, joins=False)

    def _go_on(self, one: _Open, decision: Decision, now: datetime, *, joins: bool) -> Rehearsed:
        one.last_at = now
        decisions = [(now, follows) for follows in _at_once(decision, self.household, now)]
        one.alarm = decisions[-1][1].after
        decisions += _unanswered(one.alarm, self.household)
        tellings = (_telling(each, at, self.household) for at, each in decisions)
        return Rehearsed(
            number=one.alarm.id,
            plan=one.alarm.policy.plan.name,
            joins=joins,
            tellings=tuple(telling for telling in tellings if telling is not None),
        )


def _unanswered(
    alarm: Alarm, household: Household, until: datetime | None = None
) -> Iterator[tuple[datetime, Decision]]:
    """What the passing of time alone decides, and when, until everybody has been told."""
    while alarm.state is not AlarmState.EXHAUSTED and alarm.next_at is not None:
        at = alarm.next_at
        if until is not None and at > until:
            return
        for decision in _at_once(decide(alarm, DUE, at), household, at):
            yield at, decision
            alarm = decision.after


def _at_once(decision: Decision, household: Household, at: datetime) -> Iterator[Decision]:
    """A decision, and what follows from it at once because it reaches nobody."""
    yield decision
    while decision.state is not AlarmState.EXHAUSTED and decision.tell and not _people(decision, household, at):
        decision = decide(decision.after, EMPTY, at)
        yield decision


def _telling(decision: Decision, at: datetime, household: Household) -> Telling | None:
    people = _people(decision, household, at)
    return Telling(at=at, step=_step_name(decision), people=people) if people else None


def _step_name(decision: Decision) -> str:
    if decision.tell[0] is not Tell.STEP:
        return NAMES[decision.tell[0]]
    return decision.after.policy.plan.steps[decision.after.step].id


def _people(decision: Decision, household: Household, at: datetime) -> tuple[Reached, ...]:
    chains = (chain for tell in decision.tell for chain in _chains(tell, decision.after, household, at))
    ways = (next((way for way in chain if way.to), None) for chain in chains)
    return tuple(Reached(person=way.contact.name, channel=way.channel) for way in ways if way is not None)


def _chains(tell: Tell, alarm: Alarm, household: Household, at: datetime) -> list[Chain]:
    plan = alarm.policy.plan
    if tell is Tell.STEP:
        return step_chains(plan.steps[alarm.step], household, at)
    return prompt_chains(household) if tell is Tell.PROMPT else loud_chains(plan, alarm.severity, household, at)
