"""What happens when a message did not get through: another way, and if there is none, the next step."""

from datetime import timedelta

from hub.escalation import alarms, outbox, planning, recipients
from hub.escalation.context import Context, Fault
from hub.escalation.moves import CALLS
from hub.escalation.outbox import Notification, Slot
from hub.escalation.planning import Bars
from hub.escalation.recipients import Way
from hub.escalation.transitions import step_failed
from hub.model import AlarmState, NotificationState, Purpose

UNCLAIMED = frozenset({AlarmState.CHECKIN, AlarmState.ESCALATING, AlarmState.EXHAUSTED})
"""States in which people are being called."""


def wanted(state: AlarmState | None, purpose: Purpose) -> bool:
    """Whether a message of this purpose still has a point, its alarm being in this state."""
    if purpose not in CALLS or state is None:
        return True
    return state is AlarmState.CHECKIN if purpose is Purpose.CHECK_IN else state in UNCLAIMED


def fall_back(ctx: Context, row: Notification) -> bool:
    """Try this person by the next way, once; whether there is one."""
    contact = ctx.household.people.get(row.person)
    alarm = alarms.load(ctx.connection, row.alarm_id) if row.alarm_id is not None else None
    if contact is None or alarm is None or row.purpose is Purpose.REPLY or not wanted(alarm.state, row.purpose):
        return False
    way = Way(contact=contact, channel=row.channel, to=row.to)
    chains = [*planning.chains_of(ctx, alarm, row), recipients.fallbacks(ctx.household, way)]
    left = recipients.rest(chains, row.person, row.channel)
    slot = Slot(alarm=alarm, round=row.round, step=row.step, purpose=row.purpose)
    bars = Bars(opted_out=outbox.opted_out(ctx.connection))
    return bool(left) and planning.enqueue(ctx, slot, [left], bars, alarm.owner) > 0


def time_left(ctx: Context, row: Notification) -> timedelta:
    """How long this message may still take before another way is tried, however often it was tried by this one.

    One that is tried for the first time has the whole time: the hub may have been off. No clock that is set adds to it.
    """
    accept_by = ctx.household.sms.accept_by
    left = row.created_at + accept_by - ctx.now if row.attempts else accept_by
    return max(timedelta(0), min(left, accept_by))


def fail(ctx: Context, row: Notification, reason: str) -> None:
    """This message will not get through: another way, else a fault, and the next step if nobody is left."""
    failed = {"state": NotificationState.FAILED, "negative": True, "reason": reason}
    outbox.change(ctx, row, None, **failed)
    if not fall_back(ctx, row):
        ctx.faults.append(cannot_send(row.channel))
    step_failed(ctx, row)


def suppress(ctx: Context, row: Notification, reason: str) -> None:
    """This message may not be sent any more: another way, else the next step if nobody is left."""
    outbox.change(ctx, row, None, state=NotificationState.SUPPRESSED, reason=reason)
    fall_back(ctx, row)
    step_failed(ctx, row)


def cannot_send(channel: str) -> Fault:
    """A channel could not deliver, and there was no other way."""
    return Fault(subject=f"channel {channel}", because=f"A message could not be delivered by {channel}.")
