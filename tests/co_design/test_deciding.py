"""Who decides what, how dissent is kept, and how a decision becomes a setting and is taken back."""

from pathlib import Path

import pytest

from co_design.acts.perform import perform
from co_design.model import EffectKind
from hub.household import apply, export
from hub.intents import RefusedError
from hub.model import Provenance
from hub.store import settings
from tests.carer_portal.home import make_home
from tests.co_design.record import SILENCE, SNOOKER, Record

PULSE = "abnormal_pulse.low_bpm"


@pytest.fixture
def asked(record: Record) -> tuple[Record, int, list[int]]:
    """A question about this home's setting, and people who may speak to it."""
    record.enrols("Heron", "resident", person="margaret")
    record.enrols("Wren", "resident")
    record.enrols("Finch", "family")
    idea = record.an_idea(record.says("Heron", SNOOKER))
    ballot, options = record.a_ballot(idea)
    return record, ballot, options


def decides(record: Record, option: int, **more: object) -> int:
    return record.does("decide", option=option, reasons="It was asked for.", participation="consult", **more)


def test_nothing_is_decided_over_the_resident_s_head(asked: tuple[Record, int, list[int]]) -> None:
    record, ballot, options = asked
    record.agree(ballot, options, "Wren", "Finch")
    with pytest.raises(RefusedError, match="nobody with the role resident who may decide this has spoken"):
        decides(record, options[1])
    choices = {options[1]: "object"}
    record.does("vote", ballot=ballot, participant=record.people["Heron"], choices=choices)
    with pytest.raises(RefusedError, match="objects; the resident decides what holds in their own home"):
        decides(record, options[1])


