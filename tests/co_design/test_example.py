"""The worked example: from "it kept asking me while I was watching the snooker" to a changed setting and a reply."""

import json

from typer.testing import CliRunner

from co_design.cli import app
from co_design.model import EffectKind, SessionForm
from co_design.orphans import orphans
from co_design.trace import trace
from co_design.words import TAKEN_BACK
from tests.co_design.conftest import Played
from tests.co_design.record import SILENCE, SNOOKER

DOOR = "wandering.return_within_min"
SISTER = "bathroom tiles"


def test_three_workshops_and_fourteen_people_of_whom_one_withdrew(played: Played) -> None:
    assert len(played.chain.workshops) == 3
    assert {one.form for one in played.chain.workshops.values()} == {SessionForm.WORKSHOP, SessionForm.HOME_VISIT}
    people = played.chain.participants.values()
    assert len(people) == 14
    assert [one.pseudonym for one in people if one.withdrawn_at is not None] == ["Dunlin"]


def test_the_setting_answers_who_wanted_it_so_who_did_not_and_whether_it_helped(played: Played) -> None:
    found = trace(played.connection, SILENCE, played.now)
    assert [(one.version, one.value) for one in found.settings] == [(0, 240.0), (1, 300.0)]
    [decided] = found.decisions
    assert SNOOKER in [one.words for one in found.utterances]
    assert decided.chosen == "Wait five hours"
    assert [said.partition(":")[0] for said in decided.dissent] == ["Finch", "Owl"]
    [change] = decided.changes
    assert (change.effect, change.homes) == (EffectKind.BETTER, ("example-1", "example-2"))
    assert "9 in 28 days before, 1 in 28 after" in change.effects[0].words
    assert [(one.pseudonym, one.agrees) for one in decided.replies] == [
        ("Heron", True), ("Finch", False), ("Robin", True),
    ]  # fmt: skip


def test_the_sentence_leads_to_the_setting_and_to_the_reply(played: Played) -> None:
    found = trace(played.connection, f"u{played.named['snooker']}", played.now)
    assert found.about == f"“{SNOOKER}”"
    assert SILENCE in {one.key for one in found.settings if one.version == 1}
    assert "You said: “It kept asking me" in found.decisions[0].replies[0].told


def test_an_alarm_leads_to_its_setting_and_to_what_was_said_of_it(played: Played) -> None:
    found = trace(played.connection, str(played.named["final"]), played.now)
    assert [(one.key, one.version) for one in found.settings] == [(SILENCE, 0)]
    assert found.utterances[0].words == "I was watching the final and sat as still as a post."


def test_a_null_result_is_kept_and_the_change_that_made_no_difference_was_taken_back(played: Played) -> None:
    [change] = trace(played.connection, DOOR, played.now).decisions[0].changes
    assert change.effect is EffectKind.NO_DIFFERENCE
    assert change.reverted_because == "It made no difference, and ten minutes is what the family knows."
    assert played.chain.settings[DOOR, 2].value == 10.0


def test_what_was_withdrawn_is_nowhere_and_what_rested_on_it_is_marked(played: Played) -> None:
    found = trace(played.connection, SILENCE, played.now)
    assert TAKEN_BACK in found.decisions[0].reasons
    assert found.decisions[0].marked
    assert [one.id for one in found.needs if one.marked] == [played.named["found"]]
    assert SISTER.encode() not in played.path.read_bytes()


def test_nothing_hangs_in_the_air(played: Played) -> None:
    assert orphans(played.chain, played.now) == []


def test_by_command(played: Played) -> None:
    told = CliRunner().invoke(app, ["check", "--example"])
    assert (told.exit_code, told.output.startswith("No loose ends")) == (0, True)
    found = json.loads(CliRunner().invoke(app, ["trace", SILENCE, "--db", str(played.path), "--json"]).output)
    assert found["decisions"][0]["tallies"]["Wait five hours"]["resident"] == {"agree": 5}
