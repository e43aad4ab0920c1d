"""What pages ask for is carried out once; what cannot be is refused with its reason, and undoes only itself."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from hub.intents import (
    REFUSED,
    Acknowledge,
    Close,
    Handler,
    IntentKind,
    RefusedError,
    Resident,
    ResidentSaid,
    Said,
    carry_out,
    handler_table,
    request,
)
from hub.store.changes import versions
from hub.store.connect import writer_engine
from hub.store.schema import alarm, intent, label, to_us
from hub.store.upgrade import upgrade
from tests.fakes import START

ALARM = {
    "id": 7,
    "kind": "fall",
    "severity": 9,
    "state": "escalating",
    "policy": {},
    "because": "A fall was noticed.",
    "facts": {},
    "code": "42",
    "opened_at": to_us(START),
    "version": 1,
    "round": 0,
    "step": 0,
    "prompts_given": 0,
    "next_at": to_us(START),
    "next_reason": "step",
}


@dataclass(slots=True)
class Acts:
    """Stands for the escalation: writes down what it was asked to do."""

    done: list[tuple[object, ...]] = field(default_factory=list)
    labelled: list[int] = field(default_factory=list)

    def acknowledge(self, _connection: Connection, payload: Acknowledge, by: str, now: datetime) -> str:
        self.done.append((payload.alarm_id, payload.said, by, now))
        return "You are going."

    def close(self, connection: Connection, _payload: Close, by: str, _now: datetime) -> str:
        connection.execute(insert(label).values(alarm_id=7, verdict="right", because="half done", by=by, at=0))
        raise RefusedError("somebody closed it already.")

    def resident(self, connection: Connection, _payload: Resident, by: str, _now: datetime) -> str:
        connection.execute(insert(label).values(alarm_id=7, verdict="right", because="half done", by=by, at=0))
        raise RuntimeError("a bug")

    def note(self, _connection: Connection, label_id: int, _now: datetime) -> None:
        self.labelled.append(label_id)

    def table(self) -> dict[str, Handler]:
        return handler_table(acknowledge=self.acknowledge, close=self.close, resident=self.resident, labelled=self.note)


@pytest.fixture
def acts() -> Acts:
    return Acts()


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    path = tmp_path / "home.sqlite3"
    upgrade(path, (), 1.0)
    engine = writer_engine(path, 1.0)
    with engine.begin() as connection:
        connection.execute(insert(alarm).values(**ALARM))
        yield connection
    engine.dispose()


def ask(connection: Connection, kind: IntentKind, payload: Mapping[str, object]) -> int:
    return request(connection, kind, payload, "nadia", START)


def labels(connection: Connection) -> list[str]:
    return list(connection.execute(select(label.c.because)).scalars())


def test_what_is_asked_waits_for_the_hub_and_says_that_something_changed(connection: Connection) -> None:
    number = ask(connection, IntentKind.ACKNOWLEDGE, {"alarm_id": 7, "said": "going"})
    row = connection.execute(select(intent)).one()
    assert (row.id, row.by, row.at, row.done_at) == (number, "nadia", to_us(START), None)
    assert versions(connection)["intent"] == 1


def test_each_request_is_carried_out_once_and_in_order(connection: Connection, acts: Acts) -> None:
    ask(connection, IntentKind.ACKNOWLEDGE, {"alarm_id": 7, "said": "going"})
    ask(connection, IntentKind.ACKNOWLEDGE, {"alarm_id": 7, "said": "arrived"})
    later = START + timedelta(seconds=1)
    outcomes = carry_out(connection, acts.table(), later)
    assert [one.result for one in outcomes] == ["You are going.", "You are going."]
    assert not any(one.refused for one in outcomes)
    assert acts.done == [(7, Said.GOING, "nadia", later), (7, Said.ARRIVED, "nadia", later)]
    assert connection.execute(select(intent.c.done_at, intent.c.result)).all() == [
        (to_us(later), "You are going."),
        (to_us(later), "You are going."),
    ]
    seen = versions(connection)["intent"]
    assert carry_out(connection, acts.table(), later) == []
    assert len(acts.done) == 2
    assert versions(connection)["intent"] == seen


@pytest.mark.parametrize(
    ("kind", "payload", "reason"),
    [
        (IntentKind.ACKNOWLEDGE, {"alarm_id": 7}, "said: it is missing"),
        (
            IntentKind.ACKNOWLEDGE,
            {"alarm_id": 7, "said": "perhaps"},
            "said: 'perhaps' is not one of going, cannot or arrived",
        ),
        (IntentKind.ACKNOWLEDGE, {"alarm_id": "x", "said": "going"}, "alarm_id: it must be a whole number"),
        (IntentKind.CLOSE, {"alarm_id": 7, "outcome": "  "}, "outcome: it must not be empty"),
        (
            IntentKind.LABEL,
            {"alarm_id": 7, "verdict": "wrong", "because": "x" * 2001},
            "because: it must not be longer",
        ),
        (IntentKind.RESIDENT, {"said": "fine", "loudly": True}, "loudly: nothing of that name is known"),
    ],
)
def test_a_payload_that_cannot_be_read_is_refused_with_the_field_and_the_reason(
    connection: Connection, acts: Acts, kind: IntentKind, payload: dict[str, object], reason: str
) -> None:
    ask(connection, kind, payload)
    [outcome] = carry_out(connection, acts.table(), START)
    assert outcome.refused
    assert outcome.result.startswith(f"{REFUSED}the request could not be read (")
    assert reason in outcome.result
    assert acts.done == []
    assert labels(connection) == []


def test_a_payload_that_is_no_table_at_all_is_refused(connection: Connection, acts: Acts) -> None:
    connection.execute(insert(intent).values(kind="resident", payload=[1], by="nadia", at=0))
    [outcome] = carry_out(connection, acts.table(), START)
    assert "the request: it must be a table of names and values" in outcome.result


def test_an_unknown_kind_is_refused(connection: Connection, acts: Acts) -> None:
    connection.execute(insert(intent).values(kind="open the door", payload={}, by="nadia", at=0))
    [outcome] = carry_out(connection, acts.table(), START)
    assert outcome.result == f"{REFUSED}this hub does not know what 'open the door' means."


def test_a_refusal_undoes_what_its_handler_began_and_nothing_else(connection: Connection, acts: Acts) -> None:
    ask(connection, IntentKind.ACKNOWLEDGE, {"alarm_id": 7, "said": "going"})
    ask(connection, IntentKind.CLOSE, {"alarm_id": 7, "outcome": "All was well"})
    ask(connection, IntentKind.LABEL, {"alarm_id": 7, "verdict": "wrong", "because": " the snooker "})
    results = [one.result for one in carry_out(connection, acts.table(), START)]
    assert results == [
        "You are going.",
        f"{REFUSED}somebody closed it already.",
        "Thank you. What you said is kept with the alarm.",
    ]
    assert labels(connection) == ["the snooker"]


def test_a_handler_that_breaks_is_refused_logged_without_details_and_stops_no_other(
    connection: Connection, acts: Acts, caplog: pytest.LogCaptureFixture
) -> None:
    ask(connection, IntentKind.RESIDENT, {"said": ResidentSaid.FINE})
    ask(connection, IntentKind.ACKNOWLEDGE, {"alarm_id": 7, "said": "cannot"})
    with caplog.at_level(logging.ERROR, "hub.intents"):
        broken, fine = carry_out(connection, acts.table(), START)
    assert broken.refused
    assert "something went wrong in the hub" in broken.result
    assert fine.result == "You are going."
    assert labels(connection) == []
    assert "request 1 (resident) failed" in caplog.text
    assert "nadia" not in caplog.text


def test_a_label_is_kept_and_told_to_whoever_records_it(connection: Connection, acts: Acts) -> None:
    ask(connection, IntentKind.LABEL, {"alarm_id": 7, "verdict": "not_now", "because": ""})
    carry_out(connection, acts.table(), START)
    row = connection.execute(select(label)).one()
    assert (row.alarm_id, row.verdict, row.because, row.by, row.at) == (7, "not_now", "", "nadia", to_us(START))
    assert acts.labelled == [row.id]


def test_a_label_on_no_alarm_is_refused(connection: Connection, acts: Acts) -> None:
    ask(connection, IntentKind.LABEL, {"alarm_id": 8, "verdict": "wrong"})
    [outcome] = carry_out(connection, acts.table(), START)
    assert outcome.result == f"{REFUSED}there is no alarm 8."
    assert acts.labelled == []
