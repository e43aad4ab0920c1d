"""T4: what came of a call, of a look-up, and what providers report later."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from hub.escalation import alarms, outbox
from hub.escalation.claims import REPEAT
from hub.escalation.context import Context, Fault
from hub.escalation.evidence import join
from hub.escalation.fallback import fail, fall_back, time_left, wanted
from hub.escalation.optouts import opt_out
from hub.escalation.outbox import Notification
from hub.escalation.planning import OPTED_OUT, family
from hub.escalation.transitions import step_failed
from hub.model import AlarmState, ChannelError, Evidence, NotificationState
from hub.store.schema import notification

SETTLE = timedelta(seconds=3)
"""Providers list a message a moment after they have taken it: so long is waited before it is looked for."""
NOT_FOUND_ONCE = "not found at the provider"
IN_DOUBT = frozenset({NotificationState.CALLING, NotificationState.UNKNOWN})


class Trouble(StrEnum):
    """What kind of refusal: it decides what is done next."""

    PASSING = "passing"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"
    OPTED_OUT = "opted_out"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A channel did not take a message."""

    trouble: Trouble
    reason: str


def refusal(error: ChannelError) -> Refusal:
    """What a channel's error means for the message."""
    kinds = (
        (Trouble.OPTED_OUT, error.opted_out),
        (Trouble.PERMANENT, error.permanent),
        (Trouble.AMBIGUOUS, error.ambiguous),
    )
    trouble = next((kind for kind, holds in kinds if holds), Trouble.PASSING)
    return Refusal(trouble=trouble, reason=str(error))


def accepted(ctx: Context, notification_id: int, attempt: int, evidence: Evidence) -> None:
    """The channel has taken it, or it was found there. A text is given a time in which to arrive."""
    row = _in_doubt(ctx, notification_id, attempt)
    if row is None:
        return
    news, under_way = _joined(ctx, row, evidence)
    is_text = family(ctx, row.channel) == "sms"
    outbox.change(ctx, row, ctx.household.sms.delivered_by if under_way and is_text else None, **news)
    _if_negative(ctx, row, news)


def refused(ctx: Context, notification_id: int, attempt: int, refusal_: Refusal) -> None:
    """The channel did not take it, or may not have."""
    row = _in_doubt(ctx, notification_id, attempt)
    if row is not None:
        _AFTER[refusal_.trouble](ctx, row, refusal_.reason)


def not_found(ctx: Context, notification_id: int, attempt: int) -> None:
    """The provider does not know it: look once more, then send it again with a mark."""
    row = _in_doubt(ctx, notification_id, attempt)
    if row is None:
        return
    if not wanted(_state(ctx, row), row.purpose):
        outbox.change(ctx, row, None, state=NotificationState.SUPERSEDED, reason="not taken, and no longer needed")
    elif row.reason != NOT_FOUND_ONCE:
        outbox.change(ctx, row, SETTLE, reason=NOT_FOUND_ONCE)
    else:
        _again(ctx, row, REPEAT, "never found at the provider")


def look_failed(ctx: Context, notification_id: int, attempt: int) -> None:
    """The provider cannot be asked: another way meanwhile. The look-up is due again by its own timer."""
    row = _in_doubt(ctx, notification_id, attempt)
    if row is not None:
        fall_back(ctx, row)


def reported(ctx: Context, notification_id: int, evidence: Evidence) -> None:
    """A later report: how far a message has got, or that something speaks against it."""
    row = outbox.load(ctx.connection, notification_id)
    if row is None or row.state in outbox.WAITING:
        return
    news, under_way = _joined(ctx, row, evidence)
    if under_way:
        outbox.amend(ctx, row, **news)
    else:
        outbox.change(ctx, row, None, **news)
    _if_negative(ctx, row, news)


def told(ctx: Context, evidence: Evidence) -> bool:
    """A report that came by itself, about the message of the provider's number; whether that is known here."""
    query = select(notification.c.id).where(notification.c.provider_id == evidence.provider_id)
    found = ctx.connection.execute(query).scalar()
    if found is not None:
        reported(ctx, found, evidence)
    return found is not None


def _joined(ctx: Context, row: Notification, evidence: Evidence) -> tuple[dict[str, Any], bool]:
    """Keep a report and join it with what is known: what changes, and whether more is to be expected."""
    provider_id = evidence.provider_id or row.provider_id
    if provider_id is not None:
        outbox.report(ctx, row, provider_id, evidence)
    state, negative = join(row.state, evidence, negative=row.negative)
    reason = evidence.detail or row.reason
    news = {"state": state, "negative": negative, "provider_id": provider_id, "reason": reason}
    return news, state in (NotificationState.ACCEPTED, NotificationState.SENT)


def _if_negative(ctx: Context, row: Notification, news: Mapping[str, Any]) -> None:
    """The first word against a message sends another the next way."""
    if news["negative"] and not row.negative:
        fall_back(ctx, row)
        step_failed(ctx, row)


def _passing(ctx: Context, row: Notification, reason: str) -> None:
    _again(ctx, row, reason, reason)


def _again(ctx: Context, row: Notification, why: str, reason: str) -> None:
    """Send it again after the wait that the household gives this attempt, or give up after the last.

    Where that would outlast the time in which it must be accepted, the other way is taken at once, if there is one.
    """
    waits = ctx.household.sms.retry
    if not wanted(_state(ctx, row), row.purpose):
        outbox.change(ctx, row, None, state=NotificationState.SUPERSEDED, reason="not taken, and no longer needed")
    elif row.attempts <= len(waits) and waits[row.attempts - 1] >= time_left(ctx, row) and fall_back(ctx, row):
        outbox.change(ctx, row, None, state=NotificationState.FAILED, negative=True, reason=reason)
    elif row.attempts <= len(waits):
        outbox.change(ctx, row, waits[row.attempts - 1], state=NotificationState.RETRY_WAIT, reason=why)
    else:
        fail(ctx, row, reason)


def _ambiguous(ctx: Context, row: Notification, _reason: str) -> None:
    """It may have been taken: to be looked for, and sent another way where that would take too long."""
    outbox.change(ctx, row, SETTLE, state=NotificationState.UNKNOWN, reason=None)
    if time_left(ctx, row) <= SETTLE:
        fall_back(ctx, row)


def _opted_out(ctx: Context, row: Notification, _reason: str) -> None:
    opt_out(ctx, row.channel, row.to)
    fail(ctx, row, OPTED_OUT)


def _unexpected(ctx: Context, row: Notification, reason: str) -> None:
    fault = Fault(subject=f"channel {row.channel}", because=f"The channel {row.channel} failed unexpectedly.")
    ctx.faults.append(fault)
    fail(ctx, row, reason)


_AFTER: dict[Trouble, Callable[[Context, Notification, str], None]] = {
    Trouble.PASSING: _passing,
    Trouble.PERMANENT: fail,
    Trouble.AMBIGUOUS: _ambiguous,
    Trouble.OPTED_OUT: _opted_out,
    Trouble.UNEXPECTED: _unexpected,
}


def _in_doubt(ctx: Context, notification_id: int, attempt: int) -> Notification | None:
    """The message, if this is still the attempt that is being waited for."""
    row = outbox.load(ctx.connection, notification_id)
    return row if row is not None and row.attempts == attempt and row.state in IN_DOUBT else None


def _state(ctx: Context, row: Notification) -> AlarmState | None:
    alarm = None if row.alarm_id is None else alarms.load(ctx.connection, row.alarm_id)
    return None if alarm is None else alarm.state
