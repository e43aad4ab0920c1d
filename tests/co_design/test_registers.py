"""The registers: what is written in them, and how things stand."""

import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from co_design.boards import BOARDS, desk
from co_design.cli import app
from co_design.registers.bodies import Register
from co_design.registers.entries import current, every_version
from co_design.registers.standing import Standing, promises, receipt, usable
from co_design.rows import as_json, lines
from hub.intents import RefusedError
from tests.co_design.conftest import Played
from tests.co_design.record import SILENCE, Record

LAMP = {"what": "Find a lamp.", "steward": "Crane", "every_days": 30}


def board(record: Record, name: str) -> list[Any]:
    with record.home.writing() as connection:
        return BOARDS[name](desk(connection, record.now))


def standing(record: Record) -> tuple[Standing, str, int]:
    with record.home.writing() as connection:
        [promise] = promises(every_version(connection, Register.COMMITMENT), record.now)
    return promise.standing, promise.steward, promise.readopted


def test_a_promise_is_kept_then_late_then_lapsed_and_taken_up_again(record: Record) -> None:
    record.does("write", kind="commitment", key="lamp", body=LAMP)
    assert standing(record) == (Standing.KEPT, "Crane", 0)
    record.passes(31)
    assert standing(record) == (Standing.LATE, "Crane", 0)
    assert [one["who"] for one in board(record, "due")] == ["Crane"]
    record.passes(30)
    assert standing(record) == (Standing.LAPSED, "Crane", 0)
    assert "find somebody who takes it up again" in board(record, "due")[0]["what"]
    record.does("write", kind="commitment", key="lamp", body=LAMP | {"steward": "Rook"})
    assert standing(record) == (Standing.KEPT, "Rook", 1)
    record.does("write", kind="commitment", key="lamp", body=LAMP | {"ended": "It hangs."})
    assert standing(record)[0] is Standing.ENDED


def test_harm_is_looked_for_after_3_12_and_36_months(record: Record) -> None:
    _, change = record.a_change()
    reviews = board(record, "harm-reviews")
    assert sorted(one["months"] for one in reviews) == [3, 12, 36]
    record.passes(370)
    asked = [one["what"] for one in board(record, "due") if "harm" in one["what"]]
    assert asked == [f"change {change}: what harm is seen after {months} months?" for months in (3, 12)]
    done = {"change": change, "months": 3, "due_at": record.now.isoformat(), "owner": "fay", "found": "None so far."}
    record.does("write", kind="harm_review", key=f"change-{change}-3-months", body=done)
    assert len([one for one in board(record, "due") if "harm" in one["what"]]) == 1


def test_too_much_for_somebody_calls_for_a_question_to_them(record: Record) -> None:
    person = record.enrols("Heron", "resident")
    session = record.does("plan", title="x", purpose="y", participation="consult", facilitator="fay", method="z",
                          held_at=record.now)  # fmt: skip
    record.does("attend", workshop=session, participant=person, minutes=300, needs_met=True)
    assert board(record, "due") == []
    record.does(
        "write", kind="burden", body={"participant": person, "what": "nights", "nights_woken": 4, "minutes": 301}
    )
    assert board(record, "burden") == [
        {"participant": "Heron", "minutes": 601, "nights_woken": 4, "pence": 0, "over": ("minutes", "nights_woken")}
    ]
    assert board(record, "due")[0]["what"] == "Heron: it may be too much (minutes, nights_woken)"
    record.passes(91)
    assert board(record, "due") == []


def test_what_is_given_for_one_purpose_is_used_for_no_other_and_not_after_its_day(record: Record) -> None:
    person = record.enrols("Plover", "resident")
    expires = (record.now + timedelta(days=10)).isoformat()
    body = {"participant": person, "purpose": "research", "data": "waiting times", "expires_at": expires}
    record.does("write", kind="donation", key="plover", body=body)
    with record.home.writing() as connection:
        [given] = current(connection, Register.DONATION)
    assert usable([given], "research", record.now) == [given]
    assert usable([given], "advertising", record.now) == []
    assert usable([given], "research", record.now + timedelta(days=11)) == []
    assert receipt(given, "Plover").startswith("Receipt plover, version 1. Plover gives: waiting times. For: research.")


def test_rights_and_methods_are_changed_by_decision_only_and_the_resident_stays_in(record: Record) -> None:
    decision, _ = record.a_change()
    body = {"pattern": "inactivity.*", "roles": ["resident", "family"], "words": "both, in this home"}
    record.does("write", kind="right", key="silence", body=body, decision=decision)
    with pytest.raises(RefusedError, match="the resident is always among"):
        record.does("write", kind="right", body=body | {"roles": ["family"]}, decision=decision)
    ballot, options = record.a_ballot(1)
    record.agree(ballot, options, "Heron")
    with pytest.raises(RefusedError, match=r"role family .* both, in this home"):
        record.does("decide", option=options[0], reasons="x", participation="consult")


def test_the_module_s_own_methods_are_versions_that_say_who_decided_them(record: Record) -> None:
    decision, _ = record.a_change()
    for text in ("Two coders.", "Three coders."):
        record.does("write", kind="method", key="codebook", body={"title": "Coding", "text": text}, decision=decision)
    assert [(one["version"], one["text"], one["decision"]) for one in board(record, "methods")] == [
        (2, "Three coders.", decision)
    ]


def test_consents_that_ended_reviews_and_recalls_are_due(record: Record) -> None:
    decision, _ = record.a_change()
    record.enrols("Wren", "resident", consent_until=record.now + timedelta(days=1))
    body = {"claim": "x", "rationale": "y", "not_known": "z", "owner": "Crane",
            "review_at": (record.now + timedelta(days=2)).isoformat()}  # fmt: skip
    record.does("write", kind="assumption", key="silence", body=body)
    record.passes(3)
    assert [one["what"] for one in board(record, "due")] == [
        "Wren: consent has ended; ask again, or take the words out",
        "assumption silence: does it still hold?",
    ]
    assert decision == 1


def test_the_assumption_has_the_shape_of_a_transparency_record(played: Played) -> None:
    told = CliRunner().invoke(app, ["transparency", "--db", str(played.path)])
    [one] = json.loads(told.output)
    assert one["tier_1"]["name"] == SILENCE
    assert one["tool_specification"]["safe_bounds"] == [60.0, 720.0]
    assert [said.partition(":")[0] for said in one["decision_making_process"]["dissent"]] == ["Finch", "Owl"]
    assert one["risks_mitigations_and_impact"]["measured_effects"][0]["says"] == "better"
    assert one["description_and_rationale"]["alternatives_considered"][0].startswith("Stay with four hours")


def test_thanks_name_nobody_who_would_rather_not_be_named(record: Record) -> None:
    record.a_change()
    assert board(record, "thanks") == [{"thank you": "Heron"}]
    record.does("write", kind="no_thanks", body={"participant": 1})
    assert board(record, "thanks") == []


def test_every_board_can_be_looked_at_as_words_and_as_json(played: Played) -> None:
    at = desk(played.connection, played.now)
    for board_of in BOARDS.values():
        rows = board_of(at)
        assert isinstance(json.loads(as_json(rows)), list)
        assert "bathroom tiles" not in as_json(rows)
        assert "\n".join(lines(rows))


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_board_by_command(played: Played, more: list[str]) -> None:
    told = CliRunner().invoke(app, ["board", "themes", "--db", str(played.path), *more])
    assert told.exit_code == 0, told.stderr
    assert "Lying unseen" in told.output
