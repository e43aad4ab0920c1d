"""Writing in the record by command: acts, paper, and somebody who withdraws."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from co_design.cli import app
from tests.co_design.record import SILENCE, SNOOKER, Record

HEADER = "participant,words,verbatim,setting,step,emotion,photo"


def run(record: Record, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(record.home.path)])


def sheet(folder: Path, text: str) -> str:
    (folder / "cards.csv").write_text(text, encoding="utf-8")
    return str(folder / "cards.csv")


def test_acts_from_a_file_are_written_whole(record: Record, tmp_path: Path) -> None:
    file = tmp_path / "acts.json"
    acts = [
        {"act": "enrol", "as": "heron", "pseudonym": "Heron", "role": "resident"},
        {"act": "utter", "participant": "$heron", "words": SNOOKER, "at": "2026-06-10T16:00:00+01:00"},
    ]
    file.write_text(json.dumps({"acts": acts}))
    assert run(record, "enter", str(file), "--by", "fay").output == "Written: 2 entries.\n"
    assert record.chain().utterances[1].words == SNOOKER


def test_acts_of_which_one_is_refused_are_not_written_at_all(record: Record, tmp_path: Path) -> None:
    file = tmp_path / "acts.json"
    file.write_text(json.dumps([{"act": "enrol", "pseudonym": "Heron", "role": "resident"}, {"act": "zzz"}]))
    told = run(record, "enter", str(file))
    assert (told.exit_code, told.stderr) == (1, "There is no act called 'zzz'.\n")
    assert record.chain().participants == {}


@pytest.mark.parametrize("text", ["{", '["x"]', '{"acts": 3}'])
def test_a_file_that_is_no_list_of_acts_is_refused(record: Record, tmp_path: Path, text: str) -> None:
    (tmp_path / "acts.json").write_text(text)
    assert run(record, "enter", str(tmp_path / "acts.json")).exit_code == 1


def test_cards_that_came_back_on_paper_with_a_photo(record: Record, tmp_path: Path) -> None:
    record.enrols("Teal", "resident")
    record.does("plan", title="x", purpose="y", participation="consult", facilitator="fay", method="z",
                held_at=record.now)  # fmt: skip
    (tmp_path / "chart.jpg").write_bytes(b"jpeg")
    rows = f"{HEADER}\n1,Ask with a lamp.,yes,{SILENCE},being asked,startled,chart.jpg\n1,She laughed.,no,,,,\n"
    told = run(record, "enter", sheet(tmp_path, rows), "--session", "1")
    assert told.output == "Written: 4 entries.\n"
    chain = record.chain()
    assert [(one.words, one.verbatim, one.workshop_id) for one in chain.utterances.values()] == [
        ("Ask with a lamp.", True, 1),
        ("She laughed.", False, 1),
    ]
    assert [(one.step, one.emotion) for one in chain.touchpoints] == [("being asked", "startled")]
    assert chain.links == {1: (("setting", SILENCE, 0),)}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("participant,words,weight\n1,x,2\n", "a column of weights is refused"),
        ("participant\n1\n", "there is no column 'words'"),
        ("participant,words,mood\n1,x,y\n", "nobody knows what the column 'mood' means"),
        ("participant,words\nTeal,x\n", "row 2: 'Teal' is not the number"),
        ("participant,words,photo\n1,x,no.jpg\n", "row 2: the photo no.jpg cannot be read"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_where_and_why(record: Record, tmp_path: Path, rows: str, reason: str) -> None:
    told = run(record, "enter", sheet(tmp_path, rows))
    assert (told.exit_code, reason in told.stderr) == (1, True)


def test_somebody_withdraws_by_command(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.says("Heron", SNOOKER)
    assert run(record, "withdraw", "Heron").output.startswith("Heron has withdrawn.")
    assert record.chain().utterances[1].words == ""
    assert run(record, "withdraw", "Heron").stderr == "Heron has withdrawn already.\n"
    assert run(record, "withdraw", "Nobody").stderr == "Nobody is called 'Nobody'.\n"


def test_a_board_that_is_not_there_names_those_that_are(record: Record) -> None:
    told = run(record, "board", "feelings")
    assert told.exit_code == 1
    assert "There are: sessions, journey" in told.stderr


def test_a_board_with_nothing_on_it_says_so(record: Record) -> None:
    assert run(record, "board", "nudges").output == "nothing yet\n"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('"at": "yesterday", "act": "plan"', "`at` must be a moment such as 2026-11-24T09:00+00:00, not 'yesterday'"),
        ('"act": "plan", "title": "Tea", "held_at": "9999-12-31T23:59:59-12:00"', "held_at"),
    ],
)
def test_a_moment_that_is_none_or_out_of_reach_is_refused(
    record: Record, tmp_path: Path, entry: str, reason: str
) -> None:
    file = tmp_path / "acts.json"
    file.write_text(f"[{{{entry}}}]")
    refused = run(record, "enter", str(file))
    assert refused.exit_code != 0
    assert reason in refused.output
