"""What pages ask of the record: the facilitator anything, everybody else about their own words."""

from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from alongside.alarms import app
from analytics.model import FindingKind
from carer_portal import hub_requests
from carer_portal.hub_requests import PageKind
from carer_portal.schema import MIGRATIONS as PORTAL
from carer_portal.schema import case, moment
from co_design.record import label_words, record_label
from co_design.requests import HANDLERS, KIND, THANKS, own_number
from co_design.schema import MIGRATIONS
from co_design.words import TAKEN_BACK
from hub.intents import Verdict, carry_out, request
from hub.store.schema import intent, label
from hub.store.upgrade import upgrade
from tests.co_design.record import SNOOKER, Record

EVERYTHING = {**HANDLERS, **hub_requests.HANDLERS}


@pytest.fixture
def asked(record: Record) -> Record:
    upgrade(record.home.path, (MIGRATIONS, PORTAL), 5.0)
    return record


def asks(record: Record, by: str, kind: str, payload: dict[str, Any]) -> str:
    with record.home.writing() as connection:
        request(connection, kind, payload, by, record.now)
        [outcome] = carry_out(connection, EVERYTHING, record.now)
    return outcome.result


def does(record: Record, by: str, act: str, **given: Any) -> str:
    return asks(record, by, KIND, {"act": act, "given": given})


def test_the_facilitator_may_do_anything(asked: Record) -> None:
    assert does(asked, "fay", "enrol", pseudonym="Heron", role="resident") == THANKS
    assert does(asked, "fay", "utter", participant=1, words=SNOOKER) == THANKS
    assert asked.chain().utterances[1].words == SNOOKER
    assert does(asked, "fay", "zzz").startswith("refused: there is no act")


def test_everybody_else_speaks_for_themselves_only(asked: Record) -> None:
    assert does(asked, "margaret", "utter", participant=99, words=SNOOKER) == THANKS
    [person] = asked.chain().participants.values()
    assert (person.person, person.role) == ("margaret", "resident")
    assert does(asked, "priya", "take_back", utterance=1) == "refused: this is not yours."
    assert does(asked, "priya", "theme", name="x", meaning="y") == "refused: this is for the facilitator to write."
    assert does(asked, "mallory", "utter", words="x") == "refused: you do not belong to this household."
    assert does(asked, "margaret", "take_back", utterance=1) == THANKS
    assert does(asked, "margaret", "withdraw") == THANKS
    assert does(asked, "margaret", "utter", words="x") == "refused: you have withdrawn; nothing more is kept of you."


def test_who_was_told_answers_in_their_own_name(asked: Record) -> None:
    decision, _ = asked.a_change()
    told = asked.does("reply", decision=decision, participant=1, told="It is done.")
    assert does(asked, "priya", "answer", feedback=told, agrees=True) == "refused: this is not yours."
    assert does(asked, "margaret", "answer", feedback=told, agrees=True, words="Good, thank you for that.") == THANKS
    assert asked.chain().feedback[told].agrees is True
    with asked.home.writing() as connection:
        assert own_number(connection, "margaret") == 1
        assert own_number(connection, "tom") is None


def test_a_moment_to_be_remembered_and_what_is_called_wrong_are_utterances(asked: Record) -> None:
    alarm = asked.home.closed(FindingKind.INACTIVITY, ago=60)
    asks(asked, "margaret", PageKind.MOMENT, {"words": "It spoke in the middle of the match."})
    asks(asked, "priya", PageKind.CONTEST, {"words": "She was only at the window.", "alarm_id": alarm})
    chain = asked.chain()
    assert [(one.words, one.source) for one in chain.utterances.values()] == [
        ("It spoke in the middle of the match.", "moment:1"),
        ("She was only at the window.", "case:1"),
    ]
    assert chain.links == {2: (("alarm", str(alarm), 0),)}


def test_what_is_taken_back_is_gone_from_the_pages_and_from_what_was_asked(asked: Record) -> None:
    asks(asked, "margaret", PageKind.MOMENT, {"words": "It spoke in the middle of the match."})
    asks(asked, "margaret", PageKind.CONTEST, {"words": "I was only at the window."})
    assert does(asked, "margaret", "withdraw") == THANKS
    with asked.home.writing() as connection:
        assert connection.execute(select(moment.c.words)).scalars().all() == [TAKEN_BACK]
        assert connection.execute(select(case.c.words)).scalars().all() == [TAKEN_BACK]
        assert "match" not in str(connection.execute(select(intent)).all())
    asks(asked, "margaret", PageKind.MOMENT, {"words": "Not this either, please."})
    assert len(asked.chain().utterances) == 2


def test_a_label_that_was_taken_back_is_no_longer_shown_on_the_pages(asked: Record) -> None:
    home = asked.home
    alarm = home.closed(FindingKind.INACTIVITY, ago=60)
    numbers = [home.labelled(alarm, "priya", Verdict.WRONG, words) for words in ("She was at bingo.", "")]
    with home.writing() as connection:
        for number in numbers:
            record_label(connection, number, home.now)
        rows = connection.execute(select(label).order_by(label.c.id)).all()
        assert label_words(connection, [(row.id, row.because) for row in rows]) == ["She was at bingo.", ""]
    assert does(asked, "priya", "withdraw") == THANKS
    with home.writing() as connection:
        assert label_words(connection, [(row.id, row.because) for row in rows]) == [TAKEN_BACK, ""]
    shown = CliRunner().invoke(app, ["show", str(alarm), "--json", "--db", str(home.path)])
    assert shown.exit_code == 0
    assert TAKEN_BACK in shown.output
    assert "bingo" not in shown.output
