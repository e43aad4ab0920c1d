"""What happened in the made-up home: when the system asked, and what the resident said of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from analytics.model import FindingKind
from analytics.settings import DEFAULTS
from co_design.record import record_label
from hub.household import current as household
from hub.model import AlarmState, Cause
from hub.store import settings
from hub.store.schema import alarm, alarm_finding, finding, label, to_us, transition

SETTING = "inactivity.longest_silence_min"
BECAUSE = "No movement since the afternoon began."
ANSWERED_AFTER = timedelta(minutes=1)


def asked(connection: Connection, given: Mapping[str, Any], at: datetime) -> int:
    """The system asked whether all is well, and the resident said that it is; perhaps that it was wrong to ask."""
    number = _alarm(connection, at)
    for cause, state, when in (
        (Cause.FINDING, AlarmState.CHECKIN, at),
        (Cause.RESIDENT_FINE, AlarmState.CANCELLED, at + ANSWERED_AFTER),
    ):
        step = {"alarm_id": number, "at": to_us(when), "to_state": state, "cause": cause, "detail": ""}
        connection.execute(insert(transition).values(**step, alarm_version=1))
    _rests_on(connection, number, at)
    if said := given.get("label"):
        row = {"alarm_id": number, "by": household(connection).resident, "at": to_us(at + ANSWERED_AFTER), **said}
        record_label(connection, _added(connection, label, row), at)
    return number


def _alarm(connection: Connection, at: datetime) -> int:
    row = {
        "kind": FindingKind.INACTIVITY,
        "severity": 5,
        "state": AlarmState.CANCELLED,
        "policy": {},
        "because": BECAUSE,
        "facts": {},
        "code": "00",
        "opened_at": to_us(at),
        "closed_at": to_us(at + ANSWERED_AFTER),
        "version": 1,
        "round": 0,
        "step": 0,
        "prompts_given": 1,
    }
    return _added(connection, alarm, row)


def _rests_on(connection: Connection, number: int, at: datetime) -> None:
    chosen = settings.current(connection).get(SETTING)
    used = {"value": chosen.value, "version": chosen.version} if chosen else {"value": DEFAULTS[SETTING].value}
    row = {
        "kind": FindingKind.INACTIVITY,
        "severity": 5,
        "at": to_us(at),
        "because": BECAUSE,
        "detector": "inactivity",
        "detector_version": 1,
        "episode": at.isoformat(),
        "evidence": [],
        "settings": {SETTING: {"version": 0} | used},
    }
    found = _added(connection, finding, row)
    connection.execute(insert(alarm_finding).values(alarm_id=number, finding_id=found))


def _added(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(table).values(**row).returning(table.c.id)).scalar_one())
