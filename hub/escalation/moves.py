"""The moves an alarm can make: asked, onward, loud, taken, ended, merged, or only noted. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from analytics.model import Finding, FindingKind
from hub.escalation.conditions import holds
from hub.escalation.decision import Decision, Tell
from hub.model import Alarm, AlarmState, Cause, Purpose

CALLS = frozenset({Purpose.CHECK_IN, Purpose.ALARM, Purpose.EXHAUSTED})
"""Messages that ask somebody to act: pointless once somebody does."""
COMFORTS = frozenset({Purpose.STAND_DOWN, Purpose.BACKUP})
"""Messages that say somebody is going: untrue once nobody is."""


def next_place(alarm: Alarm) -> tuple[int, int] | None:
    """The next round and step whose condition holds, never one that has been; None if none is left."""
    steps = alarm.policy.plan.steps
    for turn in range(alarm.round, alarm.policy.plan.rounds):
        first = alarm.step + 1 if turn == alarm.round else 0
        for step in range(first, len(steps)):
            if holds(steps[step].when, alarm.facts):
                return turn, step
    return None


def noted(alarm: Alarm, cause: Cause, detail: str, tell: tuple[Tell, ...] = ()) -> Decision:
    """Record it; the alarm stays as it is."""
    return Decision(after=alarm, cause=cause, detail=detail, changed=False, tell=tell)


def asked(alarm: Alarm, cause: Cause, detail: str, now: datetime) -> Decision:
    """Ask the resident, and wait for this prompt's share of the window."""
    check_in = alarm.policy.check_in
    wait = check_in.window / max(1, check_in.prompts)
    given = alarm.prompts_given + 1
    reason = "no answer: ask again" if given < check_in.prompts else "no answer: tell people"
    after = _timed(alarm, now + wait, reason, state=AlarmState.CHECKIN, prompts_given=given)
    return Decision(after=after, cause=cause, detail=detail, wait=wait, tell=(Tell.PROMPT,))


def onward(alarm: Alarm, cause: Cause, detail: str, now: datetime) -> Decision:
    """Go to the next step, or be loud where none is left. Nobody owns the alarm any longer."""
    place = next_place(alarm)
    if place is None:
        return loud(alarm, Cause.NO_STEP_LEFT, f"{detail} No step is left.", now)
    turn, number = place
    step = alarm.policy.plan.steps[number]
    reason = f"nobody answers step {step.id!r} of round {turn + 1}"
    there = {"state": AlarmState.ESCALATING, "round": turn, "step": number, "owner": None}
    return Decision(
        after=_timed(alarm, now + step.wait, reason, **there),
        cause=cause,
        detail=detail,
        wait=step.wait,
        tell=(Tell.STEP,),
        withdraw=COMFORTS | {Purpose.CHECK_IN},
    )


def loud(alarm: Alarm, cause: Cause, detail: str, now: datetime) -> Decision:
    """Tell everybody and sound the siren, again and again, until a human closes it."""
    plan = alarm.policy.plan
    first = alarm.state is not AlarmState.EXHAUSTED
    turn = max(plan.rounds, alarm.round + 1)
    reason = "still nobody: tell everybody again"
    place = {"state": AlarmState.EXHAUSTED, "round": turn, "step": len(plan.steps), "owner": None}
    return Decision(
        after=_timed(alarm, now + plan.exhausted_retry, reason, **place),
        cause=cause,
        detail=detail,
        wait=plan.exhausted_retry,
        tell=(Tell.LOUD,),
        withdraw=COMFORTS | {Purpose.CHECK_IN},
        fault="Nobody has answered an alarm." if first and alarm.kind != FindingKind.FAULT else None,
    )


def taken(alarm: Alarm, by: str | None, now: datetime) -> Decision:
    """Somebody is going: the alarm is theirs, and whoever else has been told can stand down."""
    wait = alarm.policy.plan.ack_timeout
    reason = "whoever is going has not arrived"
    return Decision(
        after=_timed(alarm, now + wait, reason, state=AlarmState.ACKNOWLEDGED, owner=by),
        cause=Cause.GOING,
        detail="Somebody is going.",
        wait=wait,
        tell=(Tell.STAND_DOWN,),
        withdraw=CALLS,
    )


def attended(alarm: Alarm, by: str | None, now: datetime) -> Decision:
    """Somebody is with the resident, whether or not they had said that they were going."""
    wait = alarm.policy.plan.attend_timeout
    reason = "whoever arrived has not closed it"
    return Decision(
        after=_timed(alarm, now + wait, reason, state=AlarmState.ATTENDING, owner=by),
        cause=Cause.ARRIVED,
        detail="Somebody is there.",
        wait=wait,
        tell=() if alarm.owner == by else (Tell.STAND_DOWN,),
        withdraw=CALLS,
    )


def ended(alarm: Alarm, state: AlarmState, cause: Cause, outcome: str, now: datetime) -> Decision:
    """Close it, for good."""
    after = replace(alarm, state=state, closed_at=now, outcome=outcome, next_at=None, next_reason=None)
    return Decision(after=after, cause=cause, detail=outcome, tell=(Tell.CLOSED,), withdraw=CALLS | COMFORTS)


def merged(alarm: Alarm, finding: Finding, severity: int) -> Decision:
    """Take a related finding in: severity only rises, and a graver finding gives the alarm its name and its reason."""
    after = replace(alarm, facts={**alarm.facts, **facts_of(finding)})
    if severity <= alarm.severity:
        return Decision(after=after, cause=Cause.RELATED_FINDING, detail=finding.because)
    graver = replace(
        after, severity=severity, kind=finding.kind.value, because=finding.because, room=finding.room or alarm.room
    )
    return Decision(after=graver, cause=Cause.SEVERITY_ROSE, detail=finding.because)


def facts_of(finding: Finding) -> dict[str, float]:
    """What a finding's evidence says in numbers, by name."""
    return {item.what: item.value for item in finding.evidence if item.value is not None}


def _timed(alarm: Alarm, at: datetime, reason: str, **changes: Any) -> Alarm:
    return replace(alarm, next_at=at, next_reason=reason, **changes)
