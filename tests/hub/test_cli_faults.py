"""`alongside faults`: what is wrong is said in sentences and as data, and closed by a person with a reason."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from typer.testing import CliRunner, Result

from hub.cli_asking import LATER
from hub.cli_faults import app
from hub.store import faults
from hub.store.faults import Fault
from hub.store.schema import intent
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.homes import settle_in

CASE = Fault(
    kind="lost",
    subject="kitchen_motion",
    because="The kitchen motion has been silent since 08:50.",
    opened_at=START,
    owner="nadia",
    due_at=START + timedelta(days=3),
    cover="Nothing stands in for it.",
    since=START - timedelta(minutes=10),
)


@pytest.fixture
def home(db: Path) -> Path:
    """One open case, told to people, and one that is over."""
    settle_in(db)
    store = Store.open(db)
    over = replace(CASE, kind="battery_low", owner=None, because="The battery is at 9 %.", cover=None, since=None)

    def fill(connection: Connection) -> None:
        faults.open_case(connection, over)
        faults.close_case(connection, 1, "A new one is in.", START, "nadia")
        faults.open_case(connection, CASE)
        faults.told(connection, 2, START, None, CASE.due_at)

    store.run(fill)
    store.shut()
    return db


def faults_(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(home)])


def test_what_is_open_is_said_with_whose_it_is_and_by_when(home: Path) -> None:
    assert faults_(home, "list").stdout == (
        "    2  24 Nov 09:00:00  The kitchen motion has been silent since 08:50."
        " Nadia sees to it, by 27 Nov 09:00:00.\n"
    )


def test_closed_ones_are_shown_when_asked_for(home: Path) -> None:
    shown = faults_(home, "list", "--all").stdout.splitlines()
    assert len(shown) == 2
    assert shown[1].endswith("The battery is at 9 %. Closed 24 Nov 09:00:00 by Nadia: A new one is in.")


def test_all_that_is_known_of_one(home: Path) -> None:
    assert faults_(home, "show", "2").stdout.splitlines() == [
        "Fault 2: lost, kitchen_motion. Nadia sees to it, by 27 Nov 09:00:00.",
        "Because: The kitchen motion has been silent since 08:50.",
        "Meanwhile: Nothing stands in for it.",
        "Since: 24 Nov 08:50:00, noticed 24 Nov 09:00:00",
        "People were told: 24 Nov 09:00:00",
    ]
    assert len(faults_(home, "show", "1").stdout.splitlines()) == 2


def test_programs_get_json(home: Path) -> None:
    (listed,) = json.loads(faults_(home, "list", "--json").stdout)
    assert listed == json.loads(faults_(home, "show", "2", "--json").stdout)
    assert (listed["subject"], listed["opened_at"]) == ("kitchen_motion", "2026-11-24T09:00:00+00:00")


def test_closing_one_is_asked_of_the_hub_with_who_and_why(home: Path) -> None:
    done = faults_(home, "close", "2", "--by", "nadia", "--because", "It is mended.")
    assert (done.exit_code, done.stdout) == (0, f"{LATER}\n")
    store = Store.open(home)
    with store.reading() as connection:
        row = connection.execute(select(intent)).one()
    store.shut()
    assert (row.kind, row.payload, row.by) == ("close_fault", {"fault_id": 2, "outcome": "It is mended."}, "nadia")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("close", "2", "--by", "nadia", "--because", " "), "Please say why"),
        (("close", "1", "--by", "nadia", "--because", "mended"), "That fault is closed already."),
        (("close", "9", "--by", "nadia", "--because", "mended"), "There is no fault 9."),
        (("close", "2", "--by", "bob", "--because", "mended"), "There is no 'bob' in this household"),
        (("show", "9"), "There is no fault 9."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(home: Path, arguments: tuple[str, ...], why: str) -> None:
    done = faults_(home, *arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith(why)


def test_a_home_without_faults_says_so(db: Path) -> None:
    settle_in(db)
    assert faults_(db, "list").stdout == "No fault is open. `--all` shows closed ones.\n"
    assert faults_(db, "list", "--all").stdout == "Nothing was ever wrong.\n"


def test_one_that_nobody_has_yet(db: Path) -> None:
    settle_in(db)
    store = Store.open(db)
    store.run(lambda connection: faults.open_case(connection, replace(CASE, owner=None, due_at=None)))
    store.shut()
    assert faults_(db, "list").stdout.endswith("Nobody has it yet.\n")
