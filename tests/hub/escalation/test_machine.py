from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from analytics.model import FindingKind
from hub.escalation.decision import Decision, Event, EventKind, Tell
from hub.escalation.machine import TABLE, decide
from hub.escalation.rules import STILL_AFTER_IMPACT, SURE_ENOUGH_TO_ACT, WHAT_TO_CHECK
from hub.model import TERMINAL, Alarm, AlarmState, CancelRule, Cause, CheckIn, Purpose
from tests.fakes import START
from tests.hub.escalation.homes import ALARMS, finding

MINUTE = timedelta(minutes=1)
PLACES: dict[AlarmState, dict[str, Any]] = {
    AlarmState.CHECKIN: {"round": 0, "step": -1, "prompts_given": 1},
    AlarmState.ESCALATING: {"round": 0, "step": 0},
    AlarmState.ACKNOWLEDGED: {"round": 0, "step": 0, "owner": "priya"},
    AlarmState.ATTENDING: {"round": 0, "step": 0, "owner": "priya"},
    AlarmState.EXHAUSTED: {"round": 2, "step": 3},
}


def an_alarm(kind: FindingKind = FindingKind.FALL, *, state: AlarmState = AlarmState.CHECKIN, **words: Any) -> Alarm:
    closed = {"closed_at": START, "outcome": "done"} if state in TERMINAL else {}
    timed = {} if closed else {"next_at": START + MINUTE, "next_reason": "test"}
    policy = ALARMS[kind]
    values: dict[str, Any] = {
        "id": 1,
        "kind": kind.value,
        "severity": policy.severity,
        "policy": policy,
        "because": "It looked like a fall.",
        "room": "bathroom",
        "opened_at": START,
        "version": 1,
        "code": "47",
        **PLACES.get(state, {}),
        **closed,
        **timed,
        **words,
    }
    return Alarm(state=state, **values)


def draft(kind: FindingKind = FindingKind.FALL, **words: Any) -> Alarm:
    return replace(an_alarm(kind), prompts_given=0, next_at=None, next_reason=None, **words)


def said(kind: EventKind, by: str = "priya", **words: Any) -> Event:
    return Event(kind=kind, by=by, **words)


DUE = Event(kind=EventKind.DUE)
EMPTY = Event(kind=EventKind.EMPTY)


def cancel_rule(rule_: CancelRule) -> Mapping[str, Any]:
    policy = ALARMS[FindingKind.FALL]
    check_in = CheckIn(window=timedelta(seconds=30), prompts=2, cancel=rule_)
    return {"policy": replace(policy, check_in=check_in)}


def test_the_table_has_a_rule_for_every_state_and_event() -> None:
    for state, kind in product(AlarmState, EventKind):
        if kind is EventKind.OPENED and state not in (AlarmState.CHECKIN, *TERMINAL):
            assert kind not in TABLE[state]  # only a draft is opened
        else:
            assert kind in TABLE[state]


# The rows of the state table.


def test_a_finding_asks_the_resident_first() -> None:
    decision = decide(draft(), Event(kind=EventKind.OPENED), START)
    assert (decision.state, decision.cause, decision.tell) == (AlarmState.CHECKIN, Cause.FINDING, (Tell.PROMPT,))
    assert decision.next_at == START + timedelta(seconds=15)  # half the window: two prompts
    assert decision.next_reason == "no answer: ask again"


def test_a_finding_with_a_window_of_zero_goes_to_people_at_once() -> None:
    decision = decide(draft(FindingKind.PANIC), Event(kind=EventKind.OPENED), START)
    assert (decision.state, decision.tell) == (AlarmState.ESCALATING, (Tell.STEP,))
    assert (decision.after.round, decision.after.step) == (0, 0)
    assert decision.next_at == START + MINUTE


def test_check_in_prompts_are_repeated_over_the_window_then_silence_escalates() -> None:
    first = decide(draft(), Event(kind=EventKind.OPENED), START)
    second = decide(first.after, DUE, START + timedelta(seconds=15))
    third = decide(second.after, DUE, START + timedelta(seconds=30))
    assert (second.cause, second.tell, second.next_reason) == (
        Cause.CHECKIN_PROMPT,
        (Tell.PROMPT,),
        "no answer: tell people",
    )
    assert (third.state, third.cause, third.after.step) == (AlarmState.ESCALATING, Cause.CHECKIN_SILENCE, 0)
    assert Purpose.CHECK_IN in third.withdraw


