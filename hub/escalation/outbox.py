"""Messages as rows: each written before it is sent, and never deleted.

One row for each alarm, round, step, person, channel and purpose: planning the same again adds nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, select, update
from sqlalchemy.dialects import sqlite

from hub.escalation.context import Call, Context
from hub.escalation.evidence import SPOKEN_FOR
from hub.escalation.recipients import Way
from hub.escalation.texts import Text
from hub.escalation.timers import Timer, timer
from hub.model import Alarm, AlarmState, Evidence, Message, NotificationState, Purpose
from hub.store.dialect import upsert
from hub.store.prepared import Prepared
from hub.store.schema import alarm, delivery, from_us, notification, opt_out, to_us

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
_REFERENCE_LENGTH = 5
WAITING = (NotificationState.PENDING, NotificationState.RETRY_WAIT)
DEAD = (NotificationState.FAILED, NotificationState.SUPPRESSED, NotificationState.SUPERSEDED)
REPLY_ROUND = -1
"""The round of an answer to somebody's reply; its step is the number of that reply, so that each is answered once."""

_NAMES = (
    *("id", "alarm_id", "round", "step", "person", "channel", "purpose", "to", "text", "consent_revision", "reference"),
    *("state", "reason", "negative", "provider_id", "attempts", "created_at"),
    "called_at",
)
_ROW = tuple(notification.c[name] for name in _NAMES)
_BY_ID = Prepared(select(*_ROW).where(notification.c.id == bindparam("id")))
_DUE = Prepared(
    select(*_ROW, alarm.c.severity, alarm.c.state)
    .join(alarm, alarm.c.id == notification.c.alarm_id, isouter=True)
    .where(notification.c.next_at.is_not(None), notification.c.next_boot_s <= bindparam("boot_s"))
    .order_by(notification.c.id)
)
_UNCHANGED = and_(
    notification.c.id == bindparam("b_id"),
    notification.c.state == bindparam("b_state"),
    notification.c.attempts == bindparam("b_attempts"),
)
_WRITTEN = (
    *("alarm_id", "round", "step", "person", "channel", "purpose", "to", "text", "text_hash", "consent_revision"),
    *(
        "reference",
        "state",
        "reason",
        "negative",
        "attempts",
        "created_at",
        "called_at",
        "next_at",
        "next_boot_s",
        "boot_id",
    ),
)
_WRITE = Prepared(sqlite.insert(notification).on_conflict_do_nothing().returning(notification.c.id), *_WRITTEN)
_OPTED_OUT = Prepared(select(opt_out.c.channel, opt_out.c.to).where(opt_out.c.ended_at.is_(None)))


