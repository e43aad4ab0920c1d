"""Out and in: JSON, CSV, a codebook; nothing leaves that was not given for whoever reads it, and nothing twice."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from co_design.cli import app
from co_design.interchange.refi import CodebookError, CodeEntry, codes_in
from co_design.interchange.tables import COLUMNS, as_csv
from tests.carer_portal.home import make_home
from tests.co_design.record import SNOOKER, Record

ELSEWHERE = """<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" origin="another tool" xmlns="urn:QDA-XML:codebook:1.0">
  <Codes>
    <Code guid="1FF58B12-6F6F-4B0C-8BE5-BBDC91F55294" name="Afternoons" isCodable="false" color="#46AA00">
      <Code guid="1FF58B12-6F6F-4B0C-8BE5-BBDC91F55295" name="Interrupted" isCodable="true">
        <Description>Asked for nothing.</Description>
      </Code>
    </Code>
    <Code guid="1FF58B12-6F6F-4B0C-8BE5-BBDC91F55296" name="Lying unseen" isCodable="true"/>
  </Codes>
  <Sets/>
</CodeBook>"""


def run(record: Record, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(record.home.path)])


@pytest.fixture
def told(record: Record) -> Record:
    """Three people, of whom one keeps their words at home and one withdraws; two themes, of which one is merged."""
    record.does("plan", title="What it is like", purpose="Hear.", participation="consult", method="x",
                facilitator="fay", held_at=record.now)  # fmt: skip
    record.enrols("Heron", "resident", consent_scope="public")
    record.enrols("Teal", "resident", consent_scope="home")
    record.enrols("Dunlin", "resident", consent_scope="public")
    for who, words in (("Heron", SNOOKER), ("Teal", "Ask me with a lamp."), ("Dunlin", "She lay there all night.")):
        record.says(who, words, workshop=1)
    for name in ("Interrupted", "Disturbed"):
        record.does("theme", name=name, meaning="=1+1, as in [u1].")
    for utterance, theme in ((1, 1), (1, 2), (2, 1)):
        record.does("code", utterance=utterance, theme=theme, coder="fay")
    record.does("merge_themes", number=2, into=1)
    record.does("withdraw", participant=3)
    return record


def exported(record: Record, to: Path, *more: str) -> None:
    assert run(record, "export", "--to", str(to), *more).exit_code == 0


def test_only_words_that_were_given_for_it_leave_the_home(told: Record, tmp_path: Path) -> None:
    exported(told, tmp_path / "out.json", "--for", "the council")
    text = (tmp_path / "out.json").read_text()
    found = json.loads(text)
    assert [one["words"] for one in found["utterances"]] == [SNOOKER]
    assert [one["pseudonym"] for one in found["participants"]] == ["Heron"]
    assert found["codings"] == [{"utterance": 1, "theme": 1, "coder": "fay"}] * 2
    assert "lamp" not in text
    assert "all night" not in text
    assert "margaret" not in text
    [out] = told.chain().issued.values()
    assert (out.kind, out.to, out.utterances) == ("export", "the council", (1,))


def test_what_went_out_is_recalled_when_the_words_are_taken_back(told: Record, tmp_path: Path) -> None:
    exported(told, tmp_path / "out.json")
    told.does("take_back", utterance=1)
    assert [one.recalled_at for one in told.chain().issued.values()] == [told.now]
    exported(told, tmp_path / "later.json")
    assert json.loads((tmp_path / "later.json").read_text())["utterances"] == []


@pytest.mark.parametrize("name", ["out.json", "folder"])
def test_another_record_takes_it_in_once(told: Record, tmp_path: Path, name: str) -> None:
    exported(told, tmp_path / name)
    other = Record(home=make_home(tmp_path / "other.sqlite3"))
    other.home.set_up()
    other.enrols("Heron", "resident", consent_scope="project")
    assert run(other, "bring", str(tmp_path / name)).output == "Brought in: 3 records.\n"
    chain = other.chain()
    assert [(one.words, one.at, one.workshop_id) for one in chain.utterances.values()] == [(SNOOKER, told.now, 1)]
    assert [(one.title, one.held_at) for one in chain.workshops.values()] == [("What it is like", told.now)]
    assert chain.codings == ((1, 1, "fay"),)
    assert chain.themes[1].meaning == "=1+1, as in [u1]."
    assert run(other, "bring", str(tmp_path / name)).output == "Brought in: 0 records.\n"
    other.home.engine.dispose()


def test_somebody_who_has_withdrawn_is_not_brought_back(told: Record, tmp_path: Path) -> None:
    exported(told, tmp_path / "out.json")
    told.does("withdraw", participant=1)
    refused = run(told, "bring", str(tmp_path / "out.json"))
    assert (refused.exit_code, refused.stderr) == (1, "Heron has withdrawn; take their rows out first.\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "cannot be read"),
        ("[]", "does not say that it is alongside.co-design/1"),
        ('{"schema": "alongside.co-design/1", "themes": 3}', "hemes: a list of rows is needed"),
        ('{"schema": "alongside.co-design/1", "themes": [{"theme": 1}]}', "hemes, row 1: there is no 'name'"),
        ('{"schema": "alongside.co-design/1", "themes": [{"weight": 1}]}', "a column of weights is refused"),
    ],
)
def test_what_is_not_in_this_form_is_refused(record: Record, tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "in.json").write_text(content)
    refused = run(record, "bring", str(tmp_path / "in.json"))
    assert (refused.exit_code, reason in refused.stderr) == (1, True)


def test_a_spreadsheet_carries_nothing_out() -> None:
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in COLUMNS} | {
        "themes": [{"theme": 1, "name": "=HYPERLINK()", "meaning": "a"}]
    }
    assert as_csv(tables)["themes.csv"] == "theme,name,meaning\n1,'=HYPERLINK(),a\n"


def test_the_codebook_goes_out_and_comes_in(told: Record, tmp_path: Path) -> None:
    file = tmp_path / "themes.qdc"
    assert run(told, "codebook", "--to", str(file)).exit_code == 0
    assert codes_in(file.read_bytes()) == [CodeEntry(name="Interrupted", meaning=f"=1+1, as in “{SNOOKER}”.")]
    assert b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="Alongside">' in file.read_bytes()
    assert run(told, "codebook", "--from", str(file)).output == "New themes: 0.\n"


def test_a_codebook_from_another_tool(record: Record, tmp_path: Path) -> None:
    (tmp_path / "in.qdc").write_text(ELSEWHERE)
    assert run(record, "codebook", "--from", str(tmp_path / "in.qdc")).output == "New themes: 2.\n"
    assert [(one.name, one.meaning) for one in record.chain().themes.values()] == [
        ("Afternoons / Interrupted", "Asked for nothing."),
        ("Lying unseen", "(no description)"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<a/>", "not a REFI-QDA codebook"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "declares a document type"),
        (b"\xff\xfe", "cannot be read"),
        (b"<a", "cannot be read"),
        (b" " * (5 * 1024 * 1024), "larger than any codebook"),
        (ELSEWHERE.replace('name="Afternoons"', 'name=" "').encode(), "a code has no name"),
    ],
)
def test_a_codebook_that_cannot_be_read_says_why(record: Record, tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "in.qdc").write_bytes(content)
    refused = run(record, "codebook", "--from", str(tmp_path / "in.qdc"))
    assert (refused.exit_code, reason in refused.stderr) == (1, True)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_to_be_refused(content: bytes) -> None:
    with pytest.raises(CodebookError):
        codes_in(content)


def test_out_or_in_but_not_both(record: Record) -> None:
    assert run(record, "codebook").stderr == "Say either --to or --from.\n"
