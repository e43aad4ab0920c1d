"""T2 and T6: an event meets an alarm; the state, the messages and the audit change together."""

from hub.escalation import alarms, outbox, planning
from hub.escalation.context import Context, Fault
from hub.escalation.decision import Decision, Event, EventKind, Tell
from hub.escalation.machine import decide
from hub.model import Alarm, AlarmState, Cause, Purpose

_MUST_REACH = frozenset({Tell.PROMPT, Tell.STEP, Tell.LOUD})
"""Tellings that are pointless if they reach nobody."""


def begin(ctx: Context, draft: Alarm) -> Alarm:
    """A new alarm: stored, and its first messages written down."""
    event = Event(kind=EventKind.OPENED)
    decision = decide(draft, event, ctx.now)
    return _follow(ctx, alarms.create(ctx, decision), decision, event)


def apply(ctx: Context, alarm: Alarm, event: Event) -> tuple[Alarm, Cause]:
    """Let an event happen to an alarm; the alarm afterwards, and by which rule. Raises `StaleError`."""
    decision = decide(alarm, event, ctx.now)
    after = alarms.store(ctx, alarm, decision, event.by)
    return _follow(ctx, after, decision, event), decision.cause


def advance(ctx: Context, alarm_id: int) -> None:
    """Let time pass for an alarm, if its timer is due."""
    alarm = alarms.load(ctx.connection, alarm_id)
    if alarm is None or alarm.next_boot_s is None or alarm.next_boot_s > ctx.moment.boot_s:
        return
    apply(ctx, alarm, Event(kind=EventKind.DUE))


def step_failed(ctx: Context, row: outbox.Notification) -> None:
    """If nobody is left whom the alarm's present step could still reach, do not wait for its time to run out."""
    if row.alarm_id is None or outbox.somebody_left(ctx.connection, row):
        return
    alarm = alarms.load(ctx.connection, row.alarm_id)
    if alarm is not None and _is_present(alarm, row):
        apply(ctx, alarm, Event(kind=EventKind.EMPTY))


def _is_present(alarm: Alarm, row: outbox.Notification) -> bool:
    """Whether the message belongs to what the alarm is waiting for now."""
    present = {
        (AlarmState.CHECKIN, Purpose.CHECK_IN): (alarm.prompts_given, -1),
        (AlarmState.ESCALATING, Purpose.ALARM): (alarm.round, alarm.step),
    }
    return present.get((alarm.state, row.purpose)) == (row.round, row.step)


def _follow(ctx: Context, alarm: Alarm, decision: Decision, event: Event) -> Alarm:
    """Withdraw and write the messages of a decision; what reaches nobody goes on at once."""
    while True:
        if decision.withdraw and alarm.version > 1:
            outbox.withdraw(ctx, alarm.id, decision.withdraw)
        if decision.fault:
            ctx.faults.append(Fault(subject=f"alarm {alarm.id}", because=decision.fault))
        reached = {tell: planning.plan(ctx, alarm, tell, event) for tell in decision.tell}
        if all(reached.get(tell, 1) for tell in _MUST_REACH):
            return alarm
        event = Event(kind=EventKind.EMPTY)
        decision = decide(alarm, event, ctx.now)
        alarm = alarms.store(ctx, alarm, decision, None)
