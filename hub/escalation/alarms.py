"""Alarms as rows: read, opened, and changed by compare-and-swap, every change with its audit row."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from hub.escalation.context import Context
from hub.escalation.decision import Decision
from hub.escalation.timers import timer
from hub.household.model import SmsPolicy
from hub.model import TERMINAL, Alarm, AlarmPolicy, AlarmState, Cause
from hub.store.prepared import Prepared
from hub.store.schema import alarm as table
from hub.store.schema import from_us, to_us, transition
from hub.supervisor import describe

log = logging.getLogger(__name__)

_POLICY = TypeAdapter(AlarmPolicy)
_FIRST_CODE = 10
"""Codes begin here, so that none looks like one of the digits 1 to 3."""

_NAMES = tuple(table.c.keys())
_TIMES = ("opened_at", "closed_at", "next_at")
_CHANGING = tuple(name for name in _NAMES if name != "id")
_BY_ID = Prepared(select(table).where(table.c.id == bindparam("id")))
_OPEN = Prepared(select(table).where(table.c.next_at.is_not(None)).order_by(table.c.id.desc()))
_INSERT = Prepared(insert(table).returning(table.c.id), *_CHANGING)
_SWAP = Prepared(
    update(table).where(table.c.id == bindparam("b_id"), table.c.version == bindparam("b_version")), *_CHANGING
)
_AUDIT = Prepared(insert(transition), *(name for name in transition.c.keys() if name != "id"))  # noqa: SIM118 -- a collection, not a mapping
_LAST = Prepared(select(func.max(table.c.id)))
_IN_USE = Prepared(
    select(table.c.id)
    .where(
        table.c.code == bindparam("code"),
        or_(
            table.c.opened_at > bindparam("since"), table.c.closed_at > bindparam("since"), table.c.closed_at.is_(None)
        ),
    )
    .limit(1)
)


class UnknownAlarmError(LookupError):
    """There is no alarm of this number."""


class StaleError(RuntimeError):
    """The alarm was changed since it was read: whoever holds the old one must not write."""


def load(connection: Connection, alarm_id: int) -> Alarm | None:
    """One alarm as it is now."""
    row = _BY_ID.run(connection, {"id": alarm_id}).fetchone()
    return None if row is None else _alarm(row)


def get(connection: Connection, alarm_id: int) -> Alarm:
    """One alarm as it is now. Raises `UnknownAlarmError`."""
    alarm = load(connection, alarm_id)
    if alarm is None:
        raise UnknownAlarmError(f"there is no alarm {alarm_id}")
    return alarm


def open_alarms(connection: Connection) -> Iterator[Alarm]:
    """Every alarm that is not closed, the latest first. One that cannot be read must not keep a new one out."""
    for row in _OPEN.run(connection).fetchall():
        try:
            yield _alarm(row)
        except ValueError as error:
            log.warning("alarm %d cannot be read: %s", row[0], describe(error))


def create(ctx: Context, decision: Decision) -> Alarm:
    """Store a new alarm as decided."""
    news = {"version": 1, **_timer(ctx, decision)}
    number = _INSERT.run(ctx.connection, _columns(decision.after, news)).fetchone()[0]
    stored = replace(decision.after, id=number, **news)
    _audit(ctx, stored, None, decision, None)
    return stored


def store(ctx: Context, before: Alarm, decision: Decision, by: str | None) -> Alarm:
    """Store what was decided, unless the alarm has changed since it was read. Raises `StaleError`."""
    after = decision.after
    if decision.changed:
        after = replace(after, version=before.version + 1, **_timer(ctx, decision))
        swap(ctx.connection, before, after)
    _audit(ctx, after, before.state, decision, by)
    return after


def swap(connection: Connection, before: Alarm, after: Alarm) -> None:
    """Write an alarm over the one that was read. Raises `StaleError` if that is no longer the one stored."""
    keys = {"b_id": before.id, "b_version": before.version}
    if _SWAP.run(connection, _columns(after) | keys).rowcount != 1:
        raise StaleError(f"alarm {before.id} is no longer at version {before.version}")


def record(ctx: Context, alarm: Alarm, cause: Cause, detail: str) -> None:
    """Write an audit row about an alarm that stays as it is."""
    decision = Decision(after=alarm, cause=cause, detail=detail, changed=False)
    _audit(ctx, alarm, alarm.state, decision, None)


def free_code(connection: Connection, sms: SmsPolicy, now: datetime) -> str:
    """A reply code that no alarm has, nor had lately; longer than two digits rather than reused.

    Codes follow the alarms' numbers, so that a code comes round only after all the others.
    """
    since = to_us(now - sms.code_reuse_after)
    number = 1 + (_LAST.run(connection).fetchone()[0] or 0)
    digits = sms.code_digits
    while True:
        lowest = max(_FIRST_CODE, 10 ** (digits - 1))
        code = str(lowest + number % (10**digits - lowest))
        if _IN_USE.run(connection, {"code": code, "since": since}).fetchone() is None:
            return code
        digits += 1


def cancels_since(connection: Connection, kind: str, since: datetime) -> int:
    """How often the resident has ended an alarm of this kind since then."""
    query = select(func.count()).where(
        table.c.state == AlarmState.CANCELLED, table.c.kind == kind, table.c.closed_at > to_us(since)
    )
    return connection.execute(query).scalar_one()


def _timer(ctx: Context, decision: Decision) -> dict[str, Any]:
    """What becomes of the timer: set on both clocks as decided, none once the alarm is closed, else as it was."""
    if decision.state in TERMINAL:
        return {"next_at": None, "next_boot_s": None, "boot_id": None}
    if decision.wait is None:
        return {}
    due = timer(ctx.moment, decision.wait)
    return {"next_at": due.at, "next_boot_s": due.boot_s, "boot_id": due.boot_id}


def _audit(ctx: Context, alarm: Alarm, before: AlarmState | None, decision: Decision, by: str | None) -> None:
    values = {
        "alarm_id": alarm.id,
        "at": to_us(ctx.now),
        "from_state": before,
        "to_state": alarm.state,
        "cause": decision.cause,
        "by": by,
        "detail": decision.detail,
        "alarm_version": alarm.version,
    }
    _AUDIT.run(ctx.connection, values)
    ctx.changed = True


def _columns(alarm: Alarm, news: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An alarm as a row, with these values of its own instead of the alarm's."""
    values: dict[str, Any] = {name: getattr(alarm, name) for name in _CHANGING}
    values |= news or {}
    values["policy"] = _written(alarm.policy)
    values["facts"] = json.dumps(dict(alarm.facts)) if alarm.facts else "{}"
    for name in _TIMES:
        values[name] = None if values[name] is None else to_us(values[name])
    return values


@lru_cache(maxsize=64)
def _written(policy: AlarmPolicy) -> str:
    return _POLICY.dump_json(policy).decode()


@lru_cache(maxsize=64)
def _read(policy: str) -> AlarmPolicy:
    return _POLICY.validate_json(policy)


def _alarm(row: Sequence[Any]) -> Alarm:
    values = dict(zip(_NAMES, row, strict=True))
    values["state"] = AlarmState(values["state"])
    values["policy"] = _read(values["policy"])
    values["facts"] = json.loads(values["facts"])
    for name in _TIMES:
        values[name] = None if values[name] is None else from_us(values[name])
    return Alarm(**values)
