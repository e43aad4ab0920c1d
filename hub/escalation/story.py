"""The whole story of an alarm, from the rows: what it rests on, each change and why, each message, who answered."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from analytics.model import FindingKind
from hub import coverage
from hub.escalation.alarms import UnknownAlarmError
from hub.escalation.movement import described
from hub.household import HouseholdError, current
from hub.store import movements
from hub.store.schema import (
    acknowledgement,
    alarm,
    alarm_finding,
    delivery,
    device,
    finding,
    from_us,
    household,
    inbound,
    label,
    notification,
    sensor_event,
    setting,
    to_us,
    transition,
)

Row = dict[str, Any]
_TIMES = ("at", "opened_at", "closed_at", "next_at", "created_at", "called_at", "applied_at")
_MACHINERY = ("next_boot_s", "boot_id", "negative")
"""Columns that say nothing to a reader."""
_EQUIPMENT = frozenset({FindingKind.FAULT, FindingKind.HUB_OFFLINE})
_FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is kept about one alarm. Rows are as stored, with times as datetimes.

    `events` are the calls of sensors that it rests on; `household` says which revision was in force when it opened, and
    who had applied it. `unseen` is what could not be seen while the alarm was open.
    """

    alarm: Row
    findings: list[Row]
    transitions: list[Row]
    messages: list[Row]
    answers: list[Row]
    replies: list[Row]
    labels: list[Row]
    events: list[Row]
    household: Row | None
    unseen: list[Row]


def read(connection: Connection, alarm_id: int) -> Story:
    """The story of one alarm. Raises `UnknownAlarmError`."""
    found = _rows(connection, alarm, id=alarm_id)
    if not found:
        raise UnknownAlarmError(f"there is no alarm {alarm_id}")
    return Story(
        alarm=found[0],
        findings=_findings(connection, alarm_id),
        transitions=_rows(connection, transition, alarm_id=alarm_id),
        messages=_messages(connection, alarm_id),
        answers=_rows(connection, acknowledgement, alarm_id=alarm_id),
        replies=_rows(connection, inbound, alarm_id=alarm_id),
        labels=_rows(connection, label, alarm_id=alarm_id),
        events=_events(connection, alarm_id),
        household=_household(connection, found[0]["opened_at"]),
        unseen=_unseen(connection, found[0]),
    )


def _unseen(connection: Connection, about: Row) -> list[Row]:
    """What could not be seen while this alarm was open; nothing where it is about the equipment itself."""
    if about["kind"] in _EQUIPMENT:
        return []
    try:
        home = current(connection)
    except HouseholdError:
        return []  # a home that nobody can read any more: the alarm's own rows are told all the same
    until = about["closed_at"] or _FOR_EVER
    return [asdict(one) for one in coverage.unseen(connection, home, about["opened_at"], until)]


def overview(connection: Connection, *, closed: bool, limit: int) -> list[Row]:
    """The latest alarms, the newest first; only open ones unless `closed`."""
    query = select(alarm).order_by(alarm.c.id.desc()).limit(limit)
    if not closed:
        query = query.where(alarm.c.closed_at.is_(None))
    return [_plain(row) for row in connection.execute(query).mappings()]


def _events(connection: Connection, alarm_id: int) -> list[Row]:
    columns = (sensor_event.c.id, device.c.name.label("device"), sensor_event.c.kind, sensor_event.c.at)
    query = select(*columns).join(device, device.c.id == sensor_event.c.device_id)
    rows = connection.execute(query.where(sensor_event.c.alarm_id == alarm_id).order_by(sensor_event.c.id))
    return [_plain(row) for row in rows.mappings()]


def _household(connection: Connection, at: datetime) -> Row | None:
    columns = (household.c.revision, household.c.applied_by, household.c.applied_at, household.c.sha256)
    query = select(*columns).where(household.c.applied_at <= to_us(at)).order_by(household.c.revision.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _plain(row)


def _findings(connection: Connection, alarm_id: int) -> list[Row]:
    joined = select(finding).join(alarm_finding, alarm_finding.c.finding_id == finding.c.id)
    query = joined.where(alarm_finding.c.alarm_id == alarm_id).order_by(finding.c.at, finding.c.id)
    found = [_plain(row) for row in connection.execute(query).mappings()]
    for row in found:
        row["settings"] = [_provenance(connection, key, **used) for key, used in row["settings"].items()]
        row["movement"] = described(movements.kept(connection, row["id"]))
    return found


def _provenance(connection: Connection, key: str, value: float | str | bool, version: int) -> Row:  # noqa: FBT001
    """A setting that a detector used, and who decided it, when and why; version 0 is what Alongside ships with."""
    query = select(setting).where(setting.c.key == key, setting.c.version == version)
    row = connection.execute(query).mappings().first()
    used: Row = {"key": key, "value": value, "version": version, "provenance": "default"}
    if row is not None:
        kept = _plain(row)
        used |= {name: kept[name] for name in ("provenance", "by", "because", "at", "reference")}
    return used


def _messages(connection: Connection, alarm_id: int) -> list[Row]:
    messages = _rows(connection, notification, alarm_id=alarm_id)
    for row in messages:
        row["deliveries"] = _rows(connection, delivery, notification_id=row["id"])
    return messages


def _rows(connection: Connection, table: Table, **where: int) -> list[Row]:
    conditions = [table.c[name] == value for name, value in where.items()]
    query = select(table).where(*conditions).order_by(table.c.id)
    return [_plain(row) for row in connection.execute(query).mappings()]


def _plain(row: RowMapping) -> Row:
    return {name: _time(name, value) for name, value in row.items() if name not in _MACHINERY}


def _time(name: str, value: Any) -> Any:
    return from_us(value) if name in _TIMES and isinstance(value, int) else value


def moment(row: Row) -> datetime:
    """When a row of a story happened."""
    at: datetime = row.get("called_at") or row.get("created_at") or row["at"]
    return at
