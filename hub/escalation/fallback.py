"""What happens when a message did not get through: another way, and if there is none, the next step."""

from datetime import timedelta

from sqlalchemy import and_, exists, select

from hub.escalation import alarms, outbox, planning, recipients
from hub.escalation.context import Context, Fault
from hub.escalation.moves import CALLS
from hub.escalation.outbox import Draft, Notification, Slot
from hub.escalation.planning import Bars
from hub.escalation.recipients import Way
from hub.escalation.texts import text_of
from hub.escalation.transitions import step_failed
from hub.model import AlarmState, NotificationState, Purpose
from hub.store.schema import notification

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
    if contact is None:
        return False
    way = Way(contact=contact, channel=row.channel, to=row.to)
    if row.purpose is Purpose.REPLY:
        return _answer_otherwise(ctx, row, way)
    if alarm is None or not wanted(alarm.state, row.purpose):
        return False
    chains = [*planning.chains_of(ctx, alarm, row), recipients.fallbacks(ctx.household, way)]
    left = recipients.rest(chains, row.person, row.channel)
    slot = Slot(alarm=alarm, round=row.round, step=row.step, purpose=row.purpose)
    bars = Bars(opted_out=outbox.opted_out(ctx.connection))
    return bool(left) and planning.enqueue(ctx, slot, [left], bars, alarm.owner) > 0


def _answer_otherwise(ctx: Context, row: Notification, way: Way) -> bool:
    """Send an answer in the same words by the other path, under a mark of its own: where to go may be in it."""
    left = recipients.rest([recipients.fallbacks(ctx.household, way)], row.person, row.channel)
    closed = Bars(opted_out=outbox.opted_out(ctx.connection))
    if not left or closed.reason(ctx, left[0]) is not None or _is_there(ctx, row, left[0].channel):
        return False
    alarm = alarms.load(ctx.connection, row.alarm_id) if row.alarm_id is not None else None
    slot = Slot(alarm=alarm, round=row.round, step=row.step, purpose=row.purpose)
    reference = outbox.reference(slot, left[0])
    text = text_of(row.text.replace(row.reference, reference), row.consent_revision)
    outbox.write(ctx, [Draft(slot=slot, way=left[0], text=text, reference=reference)])
    return True


def _is_there(ctx: Context, row: Notification, channel: str) -> bool:
    """Whether the same message was written for this channel, too."""
    same = and_(
        notification.c.alarm_id.is_not_distinct_from(row.alarm_id),
        notification.c.round == row.round,
        notification.c.step == row.step,
        notification.c.person == row.person,
        notification.c.purpose == row.purpose,
        notification.c.channel == channel,
    )
    return bool(ctx.connection.execute(select(exists().where(same))).scalar())


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
