"""A home's database with an alarm in it, written row by row."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from hub.model import AlarmState, Cause, NotificationState, Purpose
from hub.store.schema import alarm, inbound, notification, to_us, transition
from hub.store.writer import Store
from tests.fakes import START


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def add_alarm(connection: Connection, kind: str = "fall") -> int:
    row = insert(alarm).values(
        kind=kind,
        severity=9,
        state=AlarmState.CHECKIN,
        policy={},
        because="The bathroom fall radar reported a fall at 09:00.",
        facts={},
        code="47",
        opened_at=to_us(START),
        version=1,
        round=0,
        step=-1,
        prompts_given=0,
        next_at=to_us(at(30)),
        next_reason="checkin",
    )
    return int(connection.execute(row.returning(alarm.c.id)).scalar_one())


def add_turn(connection: Connection, number: int, state: AlarmState, seconds: float, by: str | None = None) -> None:
    values = {"alarm_id": number, "to_state": state, "cause": Cause.FINDING, "by": by, "detail": "", "alarm_version": 1}
    connection.execute(insert(transition).values(at=to_us(at(seconds)), **values))


def add_message(
    connection: Connection,
    number: int,
    person: str,
    *,
    channel: str = "sms",
    state: NotificationState = NotificationState.ACCEPTED,
    seconds: float = 31,
) -> None:
    row = insert(notification).values(
        alarm_id=number,
        round=1,
        step=0,
        person=person,
        channel=channel,
        purpose=Purpose.ALARM,
        to="+447700900101",
        text="Rose may have fallen.",
        text_hash="",
        consent_revision=1,
        reference="AB1",
        state=state,
        negative=False,
        attempts=1,
        created_at=to_us(at(seconds)),
    )
    connection.execute(row)


def add_reply(connection: Connection, number: int, person: str | None, seconds: float) -> None:
    row = insert(inbound).values(
        provider_id=f"SM{seconds}",
        channel="sms",
        sender="+447700900101",
        text="1",
        at=to_us(at(seconds)),
        person=person,
        alarm_id=number,
        effect="going",
    )
    connection.execute(row)


def opened(folder: Path) -> Store:
    return Store.open(folder / "home.sqlite3")
