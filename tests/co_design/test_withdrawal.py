"""Words that are taken back are gone wherever they were, and what rested on them says so."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from co_design.model_deciding import Mark
from co_design.registers.bodies import Register
from co_design.registers.entries import current, every_version
from co_design.schema_deciding import issued
from co_design.trace import trace
from co_design.words import TAKEN_BACK
from hub.intents import RefusedError
from hub.store.schema import to_us
from tests.co_design.record import SILENCE, SNOOKER, Record


def bytes_of(path: Path) -> bytes:
    """The database and its log, as a thief would read them."""
    return path.read_bytes() + Path(f"{path}-wal").read_bytes() if Path(f"{path}-wal").exists() else path.read_bytes()


def test_the_words_are_gone_and_the_chain_stays_whole(record: Record) -> None:
    decision, change = record.a_change()
    record.does("reply", decision=decision, participant=1, told="You said: [u1] We did.")
    record.does("withdraw", participant=1)
    with record.home.writing() as connection:
        found = trace(connection, SILENCE, record.now)
    assert [one.words for one in found.utterances] == [TAKEN_BACK]
    assert found.decisions[0].replies[0].told == f"You said: {TAKEN_BACK} We did."
    assert found.decisions[0].reasons == f"Asked for in {TAKEN_BACK}."
    assert record.orphans() == []
    assert "snooker" not in str(record.chain())
    assert {(one.kind, one.subject_id) for one in record.chain().marks} == {
        (Mark.THEME, 1), (Mark.NEED, 1), (Mark.IDEA, 1), (Mark.DECISION, decision), (Mark.CHANGE, change),
    }  # fmt: skip


def test_the_words_are_not_left_in_the_file_either(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.says("Heron", SNOOKER)
    assert b"watching the snooker" in bytes_of(record.home.path)
    record.does("take_back", utterance=1)
    record.home.engine.dispose()
    assert b"watching the snooker" not in bytes_of(record.home.path)


def test_one_thing_can_be_taken_back_and_the_rest_stays(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.says("Heron", SNOOKER)
    record.says("Heron", "The kettle is fine.")
    record.does("take_back", utterance=1)
    assert [one.words for one in record.chain().utterances.values()] == ["", "The kettle is fine."]
    with pytest.raises(RefusedError, match="taken back already"):
        record.does("take_back", utterance=1)
    with pytest.raises(RefusedError, match="cannot be written again"):
        record.does("correct", utterance=1, words="It kept asking")


def test_a_text_that_held_the_words_before_they_were_said_loses_them(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.does("theme", name="Sport", meaning="It asks while somebody is watching the snooker in peace.")
    body = {"roles": {"resident": 3}, "access_needs": {"somebody is watching the snooker in peace": 2}}
    record.does("write", kind="served", body=body)
    record.does("plan", title="x", purpose="Somebody is watching the snooker in peace", participation="consult",
                facilitator="fay", method="x", held_at=record.now)  # fmt: skip
    record.says("Heron", "Somebody is watching the snooker in peace, and then it talks.")
    record.does("take_back", utterance=1)
    assert record.chain().themes[1].meaning == TAKEN_BACK
    assert record.chain().workshops[1].purpose == TAKEN_BACK
    with record.home.writing() as connection:
        assert current(connection, Register.SERVED)[0].body.access_needs == {TAKEN_BACK: 2}


def test_what_went_out_with_the_words_is_recalled(record: Record) -> None:
    record.enrols("Heron", "resident")
    record.says("Heron", SNOOKER)
    common = {"kind": "report", "to": "the council", "at": to_us(record.now)}
    with record.home.writing() as connection:
        for number, utterances in (("a", [1]), ("b", [])):
            connection.execute(insert(issued).values(sha256=number, utterances=utterances, **common))
    record.does("withdraw", participant=1)
    assert [one.recalled_at for one in record.chain().issued.values()] == [record.now, None]


def test_what_was_given_is_no_longer_used(record: Record) -> None:
    person = record.enrols("Plover", "resident")
    expires = record.home.ago(-10_000).isoformat()
    body = {"participant": person, "purpose": "research", "data": "waiting times", "expires_at": expires}
    record.does("write", kind="donation", key="p", body=body)
    record.does("withdraw", participant=person)
    with record.home.writing() as connection:
        assert [one.body.ended for one in current(connection, Register.DONATION)] == [True]
        assert len(every_version(connection, Register.DONATION)) == 2


def test_nothing_more_is_kept_of_somebody_who_has_withdrawn(record: Record) -> None:
    person = record.enrols("Heron", "resident", access_needs="large print")
    record.does("withdraw", participant=person)
    assert record.chain().participants[person].access_needs is None
    for name, given in (
        ("utter", {"words": "One thing more."}),
        ("consent", {"consent_scope": "public"}),
        ("withdraw", {}),
    ):
        with pytest.raises(RefusedError, match="has withdrawn"):
            record.does(name, participant=person, **given)