def test_check_in_the_resident_cancels() -> None:
    decision = decide(an_alarm(), said(EventKind.FINE, "margaret"), START)
    assert (decision.state, decision.cause) == (AlarmState.CANCELLED, Cause.RESIDENT_FINE)
    assert (decision.after.closed_at, decision.next_at, decision.next_reason) == (START, None, None)


@pytest.mark.parametrize("rule_", [CancelRule.ARC_ONLY, CancelRule.ANNOTATE_ONLY, CancelRule.RETURNED_HOME])
def test_check_in_the_policy_may_not_let_the_resident_cancel(rule_: CancelRule) -> None:
    alarm = an_alarm(**cancel_rule(rule_))
    decision = decide(alarm, said(EventKind.FINE, "margaret"), START)
    assert (decision.after, decision.changed, decision.cause) == (alarm, False, Cause.RESIDENT_FINE)


def test_check_in_repeated_cancels_bring_a_person() -> None:
    second = decide(an_alarm(), said(EventKind.FINE, "margaret", earlier_cancels=1), START)
    third = decide(an_alarm(), said(EventKind.FINE, "margaret", earlier_cancels=2), START)
    assert second.state is AlarmState.CANCELLED
    assert (third.state, third.cause) == (AlarmState.ESCALATING, Cause.REPEATED_CANCELS)


def test_check_in_cancelled_but_nothing_moved_after_the_impact() -> None:
    decision = decide(an_alarm(facts={STILL_AFTER_IMPACT: 1.0}), said(EventKind.FINE, "margaret"), START)
    assert (decision.state, decision.cause) == (AlarmState.ESCALATING, Cause.NO_MOVEMENT)


def test_about_a_fall_that_is_sure_enough_nobody_is_asked_first() -> None:
    sure = an_alarm(FindingKind.FALL, facts={SURE_ENOUGH_TO_ACT: 1.0})
    assert decide(sure, Event(kind=EventKind.OPENED), START).state is AlarmState.ESCALATING
    assert decide(an_alarm(FindingKind.FALL), Event(kind=EventKind.OPENED), START).state is AlarmState.CHECKIN


def test_check_in_ends_when_a_related_finding_is_sure_enough() -> None:
    related = finding(FindingKind.FALL, facts={SURE_ENOUGH_TO_ACT: 1.0})
    decision = decide(an_alarm(FindingKind.FALL), Event(kind=EventKind.RELATED, finding=related, severity=1), START)
    assert decision.state is AlarmState.ESCALATING


def test_check_in_back_home_ends_what_asked_for_it() -> None:
    wandering = an_alarm(FindingKind.WANDERING)
    assert decide(wandering, Event(kind=EventKind.RETURNED), START).state is AlarmState.CANCELLED
    assert decide(an_alarm(), Event(kind=EventKind.RETURNED), START).state is AlarmState.CHECKIN


def test_check_in_help_escalates_at_once() -> None:
    decision = decide(an_alarm(), said(EventKind.HELP, "margaret"), START)
    assert (decision.state, decision.cause, decision.after.step) == (
        AlarmState.ESCALATING,
        Cause.RESIDENT_HELP,
        0,
    )


def test_check_in_severity_rises_and_there_is_no_more_asking() -> None:
    alarm = an_alarm(FindingKind.INACTIVITY)
    event = Event(kind=EventKind.RELATED, finding=finding(FindingKind.FALL, because="A fall."), severity=9)
    decision = decide(alarm, event, START)
    assert (decision.state, decision.cause, decision.after.severity) == (
        AlarmState.ESCALATING,
        Cause.SEVERITY_ROSE,
        9,
    )
    assert (decision.after.kind, decision.after.because) == ("fall", "A fall.")
    same = decide(alarm, replace(event, severity=5), START)
    assert (same.state, same.cause, same.after.kind) == (AlarmState.CHECKIN, Cause.RELATED_FINDING, "inactivity")


def test_check_in_without_a_way_to_ask_goes_to_people_and_is_a_fault() -> None:
    decision = decide(an_alarm(), EMPTY, START)
    assert (decision.state, decision.cause) == (AlarmState.ESCALATING, Cause.EMPTY_STEP)
    assert decision.fault == "There is no way to ask the resident."


