"""T3: messages whose time has come are claimed, durably, before anybody is called.

One turn of the loop: what is to be sent, what is to be looked up at the provider, which alarms are due, and when to
wake next.
"""

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import bindparam, func, select

from hub import ack_links
from hub.escalation import alarms, gsm7, outbox, recipients, wording
from hub.escalation.attempt import attempt
from hub.escalation.context import Call, Context, Fault
from hub.escalation.fallback import fail, fall_back, suppress, time_left, wanted
from hub.escalation.letters import SPOKEN, Letter
from hub.escalation.outbox import Notification
from hub.escalation.planning import NO_ADDRESS, NO_CHANNEL
from hub.escalation.texts import Text, render, text_of
from hub.model import AlarmState, Contact, Message, NotificationState, Purpose
from hub.store.prepared import Prepared
from hub.store.schema import alarm as alarm_table
from hub.store.schema import notification as notification_table
from hub.store.schema import to_us
from hub.supervisor import describe

log = logging.getLogger(__name__)

REPEAT = "repeat"
"""Why a message waits that may have arrived before."""
LOOK_AGAIN = timedelta(seconds=10)
"""A look-up at the provider that has not come back by then is made anew."""
TRY_AGAIN = timedelta(seconds=10)
"""So long waits a message that could not be dealt with."""

_DUE_ALARMS = Prepared(
    select(alarm_table.c.id)
    .where(alarm_table.c.next_at.is_not(None), alarm_table.c.next_boot_s <= bindparam("boot_s"))
    .order_by(alarm_table.c.id)
)
_NEXT = [
    Prepared(select(func.min(table.c.next_boot_s)).where(table.c.next_at.is_not(None)))
    for table in (alarm_table, notification_table)
]


@dataclass(slots=True, kw_only=True)
class Turn:
    """What one turn of the loop found to do. `in_flight` are messages whose call has not come back."""

    in_flight: Set[int]
    sends: list[Call] = field(default_factory=list)
    looks: list[Call] = field(default_factory=list)
    alarms: list[int] = field(default_factory=list)
    next_boot_s: float | None = None


def take_turn(ctx: Context, in_flight: Set[int]) -> Turn:
    """Claim what is due."""
    turn = Turn(in_flight=in_flight)
    for row, state in outbox.due(ctx):
        _claim_alone(ctx, row, state, turn)
    turn.alarms = [number for (number,) in _DUE_ALARMS.run(ctx.connection, {"boot_s": ctx.moment.boot_s})]
    found = [query.run(ctx.connection).fetchone()[0] for query in _NEXT]
    turn.next_boot_s = min((one for one in found if one is not None), default=None)
    return turn


def _claim_alone(ctx: Context, row: Notification, state: AlarmState | None, turn: Turn) -> None:
    """Deal with one message; one that cannot be dealt with is tried again later, and holds up no other."""
    error = attempt(ctx, lambda: _CLAIMS[row.state](ctx, row, state, turn))
    if error is not None:
        log.warning("message %d could not be dealt with: %s", row.id, describe(error))
        outbox.change(ctx, row, TRY_AGAIN)
        ctx.faults.append(Fault(subject="outbox", because="A message could not be prepared."))


def _call(ctx: Context, row: Notification, state: AlarmState | None, turn: Turn) -> None:
    """Claim a message to be sent, to the address and in the words that are right now."""
    contact = ctx.household.people.get(row.person)
    if not wanted(state, row.purpose):
        outbox.change(ctx, row, None, state=NotificationState.SUPERSEDED, reason="no longer needed")
    elif contact is None:
        suppress(ctx, row, "no longer in the household")
    elif not (to := recipients.address(contact, row.channel, ctx.household)):
        suppress(ctx, row, NO_ADDRESS)
    elif row.purpose is Purpose.REPLY and row.consent_revision != ctx.household.consent.revision:
        suppress(ctx, row, "consent has changed since it was written")
    elif (adapter := ctx.adapter(row.channel)) is None:
        fail(ctx, row, NO_CHANNEL)
    else:
        text = _words(ctx, row, contact)
        row = replace(row, to=to, text=text.text, called_at=ctx.now)
        _claim(ctx, row, text, _call_of(row, adapter), turn)