@lru_cache(maxsize=64)
def _change(columns: tuple[str, ...]) -> Prepared:
    return Prepared(update(notification).where(_UNCHANGED), *columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one person by one channel: what it says, how far it got, and why.

    `severity` is its alarm's, where it was read to be sent.
    """

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
    created_at: datetime
    called_at: datetime | None
    severity: int | None = None


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


def reference(slot: Slot, way: Way) -> str:
    """A short mark that is in the text, by which the message is found again at the provider."""
    opened = "" if slot.alarm is None else f"{slot.alarm.id}/{to_us(slot.alarm.opened_at)}"
    key = f"{opened}/{slot.round}/{slot.step}/{way.contact.name}/{way.channel}/{slot.purpose}"
    number = int.from_bytes(hashlib.blake2s(key.encode(), digest_size=8).digest(), "big")
    letters = []
    for _ in range(_REFERENCE_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def write(ctx: Context, drafts: Iterable[Draft]) -> None:
    """Write messages down; one that is there already is left as it is."""
    for draft in drafts:
        claimed = ctx.calls is not None and draft.suppressed is None
        row = _columns(ctx, draft) | (_claim_columns(ctx) if claimed else {})
        number = _WRITE.run(ctx.connection, row).fetchone()
        ctx.changed = True
        if ctx.calls is not None and claimed and number is not None:
            ctx.calls.append(_call(ctx, draft, number[0]))


def load(connection: Connection, notification_id: int) -> Notification | None:
    """One message as it is now."""
    row = _BY_ID.run(connection, {"id": notification_id}).fetchone()
    return None if row is None else _notification(row)


def due(ctx: Context) -> list[tuple[Notification, AlarmState | None]]:
    """Messages whose time has come, in the order in which they were written, and the state of their alarm."""
    rows = _DUE.run(ctx.connection, {"boot_s": ctx.moment.boot_s}).fetchall()
    return [(_notification(row, severity), AlarmState(state) if state else None) for *row, severity, state in rows]


def change(ctx: Context, row: Notification, wait: timedelta | None, **values: Any) -> bool:
    """Change a message that is still as it was read, and set its timer anew (None: no timer). Whether it was."""
    return amend(ctx, row, **values, **_timer_columns(None if wait is None else timer(ctx.moment, wait)))


def amend(ctx: Context, row: Notification, **values: Any) -> bool:
    """Change a message that is still as it was read, leaving its timer. Whether it was."""
    ctx.changed = True
    keys = {"b_id": row.id, "b_state": row.state, "b_attempts": row.attempts}
    return _change(tuple(values)).run(ctx.connection, values | keys).rowcount == 1


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
        select(*_ROW)
        .where(
            notification.c.alarm_id == alarm_id,
            notification.c.purpose.in_([Purpose.ALARM, Purpose.EXHAUSTED]),
            notification.c.state.in_(list(SPOKEN_FOR)),
        )
        .order_by(notification.c.id)
    )
    found: dict[tuple[str, str], Notification] = {}
    for row in map(_notification, connection.execute(query)):
        found.setdefault((row.person, row.channel), row)
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
    query = select(*_ROW).where(notification.c.to == to, notification.c.state.in_(WAITING))
    return [_notification(row) for row in connection.execute(query)]


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
    return frozenset((channel, to) for channel, to in _OPTED_OUT.run(connection))


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
        "called_at": None,
        **_timer_columns(None if suppressed else timer(ctx.moment, timedelta(0))),
    }


def _claim_columns(ctx: Context) -> dict[str, Any]:
    """What makes a new message one that is being called."""
    lease = _timer_columns(timer(ctx.moment, ctx.household.sms.accept_by))
    return {"state": NotificationState.CALLING, "attempts": 1, "called_at": to_us(ctx.now), **lease}


def _call(ctx: Context, draft: Draft, number: int) -> Call:
    message = Message(
        notification_id=number,
        person=draft.way.contact.name,
        channel=draft.way.channel,
        to=draft.way.to,
        text=draft.text.text,
        reference=draft.reference,
        purpose=draft.slot.purpose,
        alarm_id=None if draft.slot.alarm is None else draft.slot.alarm.id,
        claimed_at=ctx.now,
        severity=None if draft.slot.alarm is None else draft.slot.alarm.severity,
    )
    return Call(message=message, adapter=ctx.adapter(draft.way.channel) or "", attempt=1)


def _timer_columns(when: Timer | None) -> dict[str, Any]:
    if when is None:
        return {"next_at": None, "next_boot_s": None, "boot_id": None}
    return {"next_at": to_us(when.at), "next_boot_s": when.boot_s, "boot_id": when.boot_id}


def _notification(row: Sequence[Any], severity: int | None = None) -> Notification:
    values = dict(zip(_NAMES, row, strict=True))
    values["purpose"] = Purpose(values["purpose"])
    values["state"] = NotificationState(values["state"])
    values["negative"] = bool(values["negative"])
    values["created_at"] = from_us(values["created_at"])
    values["called_at"] = None if values["called_at"] is None else from_us(values["called_at"])
    return Notification(**values, severity=severity)
