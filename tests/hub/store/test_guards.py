"""History is not rewritten: what the triggers of the first migration refuse."""

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.store import guards, schema

ALARM = {
    "kind": "fall",
    "severity": 9,
    "state": "checking_in",
    "policy": {},
    "because": "A fall was noticed in the kitchen.",
    "facts": {},
    "code": "42",
    "opened_at": 1,
    "version": 1,
    "round": 0,
    "step": -1,
    "prompts_given": 0,
    "next_at": 2,
    "next_reason": "checkin_silence",
}
ROWS: dict[str, dict[str, object]] = {
    "device": {"name": "wrist", "kind": "fall", "config": {}, "added_at": 1},
    "finding": {
        "kind": "fall",
        "severity": 9,
        "at": 1,
        "because": "A fall.",
        "detector": "fall",
        "detector_version": 1,
        "episode": "1",
        "evidence": [],
        "settings": {},
    },
    "movement": {"finding_id": 1, "device": "wrist", "at": 1, "rate_hz": 50.0, "samples": b""},
    "alarm": ALARM,
    "alarm_finding": {"alarm_id": 1, "finding_id": 1},
    "transition": {"alarm_id": 1, "at": 1, "to_state": "x", "cause": "finding", "detail": "", "alarm_version": 1},
    "sensor_event": {"id": 5, "device_id": 1, "kind": "fall", "at": 1, "reason": "waiting"},
    "notification": {
        "round": 0,
        "step": 0,
        "person": "priya",
        "channel": "sms",
        "purpose": "alarm",
        "to": "+447700900001",
        "text": "…",
        "text_hash": "…",
        "consent_revision": 1,
        "reference": "r",
        "state": "pending",
        "negative": False,
        "attempts": 0,
        "created_at": 1,
    },
    "delivery": {"provider_id": "SM1", "status": "sent", "negative": False, "at": 1, "detail": ""},
    "inbound": {"provider_id": "SM2", "channel": "sms", "sender": "+44", "text": "1", "at": 1, "effect": "none"},
    "acknowledgement": {"alarm_id": 1, "person": "priya", "said": "going", "at": 1, "won": True},
    "opt_out": {"channel": "sms", "to": "+44", "at": 1},
    "household": {"document": "", "sha256": "", "applied_at": 1, "applied_by": "setup"},
    "consent": {
        "revision": 1,
        "role": "family",
        "field": "name",
        "purpose": "alarm",
        "granted_at": 1,
        "granted_by": "margaret",
    },
    "setting": {
        "key": "k",
        "version": 1,
        "value": 1,
        "provenance": "resident",
        "by": "margaret",
        "because": "it is my wish",
        "at": 1,
    },
    "label": {"alarm_id": 1, "verdict": "wrong", "because": "I sat down.", "by": "margaret", "at": 1},
    "intent": {"kind": "close", "payload": {}, "by": "priya", "at": 1},
    "fault": {"kind": "silent", "subject": "door", "because": "…", "opened_at": 1},
}
APPEND_ONLY = {
    "transition": "detail",
    "delivery": "detail",
    "inbound": "effect",
    "acknowledgement": "said",
    "finding": "because",
    "label": "because",
    "alarm_finding": "alarm_id",
    "household": "document",
    "movement": "device",
    "consent": "field",
    "setting": "because",
}


def fill(connection: Connection) -> None:
    for name, values in ROWS.items():
        connection.execute(insert(schema.metadata.tables[name]), values)


@pytest.mark.parametrize("name", ROWS)
def test_nothing_is_deleted(engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        fill(connection)

    with engine.begin() as connection, pytest.raises(IntegrityError, match="nothing is deleted"):
        connection.execute(delete(schema.metadata.tables[name]))


@pytest.mark.parametrize(("name", "column"), APPEND_ONLY.items())
def test_what_was_recorded_is_not_changed(engine: Engine, name: str, column: str) -> None:
    with engine.begin() as connection:
        fill(connection)

    with engine.begin() as connection, pytest.raises(IntegrityError, match="not changed"):
        connection.execute(update(schema.metadata.tables[name]).values({column: 77}))


@pytest.mark.parametrize("state", ["resolved", "cancelled"])
def test_a_closed_alarm_is_not_opened_again(engine: Engine, state: str) -> None:
    with engine.begin() as connection:
        fill(connection)
        connection.execute(update(schema.alarm).values(state=state, closed_at=3, next_at=None, next_reason=None))
        connection.execute(update(schema.alarm).values(version=2))  # a late answer may still be counted

    for back in ("escalating", "resolved" if state == "cancelled" else "cancelled"):
        with engine.begin() as connection, pytest.raises(IntegrityError, match="not opened again"):
            connection.execute(update(schema.alarm).values(state=back, next_at=4, next_reason="again"))


def test_an_open_alarm_moves_on(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
        connection.execute(update(schema.alarm).values(state="escalating"))
        connection.execute(update(schema.alarm).values(state="exhausted"))

        assert connection.scalar(select(schema.alarm.c.state)) == "exhausted"


def test_an_open_alarm_has_a_future(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)

    with engine.begin() as connection, pytest.raises(IntegrityError, match="open_has_a_future"):
        connection.execute(update(schema.alarm).values(next_at=None))


def test_a_sensor_event_is_attached_once(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
        connection.execute(update(schema.sensor_event).values(alarm_id=1))

    with engine.begin() as connection, pytest.raises(IntegrityError, match="only alarm_id may be set, once"):
        connection.execute(update(schema.sensor_event).values(alarm_id=None))


def test_a_sensor_event_keeps_its_facts(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection)

    with engine.begin() as connection, pytest.raises(IntegrityError, match="only alarm_id may be set, once"):
        connection.execute(update(schema.sensor_event).values(alarm_id=1, at=99))


def test_a_sensor_event_is_accounted_for(engine: Engine) -> None:
    lost = {"id": 5, "device_id": 1, "kind": "fall", "at": 1}
    with engine.begin() as connection:
        connection.execute(insert(schema.device), ROWS["device"])

    with engine.begin() as connection, pytest.raises(IntegrityError, match="accounted_for"):
        connection.execute(insert(schema.sensor_event), lost)


def test_the_same_guards_are_written_for_postgresql() -> None:
    statements = [
        *guards.append_only("postgresql", "label"),
        *guards.set_once("postgresql", "sensor_event", "alarm_id", ("at",)),
        *guards.no_way_back("postgresql", "alarm", "state", ("resolved",)),
    ]

    functions, triggers = statements[::2], statements[1::2]
    assert [text.split("(")[0] for text in functions] == [
        "CREATE FUNCTION guard_label_delete",
        "CREATE FUNCTION guard_label_update",
        "CREATE FUNCTION guard_sensor_event_update",
        "CREATE FUNCTION guard_alarm_update",
    ]
    assert triggers[2] == (
        "CREATE TRIGGER guard_sensor_event_update BEFORE UPDATE ON sensor_event FOR EACH ROW"
        " WHEN (OLD.alarm_id IS NOT NULL OR NEW.at IS DISTINCT FROM OLD.at)"
        " EXECUTE FUNCTION guard_sensor_event_update()"
    )