def _claim(ctx: Context, row: Notification, text: Text, call: Call, turn: Turn) -> None:
    outbox.change(
        ctx,
        row,
        time_left(ctx, row),
        state=NotificationState.CALLING,
        attempts=call.attempt,
        called_at=to_us(ctx.now),
        to=call.message.to,
        text=text.text,
        text_hash=text.sha256,
        consent_revision=text.consent_revision,
        reason=None,
    )
    turn.sends.append(call)


def _late(ctx: Context, row: Notification, _state: AlarmState | None, turn: Turn) -> None:
    """Not accepted in time: another way, while this one may still succeed; or nobody knows what became of it."""
    if row.id in turn.in_flight:
        outbox.change(ctx, row, None, reason="not accepted in time")
        fall_back(ctx, row)
    else:
        outbox.change(ctx, row, timedelta(0), state=NotificationState.UNKNOWN)


def _look(ctx: Context, row: Notification, _state: AlarmState | None, turn: Turn) -> None:
    """Ask the provider what became of a message, before it is sent again; if it does not say, another way meanwhile."""
    adapter = ctx.adapter(row.channel)
    if adapter is None:
        fail(ctx, row, NO_CHANNEL)
    elif row.id in turn.in_flight:
        outbox.change(ctx, row, LOOK_AGAIN)
        fall_back(ctx, row)
    else:
        outbox.change(ctx, row, min(LOOK_AGAIN, time_left(ctx, row) or LOOK_AGAIN))
        turn.looks.append(_call_of(row, adapter, again=False))


def _undelivered(ctx: Context, row: Notification, _state: AlarmState | None, _turn: Turn) -> None:
    """Accepted, and no word of its arrival: another way as well."""
    outbox.change(ctx, row, None, reason="not delivered in time")
    fall_back(ctx, row)


_CLAIMS: dict[NotificationState, Callable[[Context, Notification, AlarmState | None, Turn], None]] = {
    NotificationState.PENDING: _call,
    NotificationState.RETRY_WAIT: _call,
    NotificationState.CALLING: _late,
    NotificationState.UNKNOWN: _look,
    NotificationState.ACCEPTED: _undelivered,
    NotificationState.SENT: _undelivered,
}


def _call_of(row: Notification, adapter: str, *, again: bool = True) -> Call:
    message = Message(
        notification_id=row.id,
        person=row.person,
        channel=row.channel,
        to=row.to,
        text=row.text,
        reference=row.reference,
        purpose=row.purpose,
        alarm_id=row.alarm_id,
        claimed_at=row.called_at,
        severity=row.severity,
    )
    return Call(message=message, adapter=adapter, attempt=row.attempts + again)


def _words(ctx: Context, row: Notification, contact: Contact) -> Text:
    """The text as it was written, or anew where consent has changed since, or it may have arrived before."""
    revision = ctx.household.consent.revision
    repeat = row.reason == REPEAT
    alarm = None
    if row.purpose is not Purpose.REPLY and (repeat or row.consent_revision != revision) and row.alarm_id is not None:
        alarm = alarms.load(ctx.connection, row.alarm_id)
    if alarm is None:
        return text_of(_marked(row) if repeat else row.text, row.consent_revision)
    letter = Letter(
        household=ctx.household,
        reader=contact,
        channel=row.channel,
        reference=row.reference,
        alarm=alarm,
        going=alarm.owner,
        repeat=repeat,
        link=ack_links.link(ctx.household.sms.portal, ctx.household.id, row.reference),
    )
    return render(letter, row.purpose)


def _marked(row: Notification) -> str:
    """An answer marked as a repetition, where there is room for the mark."""
    marked = f"{row.text} {wording.REPEAT}"
    fits = row.channel in SPOKEN or gsm7.length(marked) <= gsm7.LIMIT
    return marked if fits and not row.text.endswith(wording.REPEAT) else row.text
