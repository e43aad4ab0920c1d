"""Whether a finding belongs to an alarm that is already open. Pure."""

from datetime import datetime, timedelta

from analytics.model import Finding, FindingKind
from hub.escalation.conditions import holds
from hub.escalation.moves import facts_of
from hub.model import TERMINAL, Alarm, AlarmPolicy, AlarmState

_VITALS = frozenset({FindingKind.ABNORMAL_PULSE, FindingKind.ABNORMAL_SPO2, FindingKind.EARLY_WARNING})
"""A measurement far out of range, and the score that it is part of, are one trouble."""
_UNCLAIMED = frozenset({AlarmState.CHECKIN, AlarmState.ESCALATING, AlarmState.EXHAUSTED})


def severity_of(finding: Finding, policy: AlarmPolicy) -> int:
    """How grave: what the household says of this kind, or the detector, whichever is more; a note never more."""
    return finding.severity if finding.note else max(finding.severity, policy.severity)


def belongs(alarm: Alarm, finding: Finding, policy: AlarmPolicy, last_at: datetime, window: timedelta) -> bool:
    """Whether a finding is merged into this alarm rather than opening one of its own.

    The same plan, and either the same kind or room within the window since the alarm's last finding, or something that
    people are being called for already. Never where it would need a step that the alarm has passed over: a step does
    not go back, so such a finding runs its own plan.
    """
    if alarm.state in TERMINAL or alarm.policy.plan.name != policy.plan.name or _needs_passed_step(alarm, finding):
        return False
    same_kind = alarm.kind == finding.kind or {alarm.kind, finding.kind} <= _VITALS
    same_place = finding.room is not None and alarm.room == finding.room
    if abs(finding.at - last_at) <= window and (same_kind or same_place):
        return True
    return same_kind and alarm.state in _UNCLAIMED and _nothing_new(alarm, finding, severity_of(finding, policy))


def _nothing_new(alarm: Alarm, finding: Finding, severity: int) -> bool:
    """Two troubles with equipment are the same only if they are the same sentence; other kinds, if not graver."""
    if finding.kind == FindingKind.FAULT:
        return alarm.because == finding.because
    return severity <= alarm.severity


def _needs_passed_step(alarm: Alarm, finding: Finding) -> bool:
    facts = {**alarm.facts, **facts_of(finding)}
    passed = alarm.policy.plan.steps[: alarm.step + 1]
    return any(holds(step.when, facts) and not holds(step.when, alarm.facts) for step in passed)