def test_a_clinical_limit_takes_a_clinician_too(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    record.enrols("Owl", "clinician")
    idea = record.an_idea(record.says("Heron", SNOOKER))
    ballot = record.does("ballot", question="At what pulse?", ideas=[idea], setting=PULSE)
    options = [record.does("option", ballot=ballot, label=f"{n}", consequences="x", value=n) for n in (40, 45)]
    record.agree(ballot, options, "Heron")
    with pytest.raises(RefusedError, match=r"role clinician .* together with a clinician"):
        decides(record, options[1])
    record.agree(ballot, options, "Owl")
    assert decides(record, options[1]) == 1


def test_a_ranking_changes_no_setting(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    idea = record.an_idea(record.says("Heron", SNOOKER))
    ballot = record.does("ballot", question="Which?", ideas=[idea], setting=SILENCE, method="ranking")
    options = [record.does("option", ballot=ballot, label=f"{n}", consequences="x", value=n) for n in (240, 300)]
    record.does("vote", ballot=ballot, participant=1, choices={options[0]: "2", options[1]: "1"})
    with pytest.raises(RefusedError, match="changed by consent, not by counting"):
        decides(record, options[1])


def test_every_objection_with_a_reason_stays_beside_the_decision(asked: tuple[Record, int, list[int]]) -> None:
    record, ballot, options = asked
    record.agree(ballot, options, "Heron")
    choices = {options[0]: "agree", options[1]: "object"}
    finch = record.people["Finch"]
    record.does("vote", ballot=ballot, participant=finch, choices=choices, because="Too long to wait on the floor.")
    decision = decides(record, options[1])
    chain = record.chain()
    assert [(number, chain.utterances[said].words) for number, said in chain.dissents] == [
        (decision, "Too long to wait on the floor.")
    ]
    assert chain.decisions[decision].tallies == {
        str(options[0]): {"family": {"agree": 1}, "resident": {"agree": 1}},
        str(options[1]): {"family": {"object": 1}, "resident": {"agree": 1}},
    }
    with pytest.raises(RefusedError, match="was decided; put a new one"):
        record.agree(ballot, options, "Wren")


def test_a_choice_of_one_is_no_choice(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    ballot, options = record.a_ballot(record.an_idea(record.says("Heron", SNOOKER)), values=(300.0,))
    record.agree(ballot, options, "Heron")
    with pytest.raises(RefusedError, match="a choice of one"):
        decides(record, options[0])


def test_a_decision_that_changes_nothing_says_what_happens_instead(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    ballot = record.does("ballot", question="A lamp?", ideas=[record.an_idea(record.says("Heron", SNOOKER))])
    options = [record.does("option", ballot=ballot, label=n, consequences="x") for n in ("yes", "no")]
    record.agree(ballot, options, "Heron")
    with pytest.raises(RefusedError, match="say in `no_change_because`"):
        decides(record, options[0])
    decision = decides(record, options[0], no_change_because="There is no lamp yet.")
    with pytest.raises(RefusedError, match="changes no setting"):
        record.does("change", decision=decision)


def test_a_change_is_a_version_of_the_setting_that_says_where_it_comes_from(record: Record) -> None:
    decision, change = record.a_change()
    with record.home.writing() as connection:
        [laid] = settings.history(connection, SILENCE)
    assert (laid.version, laid.value, laid.provenance) == (1, 300.0, Provenance.DECISION)
    assert (laid.reference, laid.review_at is not None) == (f"decision:{decision}", True)
    assert [(one.change_id, one.home) for one in record.chain().exposures] == [(change, "hh-7")]
    with pytest.raises(RefusedError, match="in force already"):
        record.does("change", decision=decision)


def test_a_change_that_is_taken_back_gives_the_setting_its_value_before(record: Record) -> None:
    _, change = record.a_change()
    record.does("revert", change=change, because="It did not help.")
    made = record.chain().changes[change]
    assert record.chain().settings[SILENCE, made.reverted_version or 0].value == 240.0
    assert [one.until for one in record.chain().exposures] == [record.now]
    assert record.orphans() == []
    for name, more in (("revert", {"because": "x"}), ("stage", {"home": "hh-8"})):
        with pytest.raises(RefusedError, match="was taken back"):
            record.does(name, change=change, **more)


def test_a_setting_that_was_changed_again_since_is_not_given_back(record: Record) -> None:
    _, change = record.a_change()
    choice = settings.Choice(key=SILENCE, value=200.0, provenance=Provenance.RESIDENT, by="margaret", because="x")
    with record.home.writing() as connection:
        settings.add(connection, choice, record.now)
    with pytest.raises(RefusedError, match="changed again since, to version 2"):
        record.does("revert", change=change, because="x")


def test_another_home_gets_it_only_after_it_was_measured_and_did_no_harm(record: Record) -> None:
    _, change = record.a_change()
    with pytest.raises(RefusedError, match="was not measured yet, so no other home"):
        record.does("stage", change=change, home="hh-8")
    record.passes(3)
    with pytest.raises(RefusedError, match="too early to tell"):
        record.does("measure", change=change)
    for days_ago in range(9):
        record.asks(days_ago / 10)
    record.passes(25)
    record.does("measure", change=change, measures=["questions_asked"])
    assert record.chain().changes[change].effect is EffectKind.WORSE
    with pytest.raises(RefusedError, match="made something worse"):
        record.does("stage", change=change, home="hh-8")


def test_no_difference_is_kept_like_any_result_and_lets_another_home_try(record: Record) -> None:
    _, change = record.a_change()
    record.passes(28)
    record.does("measure", change=change, measures=["questions_asked", "response_min", "days_in_use"])
    effects = record.chain().effects
    assert [(one.measure, one.kind, one.ratio) for one in effects] == [
        ("questions_asked", EffectKind.NO_DIFFERENCE, None),
        ("response_min", EffectKind.NOT_YET, None),
        ("days_in_use", EffectKind.NO_DIFFERENCE, None),
    ]
    record.does("stage", change=change, home="hh-8")
    assert [one.home for one in record.chain().exposures] == ["hh-7", "hh-8"]


def test_an_answer_is_kept_once_and_in_their_words(record: Record) -> None:
    decision, _ = record.a_change()
    told = record.does("reply", decision=decision, participant=1, told="You said [u1], and we did.")
    record.does("answer", feedback=told, agrees=False, words="Not enough, I am afraid to say.")
    reply = record.chain().feedback[told]
    assert (reply.agrees, record.chain().utterances[reply.utterance_id or 0].words) == (
        False,
        "Not enough, I am afraid to say.",
    )
    with pytest.raises(RefusedError, match="answered already"):
        record.does("answer", feedback=told, agrees=True)


def test_who_is_not_of_the_household_writes_it_down_in_the_resident_s_name(record: Record) -> None:
    _, change = record.a_change()
    with record.home.writing() as connection:
        assert settings.current(connection)[SILENCE].by == "fay"
        perform(connection, "revert", {"change": change, "because": "x"}, "root", record.now)
        assert settings.current(connection)[SILENCE].by == "margaret"
        assert not apply(connection, export(connection), record.now, "root").changes


def test_without_a_household_there_is_nothing_to_change(tmp_path: Path) -> None:
    made = Record(home=make_home(tmp_path / "empty.sqlite3"))
    with pytest.raises(RefusedError, match="there is no home to change"):
        made.a_change()
    made.home.engine.dispose()
