"""What hangs in the air is found, and says what would tie it."""

from co_design import schema, schema_deciding
from co_design.model_deciding import Method
from hub.model import Provenance
from hub.store import settings
from hub.store.schema import to_us
from tests.co_design.record import SILENCE, SNOOKER, Record


def rules(record: Record) -> list[tuple[str, str]]:
    return [(one.rule, one.subject) for one in record.orphans()]


def test_a_setting_that_says_it_was_decided_when_nobody_decided(record: Record) -> None:
    choice = settings.Choice(key=SILENCE, value=200.0, provenance=Provenance.DECISION, by="x", because="x")
    with record.home.writing() as connection:
        settings.add(connection, choice, record.now)
    assert rules(record) == [("a changed setting with no decision", f"{SILENCE}, version 1")]


def test_a_decision_that_nobody_followed_up(record: Record) -> None:
    decision, _ = record.a_change()
    assert rules(record) == []
    record.passes(29)
    assert rules(record) == [("a decision with no follow-up", f"decision {decision}")]
    record.does("reply", decision=decision, participant=1, told="It is done.")
    assert rules(record) == []


def test_a_decision_that_changed_nothing_and_says_nothing(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    ballot, options = record.a_ballot(record.an_idea(record.says("Heron", SNOOKER)))
    record.agree(ballot, options, "Heron")
    decision = record.does("decide", option=options[1], reasons="x", participation="consult")
    record.passes(29)
    assert [one.because for one in record.orphans()] == [
        "nothing was changed, and nothing says why not",
        "nobody who spoke was told what came of it",
    ]
    assert rules(record)[0][1] == f"decision {decision}"


def test_a_change_that_nobody_looked_at(record: Record) -> None:
    decision, change = record.a_change()
    record.does("reply", decision=decision, participant=1, told="It is done.")
    record.passes(91)
    assert rules(record) == [("a change that nobody measured", f"change {change}")]
    record.does("measure", change=change)
    assert rules(record) == []


def test_a_need_without_an_answer_and_each_way_to_answer_it(record: Record) -> None:
    record.enrols("Heron", "resident")
    said = record.says("Heron", SNOOKER)
    record.an_idea(said)
    theme = record.does("theme", name="Second", meaning="x")
    record.does("code", utterance=said, theme=theme, coder="fay")
    second = record.does("need", statement="Quiet.", themes=[theme])
    record.passes(91)
    assert rules(record) == [("a need with no answer past its date", f"need {n}") for n in (1, second)]
    record.does("merge_needs", number=second, into=1)
    record.does("decline", need=1, answer="It cannot be told apart from a fall.")
    assert rules(record) == []


def test_what_rests_on_nothing_that_anybody_said(record: Record) -> None:
    now = to_us(record.now)
    record.home.put(schema.idea, statement="Ours.", at=now, medium="spoken")
    record.home.put(schema.need, statement="Ours.", at=now, by="fay", answer_by=now + 1)
    ballot = record.home.put(schema_deciding.ballot, question="x", method=Method.CONSENT, at=now)
    option = record.home.put(schema_deciding.option, ballot_id=ballot, label="x", consequences="x")
    common = {"ballot_id": ballot, "option_id": option, "tallies": {}, "reasons": "x", "right": "x", "at": now}
    more = {"participation": "inform", "follow_up_by": now + 1}
    decision = record.home.put(schema_deciding.decision, **common, **more)
    values = {"setting_key": SILENCE, "setting_version": 4, "effect": "not_yet"}
    record.home.put(schema_deciding.change, decision_id=decision, at=now, **values)
    assert rules(record) == [
        ("a change with no setting", "change 1"),
        ("a need from nowhere", "need 1"),
        ("an idea from nowhere", "idea 1"),
        ("a decision from nowhere", "decision 1"),
        ("a change from nowhere", "change 1"),
    ]
