"""A label becomes an utterance: once, in the speaker's own words, linked to what it is about."""

import pytest
from sqlalchemy import select, update

from analytics.model import FindingKind
from co_design import schema
from co_design.model import ConsentScope, LinkKind, Medium
from co_design.record import record_label
from hub.intents import RefusedError, Verdict
from hub.store.schema import to_us
from tests.carer_portal.home import MadeHome

SILENCE, DAY_TO = "inactivity.longest_silence_min", "inactivity.day_to"


def record(home: MadeHome, label_id: int) -> int | None:
    with home.writing() as connection:
        return record_label(connection, label_id, home.now)


def test_a_label_is_an_utterance_linked_to_its_alarm_and_to_each_setting_and_version(home: MadeHome) -> None:
    alarm = home.closed(FindingKind.INACTIVITY, ago=60)
    home.finding(alarm, {SILENCE: {"value": 240.0, "version": 2}, DAY_TO: {"value": "22:00", "version": 0}})
    home.finding(alarm, {SILENCE: {"value": 300.0, "version": 3}}, episode="later")
    number = record(home, home.labelled(alarm, "priya", Verdict.WRONG, "She was watching the snooker."))
    with home.writing() as connection:
        said = connection.execute(select(schema.utterance)).one()
        links = connection.execute(select(schema.utterance_link)).all()
    assert (said.id, said.words, said.verbatim) == (number, "She was watching the snooker.", True)
    assert (said.medium, said.consent_scope, said.language) == (Medium.PORTAL, ConsentScope.HOME, "en")
    assert said.at == to_us(home.ago(1))
    assert {tuple(link) for link in links} == {
        (number, LinkKind.ALARM, str(alarm), 0),
        (number, LinkKind.SETTING, SILENCE, 2),
        (number, LinkKind.SETTING, SILENCE, 3),
        (number, LinkKind.SETTING, DAY_TO, 0),
    }


def test_the_speaker_is_kept_under_a_pseudonym_with_their_role(home: MadeHome) -> None:
    alarm = home.closed(FindingKind.INACTIVITY, ago=60)
    for person in ("priya", "tom", "margaret", "priya"):
        record(home, home.labelled(alarm, person, Verdict.WRONG, "no"))
    with home.writing() as connection:
        people = connection.execute(select(schema.participant)).all()
        speakers = connection.execute(select(schema.utterance).order_by(schema.utterance.c.id)).all()
    assert [(one.person, one.pseudonym, one.role) for one in people] == [
        ("priya", "Family carer 1", "family"),
        ("tom", "Family carer 2", "family"),
        ("margaret", "Resident 1", "resident"),
    ]
    assert all((one.consent_scope, one.consented_at) == ("home", to_us(home.now)) for one in people)
    assert [one.participant_id for one in speakers] == [1, 2, 3, 1]


def test_the_same_label_is_recorded_once(home: MadeHome) -> None:
    label = home.labelled(home.closed(FindingKind.FALL, ago=60), "priya", Verdict.RIGHT, "Thank you")
    assert record(home, label) == record(home, label)
    with home.writing() as connection:
        assert len(connection.execute(select(schema.utterance)).all()) == 1


@pytest.mark.parametrize(
    ("verdict", "words"),
    [(Verdict.RIGHT, "This was right."), (Verdict.WRONG, "This was wrong."), (Verdict.NOT_NOW, "Not now.")],
)
def test_a_label_without_words_is_noted_and_is_not_passed_off_as_a_quotation(
    home: MadeHome, verdict: Verdict, words: str
) -> None:
    record(home, home.labelled(home.closed(FindingKind.FALL, ago=60), "priya", verdict, ""))
    with home.writing() as connection:
        said = connection.execute(select(schema.utterance)).one()
    assert (said.words, said.verbatim) == (words, False)


def test_nothing_more_is_kept_of_somebody_who_has_withdrawn(home: MadeHome) -> None:
    alarm = home.closed(FindingKind.FALL, ago=60)
    record(home, home.labelled(alarm, "priya", Verdict.WRONG, "first"))
    with home.writing() as connection:
        connection.execute(update(schema.participant).values(withdrawn_at=to_us(home.now)))
    assert record(home, home.labelled(alarm, "priya", Verdict.WRONG, "second")) is None
    with home.writing() as connection:
        assert connection.execute(select(schema.utterance.c.words)).scalars().all() == ["first"]


def test_a_label_that_is_not_there_is_refused(home: MadeHome) -> None:
    with pytest.raises(RefusedError, match="there is no label 12"):
        record(home, 12)


def test_somebody_who_does_not_belong_to_the_household_is_refused(home: MadeHome) -> None:
    label = home.labelled(home.closed(FindingKind.FALL, ago=60), "mallory", Verdict.WRONG, "x")
    with pytest.raises(RefusedError, match="you do not belong to this household"):
        record(home, label)