def test_escalating_a_step_times_out_to_the_next_step_and_round() -> None:
    alarm = an_alarm(state=AlarmState.ESCALATING)
    places = []
    while alarm.state is AlarmState.ESCALATING:
        places.append((alarm.round, alarm.step))
        decision = decide(alarm, DUE, START)
        alarm = decision.after
    assert places == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert (decision.state, decision.cause, decision.tell) == (
        AlarmState.EXHAUSTED,
        Cause.NO_STEP_LEFT,
        (Tell.LOUD,),
    )
    assert decision.fault == "Nobody has answered an alarm."


def test_escalating_skips_steps_whose_condition_does_not_hold() -> None:
    opened = decide(
        draft(FindingKind.ABNORMAL_PULSE, facts={"news2": 5.0}, **without_check_in(FindingKind.ABNORMAL_PULSE)),
        Event(kind=EventKind.OPENED),
        START,
    )
    assert opened.after.step == 1
    assert decide(opened.after, DUE, START).after.step == 2


def without_check_in(kind: FindingKind) -> Mapping[str, Any]:
    return {"policy": replace(ALARMS[kind], check_in=CheckIn(window=timedelta(0)))}


def test_escalating_an_empty_step_is_passed_at_once_and_is_a_fault() -> None:
    decision = decide(an_alarm(state=AlarmState.ESCALATING), EMPTY, START)
    assert (decision.state, decision.cause, decision.after.step) == (AlarmState.ESCALATING, Cause.EMPTY_STEP, 1)
    assert decision.fault == f"A step of the plan for help reaches nobody ('first' of 'life'). {WHAT_TO_CHECK}"


def test_exhausted_is_loud_again_and_again() -> None:
    first = decide(an_alarm(state=AlarmState.EXHAUSTED), DUE, START)
    second = decide(first.after, DUE, START)
    assert [first.cause, second.cause] == [Cause.EXHAUSTED_RETRY] * 2
    assert [first.tell, second.tell] == [(Tell.LOUD,)] * 2
    assert [first.after.round, second.after.round] == [3, 4]  # each is told anew
    assert first.next_at == START + timedelta(minutes=5)
    assert first.fault is None


def test_exhausted_with_nobody_to_tell_stays_loud_and_is_a_fault() -> None:
    decision = decide(an_alarm(state=AlarmState.EXHAUSTED), EMPTY, START)
    assert (decision.state, decision.changed) == (AlarmState.EXHAUSTED, False)
    assert decision.fault == f"The plan for help reaches nobody at all ('life'). {WHAT_TO_CHECK}"


def test_a_fault_that_nobody_answers_is_not_a_fault_again() -> None:
    fault = an_alarm(FindingKind.FAULT, state=AlarmState.ESCALATING, step=1)
    decision = decide(fault, DUE, START)
    assert (decision.state, decision.fault) == (AlarmState.EXHAUSTED, None)


@pytest.mark.parametrize("state", [AlarmState.CHECKIN, AlarmState.ESCALATING, AlarmState.EXHAUSTED])
def test_the_first_who_goes_has_it(state: AlarmState) -> None:
    decision = decide(an_alarm(state=state), said(EventKind.GOING), START)
    assert (decision.state, decision.after.owner, decision.cause) == (
        AlarmState.ACKNOWLEDGED,
        "priya",
        Cause.GOING,
    )
    assert decision.tell == (Tell.STAND_DOWN,)
    assert decision.withdraw == {Purpose.CHECK_IN, Purpose.ALARM, Purpose.EXHAUSTED}
    assert decision.next_at == START + timedelta(minutes=10)


@pytest.mark.parametrize("state", [AlarmState.ACKNOWLEDGED, AlarmState.ATTENDING])
def test_a_second_who_goes_is_a_backup_and_told_who_is_going(state: AlarmState) -> None:
    alarm = an_alarm(state=state)
    decision = decide(alarm, said(EventKind.GOING, "tom"), START)
    assert (decision.after, decision.changed) == (alarm, False)
    assert (decision.cause, decision.tell) == (Cause.BACKUP_GOING, (Tell.BACKUP,))
    again = decide(alarm, said(EventKind.GOING, "priya"), START)
    assert (again.changed, again.tell) == (False, ())


