import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from hub import household
from hub.cli_people import app
from hub.clock import SystemClock
from hub.store.schema import acknowledgement, alarm, notification, to_us
from hub.store.writer import Store
from tests.hub.homes import HOME

CAPPED = HOME.replace(
    'role = "family"', 'role = "family"\nname = "Nadia Osei"\nnights_per_week = 2\nmessages_per_week = 1'
).replace("[consent]", '[people.olive]\nrole = "neighbour"\n[consent]')
NOW = SystemClock().now()


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home.sqlite3"
    monkeypatch.setenv("ALONGSIDE_DB", str(path))
    return path


@pytest.fixture
def store(db: Path) -> Store:
    store = Store.open(db)
    store.run(lambda connection: household.apply(connection, CAPPED, NOW, "test"))
    store.shut()
    return store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def open_fault(at: int) -> dict[str, Any]:
    return dict.fromkeys(alarm.c.keys()) | {
        "id": 1,
        "kind": "fault",
        "severity": 4,
        "state": "escalating",
        "policy": {},
        "facts": {},
        "code": "12",
        "because": "x",
        "opened_at": at,
        "version": 1,
        "round": 0,
        "step": 0,
        "prompts_given": 0,
        "next_at": at,
        "next_reason": "x",
    }


def text_to_nadia(at: int) -> dict[str, Any]:
    return dict.fromkeys(notification.c.keys()) | {
        "id": 1,
        "alarm_id": 1,
        "round": 0,
        "step": 0,
        "person": "nadia",
        "channel": "sms",
        "purpose": "alarm",
        "to": "+447700900101",
        "text": "x",
        "text_hash": "x",
        "consent_revision": 1,
        "reference": "ABCDE",
        "state": "delivered",
        "negative": False,
        "attempts": 1,
        "created_at": at,
        "called_at": at,
    }


def asked(db: Path) -> None:
    """Nadia was texted yesterday about an alarm, and cannot go."""
    store = Store.open(db)
    at = to_us((NOW - timedelta(days=1)).replace(hour=2))
    said = {"alarm_id": 1, "person": "nadia", "said": "cannot", "at": at, "won": False}
    store.run(lambda c: c.execute(insert(alarm), open_fault(at)))
    store.run(lambda c: c.execute(insert(notification), text_to_nadia(at)))
    store.run(lambda c: c.execute(insert(acknowledgement), [said, {**said, "person": "olive", "said": "going"}]))
    store.shut()


def test_who_is_on_and_what_was_agreed(db: Path, store: Store) -> None:
    assert store.path == db
    assert run().stdout == (
        "Nadia Osei (family): on now for on call; reached by sms, voice;"
        " no messages of 1 agreed this week; no nights of 2 agreed woken.\n"
        "Olive (neighbour): not to be reached; no messages this week; no nights woken.\n"
    )
    assert run("list").stdout == run().stdout


def test_what_somebody_has_borne_and_declined(db: Path, store: Store) -> None:
    assert store.path == db
    asked(db)
    told = run().stdout
    assert "1 message of 1 agreed this week" in told
    assert "spared just now, except where a life may hang on it: as many messages this week as was agreed" in told
    assert "1 night of 2 agreed woken; last woken " in told
    assert ", the last of all; " in told
    assert "cannot go to alarm 1.\nOlive" in told
    row, _ = json.loads(run("list", "--json").stdout)
    assert row["messages_this_week"] == 1
    assert row["declined_alarms"] == [1]
    assert row["on_now"] == ["on_call"]


def test_who_will_be_on_then(db: Path, store: Store) -> None:
    assert store.path == db
    assert json.loads(run("--json", "--at", "2026-12-24T20:00").stdout)[0]["on_now"] == ["on_call"]
    refused = run("--at", "soon")
    assert (refused.exit_code, refused.stderr) == (1, "'soon' is not a time; write it as 2026-12-24T20:00.\n")


def test_without_a_household_it_says_what_to_do(db: Path) -> None:
    assert "no household was declared yet" in run().stderr.casefold()
    Store.open(db).shut()
    assert run("list").exit_code == 1
