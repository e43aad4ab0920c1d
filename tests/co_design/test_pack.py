"""The open lab: a challenge that can be taken up as it comes, and counts of what was given for a purpose."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from analytics.model import Home
from co_design.cli import app
from co_design.model import Medium
from co_design.pack.challenge import pack
from co_design.pack.homes import as_csv, made_up
from co_design.pack.starter import make
from devices.model import Quantity, Reading
from hub.store.schema import inbound, to_us
from tests.co_design.record import Record

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("pack")
    assert run("pack", "--to", str(to), "--homes", "2").exit_code == 0
    return to


def test_the_starter_scores_as_it_comes(folder: Path) -> None:
    told = json.loads(run("score", str(folder / "detector.py"), str(folder)).output)
    assert (told["homes"], told["failures"], told["needless_a_month"]) == (2, 0, 0.0)
    assert told["noticed"] >= 1
    assert 3.5 < told["median_hours"] <= 12


def test_the_same_seed_makes_the_same_pack_and_nobody_moves_after_the_collapse() -> None:
    assert pack(1, 3) == pack(1, 3)
    assert pack(1, 3) != pack(1, 4)
    home = made_up("a", 5)
    rows = list(csv.DictReader(io.StringIO(as_csv(home))))
    assert len(rows) == len(home.rows) > 500
    assert home.rows[-1][0] < home.collapsed_at < home.rows[-1][0] + timedelta(minutes=2)


def test_the_starter_asks_once_by_day_and_waits_for_the_morning() -> None:
    home = Home(id="h", tz=ZoneInfo("Europe/London"), resident="r", resident_name="R", sensors={})
    detector = make(home)
    assert list(detector.tick(NOON)) == []
    for hour, due in ((12, 16), (19, 32), (2, 8)):
        at = NOON.replace(hour=hour)
        assert list(detector.update(Reading(device="pir", quantity=Quantity.MOTION, value=1.0, at=at))) == []
        assert detector.due == NOON.replace(hour=0) + timedelta(hours=due)
    [asked] = detector.tick(NOON.replace(hour=8))
    assert (asked.because, asked.episode) == ("There was no movement for 4 hours.", NOON.replace(hour=2).isoformat())
    assert detector.due is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = ", "cannot be loaded: SyntaxError"),
        ("x = 1", "has no function make(home)"),
    ],
)
def test_what_is_no_detector_is_said(folder: Path, tmp_path: Path, code: str, reason: str) -> None:
    (tmp_path / "mine.py").write_text(code)
    told = run("score", str(tmp_path / "mine.py"), str(folder))
    assert (told.exit_code, reason in told.stderr) == (1, True)


def test_what_is_no_pack_is_said(folder: Path, tmp_path: Path) -> None:
    told = run("score", str(folder / "detector.py"), str(tmp_path))
    assert (told.exit_code, "is no challenge pack" in told.stderr) == (1, True)
    (tmp_path / "mine.txt").write_text("x")
    assert "is not Python" in run("score", str(tmp_path / "mine.txt"), str(folder)).stderr


def given(record: Record, numbers: range) -> None:
    """People who give what they felt, the first of them something else than the others."""
    expires = (record.now + timedelta(days=10)).isoformat()
    for number in numbers:
        person = record.enrols(f"P{number}", "resident")
        said = record.says(f"P{number}", f"Words of number {number}.")
        record.does("touch", utterance=said, step="being asked", emotion="startled" if number else "glad", coder="fay")
        body = {"participant": person, "purpose": "research", "data": "feelings", "expires_at": expires}
        record.does("write", kind="donation", key=f"d{number}", body=body)


def counted(record: Record) -> Result:
    return run("aggregates", "--purpose", "research", "--for", "x", "--db", str(record.home.path))


def test_counts_are_of_those_who_gave_and_of_no_small_group(record: Record) -> None:
    given(record, range(4))
    assert counted(record).stderr.startswith("Fewer than 5 people give their data for 'research' now")
    record.enrols("Other", "resident")
    record.says("Other", "Not given to anybody.")
    given(record, range(4, 6))
    told = json.loads(counted(record).output)
    assert told == [{"step": "being asked", "feeling": "startled", "people": 5}]
    record.does("withdraw", participant=record.people["P1"])
    assert json.loads(counted(record).output) == []


def test_the_giver_gets_a_receipt(record: Record) -> None:
    assert run("receipts", "--db", str(record.home.path)).output == "Nothing was given yet.\n"
    given(record, range(1))
    assert run("receipts", "--db", str(record.home.path)).output.startswith(
        "Receipt d0, version 1. P0 gives: feelings."
    )


def test_ideas_by_text_are_taken_in_once_and_only_from_the_household(record: Record) -> None:
    texts = [("priya", "IDEA: a lamp that blinks"), ("priya", "1"), (None, "idea: spam"), ("tom", "Ideal weather")]
    with record.home.writing() as connection:
        for number, (person, text) in enumerate(texts):
            row = {
                "provider_id": str(number),
                "channel": "sms",
                "sender": "x",
                "at": to_us(record.now),
                "effect": "none",
            }
            connection.execute(insert(inbound).values(person=person, text=text, **row))
    assert run("intake", "--db", str(record.home.path)).output == "Taken in: 1.\n"
    assert run("intake", "--db", str(record.home.path)).output == "Taken in: 0.\n"
    [said] = record.chain().utterances.values()
    assert (said.words, said.medium) == ("a lamp that blinks", Medium.SMS)
