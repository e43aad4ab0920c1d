"""Messages as rows: each written before it is sent, and never deleted.

One row for each alarm, round, step, person, channel and purpose: planning the same again adds nothing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, exists, select, update

from hub.escalation.context import Context
from hub.escalation.evidence import SPOKEN_FOR
from hub.escalation.recipients import Way
from hub.escalation.texts import Text
from hub.escalation.timers import Timer, timer
from hub.model import Alarm, AlarmState, Evidence, NotificationState, Purpose
from hub.store.dialect import upsert
from hub.store.schema import alarm, delivery, notification, opt_out, to_us

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
_REFERENCE_LENGTH = 5
WAITING = (NotificationState.PENDING, NotificationState.RETRY_WAIT)
DEAD = (NotificationState.FAILED, NotificationState.SUPPRESSED, NotificationState.SUPERSEDED)
REPLY_ROUND = -1
"""The round of an answer to somebody's reply; its step is the number of that reply, so that each is answered once."""

_BY_ID = select(notification).where(notification.c.id == bindparam("id"))
_DUE = (
    select(notification, alarm.c.state.label("alarm_state"))
    .join(alarm, alarm.c.id == notification.c.alarm_id, isouter=True)
    .where(notification.c.next_at.is_not(None), notification.c.next_boot_s <= bindparam("boot_s"))
    .order_by(notification.c.id)
)
_CHANGE = update(notification).where(
    notification.c.id == bindparam("b_id"),
    notification.c.state == bindparam("b_state"),
    notification.c.attempts == bindparam("b_attempts"),
)
_OPTED_OUT = select(opt_out.c.channel, opt_out.c.to).where(opt_out.c.ended_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one person by one channel: what it says, how far it got, and why."""

    id: int
    alarm_id: int | None
    round: int
    step: int
    person: str
    channel: str
    purpose: Purpose
    to: str
    text: str
    consent_revision: int
    reference: str
    state: NotificationState
    reason: str | None
    negative: bool
    provider_id: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where in an alarm's life a message belongs: part of what makes it one of a kind."""

    alarm: Alarm | None
    round: int
    step: int
    purpose: Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be written down: to be sent, or suppressed for a reason."""

    slot: Slot
    way: Way
    text: Text
    reference: str
    suppressed: str | None = None


def reference(slot: Slot, way: Way, salt: str = "") -> str:
    """A short mark that is in the text, by which the message is found again at the provider."""
    opened = "" if slot.alarm is None else f"{slot.alarm.id}/{to_us(slot.alarm.opened_at)}"
    key = f"{opened}/{slot.round}/{slot.step}/{way.contact.name}/{way.channel}/{slot.purpose}/{salt}"
    number = int.from_bytes(hashlib.blake2s(key.encode(), digest_size=8).digest(), "big")
    letters = []
    for _ in range(_REFERENCE_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def write(ctx: Context, drafts: Iterable[Draft]) -> None:
    """Write messages down; one that is there already is left as it is."""
    rows = [_columns(ctx, draft) for draft in drafts]
    if rows:
        ctx.connection.execute(upsert(ctx.connection, notification).on_conflict_do_nothing(), rows)
        ctx.changed = True


def load(connection: Connection, notification_id: int) -> Notification | None:
    """One message as it is now."""
    row = connection.execute(_BY_ID, {"id": notification_id}).mappings().first()
    return None if row is None else _notification(row)


def due(ctx: Context) -> list[tuple[Notification, AlarmState | None]]:
    """Messages whose time has come, in the order in which they were written, and the state of their alarm."""
    rows = ctx.connection.execute(_DUE, {"boot_s": ctx.moment.boot_s}).mappings()
    return [(_notification(row), AlarmState(row["alarm_state"]) if row["alarm_state"] else None) for row in rows]


def change(ctx: Context, row: Notification, wait: timedelta | None, **values: Any) -> bool:
    """Change a message that is still as it was read, and set its timer anew (None: no timer). Whether it was."""
    return amend(ctx, row, **values, **_timer_columns(None if wait is None else timer(ctx.moment, wait)))


def amend(ctx: Context, row: Notification, **values: Any) -> bool:
    """Change a message that is still as it was read, leaving its timer. Whether it was."""
    ctx.changed = True
    keys = {"b_id": row.id, "b_state": row.state, "b_attempts": row.attempts}
    return ctx.connection.execute(_CHANGE, {**values, **keys}).rowcount == 1


def withdraw(ctx: Context, alarm_id: int, purposes: Iterable[Purpose]) -> None:
    """Supersede messages of these purposes that nobody has been handed yet."""
    waiting = and_(
        notification.c.alarm_id == alarm_id,
        notification.c.purpose.in_(list(purposes)),
        notification.c.state.in_(WAITING),
    )
    gone = {"state": NotificationState.SUPERSEDED, "reason": "no longer needed", **_timer_columns(None)}
    if ctx.connection.execute(update(notification).where(waiting).values(gone)).rowcount:
        ctx.changed = True


def told(connection: Connection, alarm_id: int) -> list[Notification]:
    """Messages about this alarm that may have reached somebody, the first to each person and channel."""
    query = (
        select(notification)
        .where(
            notification.c.alarm_id == alarm_id,
            notification.c.purpose.in_([Purpose.ALARM, Purpose.EXHAUSTED]),
            notification.c.state.in_(list(SPOKEN_FOR)),
        )
        .order_by(notification.c.id)
    )
    found: dict[tuple[str, str], Notification] = {}
    for row in connection.execute(query).mappings():
        found.setdefault((row["person"], row["channel"]), _notification(row))
    return list(found.values())


def somebody_left(connection: Connection, row: Notification) -> bool:
    """Whether any message of the same round, step and purpose may still reach somebody."""
    same = and_(
        notification.c.alarm_id == row.alarm_id,
        notification.c.round == row.round,
        notification.c.step == row.step,
        notification.c.purpose == row.purpose,
        notification.c.state.not_in(DEAD),
    )
    return bool(connection.execute(select(exists().where(same))).scalar())


def waiting_for(connection: Connection, to: str) -> list[Notification]:
    """Messages to this address that have not been handed over."""
    query = select(notification).where(notification.c.to == to, notification.c.state.in_(WAITING))
    return [_notification(row) for row in connection.execute(query).mappings()]


def report(ctx: Context, row: Notification, provider_id: str, evidence: Evidence) -> None:
    """Keep what a provider said, once."""
    values = {
        "notification_id": row.id,
        "provider_id": provider_id,
        "status": "negative" if evidence.negative else evidence.state.value,
        "negative": evidence.negative,
        "at": to_us(ctx.now),
        "detail": evidence.detail,
    }
    ctx.connection.execute(upsert(ctx.connection, delivery).values(values).on_conflict_do_nothing())


def opted_out(connection: Connection) -> frozenset[tuple[str, str]]:
    """Every channel and address that may not be written to."""
    return frozenset((row.channel, row.to) for row in connection.execute(_OPTED_OUT))


def _columns(ctx: Context, draft: Draft) -> dict[str, Any]:
    slot, way, text = draft.slot, draft.way, draft.text
    suppressed = draft.suppressed is not None
    return {
        "alarm_id": None if slot.alarm is None else slot.alarm.id,
        "round": slot.round,
        "step": slot.step,
        "person": way.contact.name,
        "channel": way.channel,
        "purpose": slot.purpose,
        "to": way.to,
        "text": text.text,
        "text_hash": text.sha256,
        "consent_revision": text.consent_revision,
        "reference": draft.reference,
        "state": NotificationState.SUPPRESSED if suppressed else NotificationState.PENDING,
        "reason": draft.suppressed,
        "negative": False,
        "attempts": 0,
        "created_at": to_us(ctx.now),
        **_timer_columns(None if suppressed else timer(ctx.moment, timedelta(0))),
    }


def _timer_columns(when: Timer | None) -> dict[str, Any]:
    if when is None:
        return {"next_at": None, "next_boot_s": None, "boot_id": None}
    return {"next_at": to_us(when.at), "next_boot_s": when.boot_s, "boot_id": when.boot_id}


def _notification(row: RowMapping) -> Notification:
    values = {name: row[name] for name in Notification.__dataclass_fields__}
    values["purpose"] = Purpose(row["purpose"])
    values["state"] = NotificationState(row["state"])
    return Notification(**values)
