"""`alongside rehearse`, as a family uses it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alongside.rehearse import app
from hub import household
from hub.paths import DATABASE
from hub.store.writer import Store
from tests.fakes import START

EXAMPLE = Path(__file__).parents[2] / "examples" / "home.toml"
HOME = ("--home", str(EXAMPLE), "--at", "2026-11-24T03:00")


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == code, result.output
    return result.output


def test_when_nobody_answers() -> None:
    told = run(*HOME)
    assert "A rehearsal: fall, Tuesday 24 November, 03:00. Nothing is sent." in told
    assert "0:30  escalating: The resident did not answer." in told
    assert "0:30      Ben by sms: \N{LEFT DOUBLE QUOTATION MARK}Edith may have fallen (03:00)." in told
    assert "Ben by voice: not told (this hub has no such channel)" in told
    assert told.rstrip().endswith("still nobody: tell everybody again. It never ends in silence.")


def test_when_somebody_answers() -> None:
    told = run(*HOME, "--answers", "ben:going@40s", "--answers", "ben:safe@5m")
    assert "1:10      Ben answers: going" in told
    assert told.rstrip().endswith("It is closed.")


def test_as_json() -> None:
    told = json.loads(run(*HOME, "--scenario", "panic", "--answers", "ben:safe", "--json"))
    assert told["state"] == "resolved"
    assert told["next_at"] is None
    answers = [line for line in told["lines"] if line["state"] == "answers"]
    assert [(line["person"], line["after_s"], line["text"]) for line in answers] == [("ben", 30.0, "safe")]


def test_the_household_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = tmp_path / "home.sqlite3"
    monkeypatch.setenv(DATABASE, str(db))
    assert "No household" in run(code=1) or "alongside home apply" in run(code=1)
    store = Store.open(db)
    store.run(lambda connection: household.apply(connection, EXAMPLE.read_text(), START, "test"))
    store.shut()
    assert "A rehearsal: wandering" in run("--scenario", "wandering", "--at", "03:00", "--answers", "edith:help@5s")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--at", "soon"), "'soon' is no time: say 03:00, or 2026-12-24T03:00."),
        (("--at", "25:00"), "'25:00' is no time"),
        (
            ("--answers", "ben"),
            "'ben' is no answer: say nadia:going@40s, with going, cannot, arrived, safe, fine or help.",
        ),
        (("--answers", "ben:perhaps"), "'ben:perhaps' is no answer"),
        (("--answers", "nobody:going"), "There is no 'nobody'; there are arc, ben"),
    ],
)
def test_what_cannot_be_played_is_said_in_a_sentence(words: tuple[str, ...], why: str) -> None:
    assert why in run(*HOME, *words, code=1)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    odd = tmp_path / "home.toml"
    odd.write_bytes(b"\xff\xfe")
    assert "is not a text file in UTF-8" in run("--home", str(odd), code=1)
