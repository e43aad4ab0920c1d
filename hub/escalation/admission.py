"""T1: findings become alarms, or part of one, in the transaction that stores what they rest on."""

import logging
from collections.abc import Sequence

from sqlalchemy import func, insert, select

from analytics.model import Finding, FindingKind
from hub.escalation import alarms
from hub.escalation.attempt import attempt
from hub.escalation.context import Context, Fault
from hub.escalation.decision import Event, EventKind
from hub.escalation.incident import belongs, severity_of
from hub.escalation.moves import facts_of
from hub.escalation.transitions import apply, begin
from hub.model import Alarm, AlarmPolicy, AlarmState
from hub.store import findings as findings_table
from hub.store.prepared import Prepared
from hub.store.schema import alarm_finding, finding, from_us, to_us
from hub.supervisor import describe

log = logging.getLogger(__name__)

FAULT_SEVERITY = 4
NOT_DEALT_WITH = "Something that was noticed could not be dealt with."
DETECTOR = "escalation"
"""The detector of faults that the escalation notices in itself."""

_ATTACH = Prepared(insert(alarm_finding), "alarm_id", "finding_id")


def admit(ctx: Context, findings: Sequence[Finding]) -> list[int]:
    """Open or extend alarms for those findings that are new; which alarms they belong to.

    One that cannot be dealt with holds up no other: it is logged, and a fault. Where it is the only one, its error is
    raised, so that nothing counts as heard and it is tried again.
    """
    if len(findings) == 1:
        return _known([_admit_one(ctx, findings[0])])
    belong: list[int | None] = []
    for one in findings:
        error = attempt(ctx, lambda one=one: belong.append(_admit_one(ctx, one)))  # type: ignore[misc]
        if error is not None:
            log.error("a finding of %s could not be dealt with: %s", one.detector, describe(error))
            ctx.faults.append(
                Fault(subject=one.detector, because="Something that was noticed could not be dealt with.")
            )
    return _known(belong)


def _known(belong: Sequence[int | None]) -> list[int]:
    return list(dict.fromkeys(alarm_id for alarm_id in belong if alarm_id is not None))


def raise_faults(ctx: Context) -> None:
    """Turn what went wrong in this transaction into findings of its own, and those into alarms."""
    while ctx.faults:
        waiting, ctx.faults = ctx.faults, []
        admit(ctx, [fault_finding(ctx, one) for one in waiting])


def fault_finding(ctx: Context, fault: Fault) -> Finding:
    """A fault as a finding; the same fault within the same hour is the same."""
    return Finding(
        kind=FindingKind.FAULT,
        severity=FAULT_SEVERITY,
        at=ctx.now,
        because=fault.because,
        detector=DETECTOR,
        detector_version=1,
        episode=f"{fault.subject}: {fault.because} {ctx.now:%Y-%m-%dT%H}",
    )


def _admit_one(ctx: Context, found: Finding) -> int | None:
    number = findings_table.record(ctx.connection, found)
    ctx.changed = True
    if number is None:
        return _alarm_of(ctx, found)
    policy = ctx.household.alarms.get(found.kind)
    if policy is None:
        return None
    alarm = _extend(ctx, found, policy)
    if alarm is None and found.note:
        return None
    alarm = alarm or begin(ctx, _draft(ctx, found, policy))
    _ATTACH.run(ctx.connection, {"alarm_id": alarm.id, "finding_id": number})
    return alarm.id


def _alarm_of(ctx: Context, found: Finding) -> int | None:
    """The alarm that a known happening belongs to."""
    query = (
        select(alarm_finding.c.alarm_id)
        .join(finding, finding.c.id == alarm_finding.c.finding_id)
        .where(finding.c.detector == found.detector, finding.c.episode == found.episode)
    )
    return ctx.connection.execute(query).scalar()


def _extend(ctx: Context, found: Finding, policy: AlarmPolicy) -> Alarm | None:
    """Merge a finding into the open alarm that it belongs to, if there is one."""
    for alarm in alarms.open_alarms(ctx.connection):
        last_at = from_us(_last_at_us(ctx, alarm) or to_us(alarm.opened_at))
        if belongs(alarm, found, policy, last_at, ctx.household.merge_window):
            event = Event(kind=EventKind.RELATED, finding=found, severity=severity_of(found, policy))
            return apply(ctx, alarm, event)[0]
    return None


def _last_at_us(ctx: Context, alarm: Alarm) -> int | None:
    """When the latest finding of this alarm was made."""
    query = (
        select(func.max(finding.c.at))
        .join(alarm_finding, finding.c.id == alarm_finding.c.finding_id)
        .where(alarm_finding.c.alarm_id == alarm.id)
    )
    return ctx.connection.execute(query).scalar()


def _draft(ctx: Context, found: Finding, policy: AlarmPolicy) -> Alarm:
    """An alarm before anything has been decided about it; its plan is frozen from now on."""
    return Alarm(
        id=0,
        kind=found.kind.value,
        severity=severity_of(found, policy),
        state=AlarmState.CHECKIN,
        policy=policy,
        because=found.because,
        room=found.room,
        opened_at=ctx.now,
        version=0,
        code=alarms.free_code(ctx.connection, ctx.household.sms, ctx.now),
        facts=facts_of(found),
    )
