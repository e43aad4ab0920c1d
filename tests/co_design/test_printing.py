"""What is printed holds what it must, in large print, and nothing that was not given for whoever reads it."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select
from typer.testing import CliRunner

from co_design.boards import desk
from co_design.cli import app
from co_design.model import ConsentScope
from co_design.printing.blocks import Block, Shape, title
from co_design.printing.kit import kit
from co_design.printing.pdf import pdf
from co_design.printing.report import letter, report
from co_design.schema_deciding import issued
from tests.co_design.conftest import Played
from tests.co_design.record import Record


def texts(blocks: list[Block]) -> str:
    return "\n".join(one.text for one in blocks)


def printed(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


def test_the_kit_has_the_agenda_consent_by_purpose_cards_and_voting_sheets(played: Played) -> None:
    at = desk(played.connection, played.now)
    told = texts(kit(at.view, at.chain.workshops[3]))
    for words in ("Does anybody object, and why?", "in my own home", "anybody can read", "It made me feel:",
                  "How long may it be still by day", "I object, because:", "Every voice counts once"):  # fmt: skip
        assert words in told
    dots = texts(kit(at.view, at.chain.workshops[2]))
    assert "How many of my 3 dots:" in dots


def test_the_kit_prints_the_forms_that_people_decided_on(played: Played) -> None:
    at = desk(played.connection, played.now)
    form = "# Ours\nYou may stop.\n\n[ ] Use my words here.\n___"
    blocks = kit(at.view, at.chain.workshops[1], {"consent-form": form, "card": "What was it?"})
    assert "in my own home" not in texts(blocks)
    assert [(one.shape, one.text) for one in blocks if one.text in ("Ours", "You may stop.", "Use my words here.")] == [
        (Shape.TITLE, "Ours"),
        (Shape.TEXT, "You may stop."),
        (Shape.TICK, "Use my words here."),
    ]
    assert Shape.LINE in {one.shape for one in blocks}
    assert "What was it?" in texts(blocks)


def test_the_report_leaves_out_what_is_kept_at_home_and_counts_no_small_group(played: Played) -> None:
    at = desk(played.connection, played.now, ConsentScope.PROJECT)
    told = texts(report(at.view, at.chain.workshops[1], {"resident": 6, "clinician": 1, "family": 5}))
    assert "Heron (resident): “It kept asking me while I was watching the snooker.”" in told
    assert "(these words do not leave the home)" in told
    assert "(taken back by the person who said it)" in told
    assert "clinician: fewer than 5" in told
    decided = texts(report(at.view, at.chain.workshops[3], {}))
    assert "Decided: Wait five hours." in decided
    assert "resident agree 5" in decided
    assert "clinician stand aside fewer than 5" in decided
    assert "Thought otherwise, Finch" in decided
    assert "Nothing changed, because The hub cannot drive a lamp yet." in decided


def test_a_letter_says_what_was_said_done_and_asks(played: Played) -> None:
    at = desk(played.connection, played.now)
    told = texts(letter(at.view, at.chain.feedback[played.named["r_heron"]]))
    assert "For Heron" in told
    assert "You said: “It kept asking me" in told
    assert "Do you agree?" in told


def test_the_pdf_is_in_large_print_says_its_title_and_its_language() -> None:
    content = pdf([title("Your words <are> yours"), *(Block(shape=one, text="a\nb") for one in Shape)])
    reader = PdfReader(io.BytesIO(content))
    assert "Your words <are> yours" in printed(content)
    assert reader.metadata is not None
    assert reader.metadata.title == "Your words <are> yours"
    assert str(reader.root_object["/Lang"]) == "en-GB"
    sizes: list[float] = []
    reader.pages[0].extract_text(visitor_text=lambda _text, _cm, _tm, _font, size: sizes.append(size))
    assert min(size for size in sizes if size) >= 12
    assert content == pdf([title("Your words <are> yours"), *(Block(shape=one, text="a\nb") for one in Shape)])


@pytest.mark.parametrize("arguments", [["kit", "1"], ["report", "1", "--for", "the council"], ["letter", "1"]])
def test_by_command_and_written_down_with_whose_words_are_in_it(
    record: Record, tmp_path: Path, arguments: list[str]
) -> None:
    decision, _ = record.a_change()
    record.does("plan", title="x", purpose="As in [u1].", participation="consult", facilitator="fay", method="z",
                held_at=record.now, access="a ramp")  # fmt: skip
    record.does("reply", decision=decision, participant=1, told="You said [u1].")
    to = tmp_path / "out.pdf"
    told = CliRunner().invoke(app, [*arguments, "--to", str(to), "--db", str(record.home.path)])
    assert (told.exit_code, told.output) == (0, f"Written to {to}.\n")
    assert "watching the snooker" in printed(to.read_bytes())
    with record.home.writing() as connection:
        assert connection.execute(select(issued.c.utterances)).scalars().all() == [[1]]


def test_what_is_not_there_is_not_printed(record: Record, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["kit", "9", "--to", str(tmp_path / "x.pdf"), "--db", str(record.home.path)])
    assert (told.exit_code, told.stderr) == (1, "There is nothing with the number 9.\n")


def test_a_file_that_cannot_be_written_says_why(record: Record, tmp_path: Path) -> None:
    record.a_change()
    record.does("plan", title="x", purpose="y", participation="consult", facilitator="fay", method="z",
                held_at=record.now)  # fmt: skip
    to = tmp_path / "no" / "x.pdf"
    told = CliRunner().invoke(app, ["kit", "1", "--to", str(to), "--db", str(record.home.path)])
    assert (told.exit_code, "cannot be written: No such file" in told.stderr) == (1, True)
