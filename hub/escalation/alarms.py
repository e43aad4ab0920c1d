"""Alarms as rows: read, opened, and changed by compare-and-swap, every change with its audit row."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, bindparam, func, insert, or_, select, update

from hub.escalation.context import Context
from hub.escalation.decision import Decision
from hub.escalation.timers import timer
from hub.household.model import SmsPolicy
from hub.model import TERMINAL, Alarm, AlarmPolicy, AlarmState, Cause
from hub.store.schema import alarm as table
from hub.store.schema import from_us, to_us, transition

_POLICY = TypeAdapter(AlarmPolicy)
_FIRST_CODE = 10
"""Codes begin here, so that none looks like one of the digits 1 to 3."""

_BY_ID = select(table).where(table.c.id == bindparam("id"))
_OPEN = select(table).where(table.c.next_at.is_not(None)).order_by(table.c.id)
_INSERT = insert(table).returning(table.c.id)
_SWAP = update(table).where(table.c.id == bindparam("b_id"), table.c.version == bindparam("b_version"))
_AUDIT = insert(transition)


class StaleError(RuntimeError):
    """The alarm was changed since it was read: whoever holds the old one must not write."""


def load(connection: Connection, alarm_id: int) -> Alarm | None:
    """One alarm as it is now."""
    row = connection.execute(_BY_ID, {"id": alarm_id}).mappings().first()
    return None if row is None else _alarm(row)


def open_alarms(connection: Connection) -> list[Alarm]:
    """Every alarm that is not closed, the oldest first."""
    return [_alarm(row) for row in connection.execute(_OPEN).mappings()]


def create(ctx: Context, decision: Decision) -> Alarm:
    """Store a new alarm as decided."""
    draft = _timed(ctx, replace(decision.after, version=1), decision)
    stored = replace(draft, id=ctx.connection.execute(_INSERT, _columns(draft)).scalar_one())
    _audit(ctx, stored, None, decision, None)
    return stored


def store(ctx: Context, before: Alarm, decision: Decision, by: str | None) -> Alarm:
    """Store what was decided, unless the alarm has changed since it was read. Raises `StaleError`."""
    after = decision.after
    if decision.changed:
        after = _timed(ctx, replace(after, version=before.version + 1), decision)
        swap(ctx.connection, before, after)
    _audit(ctx, after, before.state, decision, by)
    return after


def swap(connection: Connection, before: Alarm, after: Alarm) -> None:
    """Write an alarm over the one that was read. Raises `StaleError` if that is no longer the one stored."""
    keys = {"b_id": before.id, "b_version": before.version}
    if connection.execute(_SWAP, _columns(after) | keys).rowcount != 1:
        raise StaleError(f"alarm {before.id} is no longer at version {before.version}")


def record(ctx: Context, alarm: Alarm, cause: Cause, detail: str) -> None:
    """Write an audit row about an alarm that stays as it is."""
    decision = Decision(after=alarm, cause=cause, detail=detail, changed=False)
    _audit(ctx, alarm, alarm.state, decision, None)


def free_code(connection: Connection, sms: SmsPolicy, now: datetime) -> str:
    """A reply code that no alarm has, nor had lately; longer than two digits rather than reused."""
    since = to_us(now - sms.code_reuse_after)
    recent = or_(table.c.opened_at > since, table.c.closed_at > since, table.c.closed_at.is_(None))
    query = select(table.c.code).where(recent).order_by(table.c.id)
    used = list(connection.execute(query).scalars())
    first = int(used[-1]) + 1 if used else _FIRST_CODE
    for digits in range(sms.code_digits, 10):
        lowest, end = max(_FIRST_CODE, 10 ** (digits - 1)), 10**digits
        start = first if lowest <= first < end else lowest
        for number in (*range(start, end), *range(lowest, start)):
            if str(number) not in used:
                return str(number)
    raise RuntimeError("every reply code is in use")


def cancels_since(connection: Connection, kind: str, since: datetime) -> int:
    """How often the resident has ended an alarm of this kind since then."""
    query = select(func.count()).where(
        table.c.state == AlarmState.CANCELLED, table.c.kind == kind, table.c.closed_at > to_us(since)
    )
    return connection.execute(query).scalar_one()


def _timed(ctx: Context, alarm: Alarm, decision: Decision) -> Alarm:
    """The alarm with its timer on both clocks: as decided, as it was, or none once it is closed."""
    if alarm.state in TERMINAL:
        return replace(alarm, next_at=None, next_boot_s=None, boot_id=None)
    if decision.wait is None:
        return alarm
    due = timer(ctx.moment, decision.wait)
    return replace(alarm, next_at=due.at, next_boot_s=due.boot_s, boot_id=due.boot_id)


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
    ctx.connection.execute(_AUDIT, values)
    ctx.changed = True


def _columns(alarm: Alarm) -> dict[str, Any]:
    return {
        "kind": alarm.kind,
        "severity": alarm.severity,
        "state": alarm.state,
        "policy": _POLICY.dump_python(alarm.policy, mode="json"),
        "because": alarm.because,
        "room": alarm.room,
        "facts": dict(alarm.facts),
        "code": alarm.code,
        "opened_at": to_us(alarm.opened_at),
        "version": alarm.version,
        "round": alarm.round,
        "step": alarm.step,
        "prompts_given": alarm.prompts_given,
        "owner": alarm.owner,
        "next_at": _us(alarm.next_at),
        "next_reason": alarm.next_reason,
        "next_boot_s": alarm.next_boot_s,
        "boot_id": alarm.boot_id,
        "closed_at": _us(alarm.closed_at),
        "outcome": alarm.outcome,
    }


def _us(at: datetime | None) -> int | None:
    return None if at is None else to_us(at)


def _alarm(row: RowMapping) -> Alarm:
    values = dict(row)
    values["state"] = AlarmState(row["state"])
    values["policy"] = _POLICY.validate_python(row["policy"])
    for name in ("opened_at", "closed_at", "next_at"):
        values[name] = None if row[name] is None else from_us(row[name])
    return Alarm(**values)
