"""What we said and what came of it, for everybody; the workbench, for the facilitator; both on a real record."""

from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from carer_portal import co_design_pages_wording as words
from co_design.example import ends, fill
from co_design.requests import HANDLERS
from hub.intents import carry_out
from hub.store.schema import intent
from tests.carer_portal.drawn import drawn, said
from tests.carer_portal.home import MadeHome
from tests.co_design.record import SILENCE, SNOOKER, Record


@pytest.fixture
def record(home: MadeHome) -> Record:
    """A decided, changed, measured and told record."""
    home.set_up()
    made = Record(home=home)
    decision, change = made.a_change()
    made.passes(28)
    made.does("measure", change=change, measures=["questions_asked"])
    made.does("reply", decision=decision, participant=1, told="You said [u1] We wait longer now.")
    return made


def asked(home: MadeHome) -> list[tuple[str, object]]:
    with home.writing() as connection:
        return [(row.by, row.payload) for row in connection.execute(select(intent)).all()]


def press(page: AppTest, label: str) -> AppTest:
    [button] = [one for one in page.button if one.label == label]
    return button.click().run()


def send(page: AppTest) -> list[Any]:
    """The buttons that send a form, from the top."""
    return [one for one in page.button if one.label == words.SEND]


def test_everybody_reads_what_came_of_what_was_said(record: Record) -> None:
    page = said(drawn(record.home, "said"))
    in_order = [
        "How long?",
        f"Heron: {SNOOKER}",
        "We decided: 300 minutes",
        "the resident decides",
        words.NOBODY_OTHERWISE,
        f"We did: {SILENCE} has been 300.0 since",
        words.EFFECTS["no_difference"],
        "was told: You said",
    ]
    places = [page.index(line) for line in in_order]
    assert places == sorted(places)
    assert "changed something: Heron." in page


def test_nothing_decided_says_where_it_begins(home: MadeHome) -> None:
    home.set_up()
    assert words.NOTHING_YET[:40] in said(drawn(home, "said"))
    assert words.NOT_SPOKEN in said(drawn(home, "said"))


def test_who_was_told_answers_and_takes_their_words_back(record: Record) -> None:
    page = drawn(record.home, "said", "margaret")
    assert "You were told: You said “It kept asking me" in said(page)
    page.text_area(key="why-1").set_value("Good, thank you.")
    send(page)[0].click().run()
    page = drawn(record.home, "said", "margaret")
    press(page, words.TAKE_BACK)
    assert [payload for _, payload in asked(record.home)] == [
        {"act": "answer", "given": {"feedback": 1, "agrees": True, "words": "Good, thank you."}},
        {"act": "take_back", "given": {"utterance": 1}},
    ]
    with record.home.writing() as connection:
        assert not any(one.refused for one in carry_out(connection, HANDLERS, record.now))
    page = drawn(record.home, "said", "margaret")
    assert "snooker" not in said(page)
    assert words.TAKEN_BACK in said(page)
    press(page, words.WITHDRAW_SURE)
    assert asked(record.home)[-1][1] == {"act": "withdraw", "given": {}}


def test_only_the_facilitator_has_the_workbench(record: Record) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        drawn_or_raise(record, "priya")
    page = said(drawn(record.home, "co-design", "fay"))
    assert words.NO_ORPHANS in page


def drawn_or_raise(record: Record, person: str) -> None:
    page = drawn(record.home, "co-design", person)
    if page.exception:
        raise ValueError(page.exception[0].message)


def test_a_board_a_trace_and_a_misspelt_setting(record: Record) -> None:
    page = drawn(record.home, "co-design", "fay")
    page.selectbox(key="board").set_value("ideas").run()
    assert "<dd>in force</dd>" in said(page)
    page.selectbox(key="board").set_value("nudges").run()
    assert words.NOTHING_ON_IT in said(page)
    page.text_input(key="subject").set_value(SILENCE).run()
    assert "told Heron: You said" in said(page)
    page.text_input(key="subject").set_value("inactivity.longest_silense").run()
    assert f"Did you mean {SILENCE}" in said(page)


def test_a_session_is_held_at_the_table(record: Record) -> None:
    ballot = record.does("ballot", question="A lamp?", ideas=[1])
    options = [record.does("option", ballot=ballot, label=one, consequences="x") for one in ("yes", "no")]
    page = drawn(record.home, "co-design", "fay")
    page.text_area(key="words").set_value("Ask me with a lamp, please.")
    send(page)[0].click().run()
    page = drawn(record.home, "co-design", "fay")
    send(page)[1].click().run()
    page = drawn(record.home, "co-design", "fay")
    page.radio(key=f"stance-{options[1]}").set_value("object")
    page.text_area(key="because").set_value("It would keep me awake.")
    send(page)[2].click().run()
    page = drawn(record.home, "co-design", "fay")
    page.text_area(key="act").set_value(words.ACT_EXAMPLE)
    send(page)[3].click().run()
    with record.home.writing() as connection:
        assert [one.result for one in carry_out(connection, HANDLERS, record.now) if one.refused] == []
    chain = record.chain()
    assert "Ask me with a lamp, please." in {one.words for one in chain.utterances.values()}
    assert (1, 1, "fay") in chain.codings
    assert {(one.option_id, one.choice) for one in chain.votes if one.ballot_id == ballot} == {
        (options[0], "agree"),
        (options[1], "object"),
    }
    assert chain.themes[2].name == "Interrupted"


def test_what_is_no_act_is_said(home: MadeHome) -> None:
    home.set_up()
    page = drawn(home, "co-design", "fay")
    page.text_area(key="act").set_value("hello")
    send(page)[-1].click().run()
    assert "This is not one act as JSON" in said(page)
    assert asked(home) == []


def test_the_options_are_tried_on_the_home_s_own_past(record: Record) -> None:
    record.a_ballot(1)
    page = drawn(record.home, "co-design", "fay")
    press(page, words.ON_OUR_PAST)
    assert "240 minutes" in said(page)
    assert words.PAST in said(page)


def test_dissent_a_change_that_was_taken_back_and_one_that_never_came_are_told(home: MadeHome) -> None:
    with home.writing() as connection:
        fill(connection)
    home.now = ends()
    page = said(drawn(home, "said", "walter"))
    for line in (
        "Finch: “Five hours on the floor is a long time to wait for me.”",
        "it is again as before, because It made no difference",
        words.EFFECTS["better"],
        "Nothing was changed: The hub cannot drive a lamp yet.",
        words.TAKEN_BACK,
        "does not agree",
    ):
        assert line in page
    assert "bathroom tiles" not in page


def test_somebody_says_something_about_the_system(home: MadeHome) -> None:
    home.set_up()
    page = drawn(home, "said", "margaret")
    page.text_area(key="said").set_value("It could blink.")
    send(page)[0].click().run()
    with home.writing() as connection:
        [outcome] = carry_out(connection, HANDLERS, home.now)
    assert not outcome.refused
    assert Record(home=home).chain().utterances[1].words == "It could blink."