@pytest.mark.parametrize("state", [AlarmState.ACKNOWLEDGED, AlarmState.ATTENDING])
def test_whoever_has_it_gives_it_back_and_the_next_step_is_told(state: AlarmState) -> None:
    decision = decide(an_alarm(state=state), said(EventKind.CANNOT), START)
    assert (decision.state, decision.cause, decision.after.step) == (AlarmState.ESCALATING, Cause.CANNOT, 1)
    assert decision.after.owner is None
    assert Purpose.STAND_DOWN in decision.withdraw
    other = decide(an_alarm(state=state), said(EventKind.CANNOT, "tom"), START)
    assert (other.state, other.changed) == (state, False)


@pytest.mark.parametrize(
    ("state", "cause"),
    [(AlarmState.ACKNOWLEDGED, Cause.ACK_TIMEOUT), (AlarmState.ATTENDING, Cause.ATTEND_TIMEOUT)],
)
def test_going_or_there_and_then_silence_escalates_again(state: AlarmState, cause: Cause) -> None:
    decision = decide(an_alarm(state=state), DUE, START)
    assert (decision.state, decision.cause, decision.after.step) == (AlarmState.ESCALATING, cause, 1)
    assert decision.after.owner is None


def test_given_back_after_exhaustion_is_loud_at_once() -> None:
    alarm = an_alarm(state=AlarmState.ACKNOWLEDGED, round=2, step=3)
    decision = decide(alarm, said(EventKind.CANNOT), START)
    assert (decision.state, decision.tell) == (AlarmState.EXHAUSTED, (Tell.LOUD,))


def test_arrived_attends_and_others_hear_of_it_only_if_they_did_not_know() -> None:
    own = decide(an_alarm(state=AlarmState.ACKNOWLEDGED), said(EventKind.ARRIVED), START)
    assert (own.state, own.cause, own.tell) == (AlarmState.ATTENDING, Cause.ARRIVED, ())
    assert own.next_at == START + timedelta(minutes=45)
    other = decide(an_alarm(state=AlarmState.ESCALATING), said(EventKind.ARRIVED, "tom"), START)
    assert (other.after.owner, other.tell) == ("tom", (Tell.STAND_DOWN,))
    late = decide(an_alarm(state=AlarmState.ATTENDING), said(EventKind.ARRIVED, "tom"), START)
    assert (late.changed, late.after.owner) == (False, "priya")


OPEN = [state for state in AlarmState if state not in TERMINAL]


@pytest.mark.parametrize("state", OPEN)
def test_any_open_a_related_finding_is_merged(state: AlarmState) -> None:
    alarm = an_alarm(state=state)
    found = finding(FindingKind.FALL, because="Again.", facts={"impact_g": 3.0})
    decision = decide(alarm, Event(kind=EventKind.RELATED, finding=found, severity=4), START)
    assert (decision.state, decision.after.severity) == (state, 9)
    assert (decision.after.round, decision.after.step) == (alarm.round, alarm.step)
    assert (decision.after.facts, decision.next_at) == ({"impact_g": 3.0}, alarm.next_at)


def test_a_related_finding_comes_with_its_event() -> None:
    with pytest.raises(ValueError, match="comes with its event"):
        decide(an_alarm(state=AlarmState.ESCALATING), Event(kind=EventKind.RELATED), START)


@pytest.mark.parametrize("state", OPEN)
def test_any_open_a_human_closes_it_with_an_outcome(state: AlarmState) -> None:
    decision = decide(an_alarm(state=state), said(EventKind.CLOSE, outcome="a cup of tea"), START)
    assert (decision.state, decision.after.outcome, decision.tell) == (
        AlarmState.RESOLVED,
        "a cup of tea",
        (Tell.CLOSED,),
    )


@pytest.mark.parametrize(("state", "kind"), list(product(sorted(TERMINAL), EventKind)))
def test_terminal_a_late_ack_or_callback_is_recorded_only(state: AlarmState, kind: EventKind) -> None:
    alarm = an_alarm(state=state)
    decision = decide(alarm, said(kind, finding=finding()), START)
    assert (decision.after, decision.changed, decision.cause) == (alarm, False, Cause.TOO_LATE)
    assert (decision.tell, decision.withdraw, decision.fault) == ((), frozenset(), None)


