"""Whose words may be shown to whom, and when."""

import pytest

from co_design.model import ConsentScope
from co_design.words import ENDED, KEPT_HERE, TAKEN_BACK, UNKNOWN, quoted, shown
from hub.intents import RefusedError
from tests.co_design.record import SNOOKER, Record

HOME, PROJECT, PUBLIC = ConsentScope.HOME, ConsentScope.PROJECT, ConsentScope.PUBLIC


@pytest.mark.parametrize(
    ("speaker", "said", "reader", "visible"),
    [
        (HOME, None, HOME, True),
        (HOME, None, PROJECT, False),
        (PUBLIC, None, PUBLIC, True),
        (PUBLIC, HOME, PROJECT, False),
        (PROJECT, PUBLIC, PUBLIC, False),
    ],
)
def test_words_travel_as_far_as_the_speaker_and_the_utterance_both_allow(
    record: Record, speaker: ConsentScope, said: ConsentScope | None, reader: ConsentScope, visible: bool
) -> None:
    record.enrols("Heron", "resident", consent_scope=speaker)
    number = record.says("Heron", SNOOKER, consent_scope=said)
    assert shown(record.chain(), number, record.reader(reader)) == (SNOOKER if visible else KEPT_HERE)


def test_words_are_not_shown_after_the_day_until_which_consent_was_given(record: Record) -> None:
    until = record.home.ago(-24 * 60)
    number = (record.enrols("Heron", "resident", consent_until=until), record.says("Heron", SNOOKER))[1]
    assert shown(record.chain(), number, record.reader()) == SNOOKER
    record.passes(2)
    assert shown(record.chain(), number, record.reader()) == ENDED


def test_a_narrower_consent_narrows_what_was_said_before(record: Record) -> None:
    person = record.enrols("Heron", "resident", consent_scope="public")
    number = record.says("Heron", SNOOKER)
    record.does("consent", participant=person, consent_scope="home")
    assert shown(record.chain(), number, record.reader(PROJECT)) == KEPT_HERE


def test_a_text_quotes_by_number(record: Record) -> None:
    record.enrols("Heron", "resident")
    number = record.says("Heron", SNOOKER)
    text = f"As was said, [u{number}]; and [u99]."
    assert quoted(record.chain(), text, record.reader()) == f"As was said, “{SNOOKER}”; and {UNKNOWN}."
    record.does("take_back", utterance=number)
    assert quoted(record.chain(), text, record.reader()) == f"As was said, {TAKEN_BACK}; and {UNKNOWN}."


def test_a_text_that_copies_the_words_is_refused_and_told_how_to_quote(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.says("Heron", SNOOKER)
    with pytest.raises(RefusedError, match=r"cite it as \[u1\]"):
        record.does("theme", name="Sport", meaning="Asked me while I was watching, he says")
    with pytest.raises(RefusedError, match="nothing was said under the number u7"):
        record.does("theme", name="Sport", meaning="See [u7].")
