"""From an alarm or a setting back to the sentences that people said about it, and by command."""

import json
import re

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from analytics.model import FindingKind
from analytics.settings import DEFAULTS
from co_design import schema
from co_design.cli import app
from co_design.record import record_label
from co_design.trace import NothingToTraceError, trace
from co_design.words import TAKEN_BACK
from hub.intents import Verdict
from hub.model import Provenance, Role
from hub.store import schema as hub_schema
from hub.store import settings
from hub.store.schema import to_us
from hub.store.settings import Choice
from tests.carer_portal.home import MadeHome

SILENCE = "inactivity.longest_silence_min"
WORDS = "It kept asking me while I was watching the snooker."


@pytest.fixture
def alarm(home: MadeHome) -> int:
    """An alarm of which the resident said that it was wrong, after the setting was changed once."""
    number = home.closed(FindingKind.INACTIVITY, ago=60)
    home.finding(number, {SILENCE: {"value": 300.0, "version": 1}})
    chosen = Choice(
        key=SILENCE, value=300.0, provenance=Provenance.RESIDENT, by="margaret", because="Four hours is a film."
    )
    label = home.labelled(number, "margaret", Verdict.WRONG, WORDS)
    with home.writing() as connection:
        settings.add(connection, chosen, home.ago(1000))
        record_label(connection, label, home.now)
    return number


def test_an_alarm_leads_to_its_settings_and_to_what_was_said(home: MadeHome, alarm: int) -> None:
    with home.writing() as connection:
        found = trace(connection, str(alarm), home.now)
    assert (found.subject, found.about) == (f"alarm {alarm}", "Because of inactivity.")
    [said] = found.utterances
    assert (said.pseudonym, said.role, said.words, said.alarms) == ("Resident 1", Role.RESIDENT, WORDS, (alarm,))
    assert said.at == home.ago(1)
    [setting] = found.settings
    assert (setting.key, setting.version, setting.value) == (SILENCE, 1, 300.0)
    assert (setting.provenance, setting.because) == (Provenance.RESIDENT, "Four hours is a film.")
    assert setting.utterances == (said,)


def test_a_setting_leads_to_every_version_and_to_what_was_said_of_each(home: MadeHome, alarm: int) -> None:
    with home.writing() as connection:
        found = trace(connection, SILENCE, home.now)
    assert found.about == DEFAULTS[SILENCE].words
    shipped, chosen = found.settings
    assert (shipped.version, shipped.value, shipped.provenance) == (0, 240.0, Provenance.DEFAULT)
    assert (shipped.because, shipped.utterances) == (DEFAULTS[SILENCE].source, ())
    assert (chosen.version, [one.words for one in chosen.utterances]) == (1, [WORDS])
    assert [one.alarms for one in found.utterances] == [(alarm,)]


def test_a_setting_of_which_nobody_spoke(home: MadeHome) -> None:
    with home.writing() as connection:
        found = trace(connection, "wandering.return_within_min", home.now)
    assert [one.version for one in found.settings] == [0]
    assert found.utterances == ()


def test_a_setting_that_is_no_longer_shipped_is_still_traced(home: MadeHome) -> None:
    values = {"key": "old.limit", "version": 1, "value": 5, "provenance": "decision", "by": "all", "because": "we said"}
    home.put(hub_schema.setting, at=to_us(home.now), **values)
    number = home.closed(FindingKind.FALL, ago=60)
    home.finding(number, {"older.limit": {"value": 4, "version": 0}})
    with home.writing() as connection:
        assert (
            trace(connection, "old.limit", home.now).about,
            len(trace(connection, "old.limit", home.now).settings),
        ) == ("old.limit", 1)
        assert trace(connection, str(number), home.now).settings[0].because == ""


def test_words_that_were_taken_back_are_not_shown(home: MadeHome, alarm: int) -> None:
    with home.writing() as connection:
        connection.execute(update(schema.utterance).values(redacted_at=to_us(home.now)))
        assert [one.words for one in trace(connection, str(alarm), home.now).utterances] == [TAKEN_BACK]


@pytest.mark.parametrize(("subject", "words"), [("99", "There is no alarm 99."), ("x.y", "no setting called 'x.y'")])
def test_what_is_not_there_cannot_be_traced(home: MadeHome, subject: str, words: str) -> None:
    with pytest.raises(NothingToTraceError, match=re.escape(words)), home.writing() as connection:
        trace(connection, subject, home.now)


def run(home: MadeHome, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["trace", *arguments, "--db", str(home.path)])


def test_the_command_says_it_in_sentences_and_in_the_home_s_time(home: MadeHome, alarm: int) -> None:
    told = run(home, str(alarm))
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        f"alarm {alarm}: Because of inactivity.",
        "",
        "Rests on:",
        f"  {SILENCE} = 300.0 (version 1, resident: Four hours is a film.; said of it: 1)",
        "",
        "What people said:",
        f"  u1, 2026-11-24 08:59, Resident 1: “{WORDS}” (alarm {alarm})",
    ]


def test_the_command_says_what_to_do_where_nobody_spoke(home: MadeHome) -> None:
    number = home.closed(FindingKind.PANIC, ago=60)
    told = run(home, str(number)).output
    assert "no setting; it was raised whatever the settings were." in told
    assert "nothing yet. Label the alarm on the portal" in told


def test_the_command_prints_one_json_object(home: MadeHome, alarm: int) -> None:
    told = json.loads(run(home, SILENCE, "--json").output)
    assert told["subject"] == SILENCE
    assert told["settings"][1]["provenance"] == "resident"
    assert told["utterances"][0]["words"] == WORDS
    assert told["utterances"][0]["at"] == "2026-11-24T08:59:00+00:00"
    assert told["utterances"][0]["alarms"] == [alarm]


def test_the_command_refuses_what_is_not_there(home: MadeHome) -> None:
    told = run(home, "99")
    assert (told.exit_code, told.stderr) == (1, "There is no alarm 99.\n")


def test_the_command_says_which_database_is_missing(home: MadeHome) -> None:
    told = CliRunner().invoke(app, ["trace", "1", "--db", str(home.path / "no")])
    assert told.exit_code == 2
    assert "There is no database at" in told.stderr