@pytest.mark.parametrize("kind", [EventKind.FINE, EventKind.RETURNED, EventKind.HELP])
@pytest.mark.parametrize("state", [one for one in OPEN if one is not AlarmState.CHECKIN])
def test_once_people_are_told_the_resident_s_word_is_noted_and_people_decide(
    state: AlarmState, kind: EventKind
) -> None:
    alarm = an_alarm(state=state)
    decision = decide(alarm, said(kind, "margaret"), START)
    assert (decision.after, decision.changed, decision.tell) == (alarm, False, ())


@pytest.mark.parametrize("state", [AlarmState.CHECKIN, AlarmState.ESCALATING, AlarmState.EXHAUSTED])
def test_cannot_before_anybody_has_it_changes_nothing(state: AlarmState) -> None:
    alarm = an_alarm(state=state)
    decision = decide(alarm, said(EventKind.CANNOT), START)
    assert (decision.after, decision.changed) == (alarm, False)


@pytest.mark.parametrize("state", [AlarmState.ACKNOWLEDGED, AlarmState.ATTENDING])
def test_nobody_else_to_tell_matters_not_once_somebody_has_it(state: AlarmState) -> None:
    assert decide(an_alarm(state=state), EMPTY, START).changed is False


# The invariants, as far as the rules alone decide them.


class Life(RuleBasedStateMachine):
    """Any events in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.alarm = decide(draft(), Event(kind=EventKind.OPENED), START).after
        self.before = self.alarm
        self.last: Decision | None = None

    def happen(self, event: Event) -> None:
        self.before = self.alarm
        self.last = decide(self.alarm, event, self.now)
        self.alarm = self.last.after

    @rule(seconds=st.integers(0, 4000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.alarm.next_at is not None)
    @rule(kind=st.sampled_from([EventKind.DUE, EventKind.EMPTY]))
    def clock(self, kind: EventKind) -> None:
        self.now = max(self.now, self.alarm.next_at or self.now)
        self.happen(Event(kind=kind))

    @rule(
        kind=st.sampled_from([EventKind.GOING, EventKind.CANNOT, EventKind.ARRIVED]),
        by=st.sampled_from(["priya", "tom", "joan"]),
    )
    def somebody_says(self, kind: EventKind, by: str) -> None:
        self.happen(said(kind, by))

    @rule(
        kind=st.sampled_from([EventKind.FINE, EventKind.HELP, EventKind.RETURNED]),
        cancels=st.integers(0, 3),
    )
    def resident_says(self, kind: EventKind, cancels: int) -> None:
        self.happen(said(kind, "margaret", earlier_cancels=cancels))

    @rule(severity=st.integers(1, 10), kind=st.sampled_from([FindingKind.FALL, FindingKind.INACTIVITY]))
    def related(self, severity: int, kind: FindingKind) -> None:
        self.happen(Event(kind=EventKind.RELATED, finding=finding(kind), severity=severity))

    @precondition(lambda self: self.now > START + timedelta(minutes=30))
    @rule()
    def close(self) -> None:
        self.happen(said(EventKind.CLOSE, outcome="well"))

    @invariant()
    def i1_open_has_a_future(self) -> None:
        if self.alarm.state in TERMINAL:
            assert (self.alarm.next_at, self.alarm.next_reason) == (None, None)
            assert self.alarm.closed_at is not None
            assert self.alarm.outcome
        else:
            assert self.alarm.next_at is not None
            assert self.alarm.next_reason

    @invariant()
    def i4_nobody_is_called_once_somebody_has_it(self) -> None:
        held = self.alarm.state in (AlarmState.ACKNOWLEDGED, AlarmState.ATTENDING)
        assert held == (self.alarm.owner is not None) or self.alarm.state in TERMINAL
        if held and self.last is not None:
            assert not {Tell.STEP, Tell.LOUD, Tell.PROMPT} & set(self.last.tell)

    @invariant()
    def i5_closed_never_reopens(self) -> None:
        if self.before.state in TERMINAL:
            assert self.alarm == self.before

    @invariant()
    def severity_only_rises_and_the_step_never_goes_back(self) -> None:
        assert self.alarm.severity >= self.before.severity
        assert (self.alarm.round, self.alarm.step) >= (self.before.round, self.before.step)

    @invariant()
    def i13_every_decision_says_why(self) -> None:
        if self.last is not None:
            assert self.last.detail


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
