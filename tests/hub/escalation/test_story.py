"""`alongside alarms`: the whole story of an alarm, in plain words and as JSON."""

import contextlib
import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner, Result

from analytics.model import FindingKind, SettingValue
from devices.model import SampleBlock
from hub.cli_alarms import app
from hub.cli_asking import LATER, SLOW, iso
from hub.escalation import keys
from hub.escalation.keys import Pressed
from hub.escalation.results import Trouble
from hub.escalation.sayings import Said
from hub.household import apply
from hub.lock import only_hub
from hub.model import NotificationState
from hub.store.schema import device, intent, label, sensor_event, setting, to_us
from hub.store.writer import Store
from tests.fakes import START
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import PRIYA, without
from tests.hub.escalation.homes import finding as a_finding
from tests.hub.escalation.test_keys import by_voice

EXAMPLE = Path(__file__).parents[3] / "examples" / "home.toml"
SETTING = "fall.impact_g"


def run(desk: Desk, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--db", str(desk.store.path)])


def moved() -> SampleBlock:
    """Two seconds at rest, with a knock in the middle."""
    samples = np.tile(np.array([0, 0, 1], np.float32), (100, 1))
    samples[50] = (0, 0, 3.4)
    return SampleBlock(device="watch", at=START, rate_hz=50.0, acceleration_g=samples)


def lived(desk: Desk) -> int:
    """A fall nobody answered at home, a daughter who came, and a label."""
    decided = {
        "key": SETTING,
        "version": 2,
        "value": 3.0,
        "provenance": "decision",
        "by": "priya",
        "because": "it rang when she sat down",
        "at": to_us(START),
    }
    desk.do(lambda ctx: ctx.connection.execute(insert(setting).values(decided)))
    found = a_finding(
        FindingKind.FALL, because="Margaret may have fallen.", facts={"impact_g": 3.4}, room="living_room"
    )
    used = {SETTING: SettingValue(value=3.0, version=2), "fall.still_s": SettingValue(value=20.0)}
    (number,) = desk.admit(replace(found, settings=used, window=moved()))
    desk.accept(desk.run())
    desk.wait(15)
    (call,) = [one for one in desk.wait(15) if one.message.person == "priya"]
    desk.accept([call])
    desk.report(call.message.notification_id, NotificationState.DELIVERED)
    desk.pass_time(20)
    desk.reply(PRIYA, "1")
    desk.say(number, Said.GOING, "tom")
    desk.pass_time(600)
    desk.say(number, Said.ARRIVED, "priya")
    desk.say(number, Said.CLOSED, "priya", "a stumble, no harm")
    said = {"alarm_id": number, "verdict": "right", "because": "I was glad", "by": "priya", "at": to_us(desk.now)}
    desk.do(lambda ctx: ctx.connection.execute(insert(label).values(said)))
    return number


def test_the_whole_story_is_told_in_plain_words(desk: Desk) -> None:
    told = run(desk, "show", str(lived(desk))).stdout
    for words in (
        "Alarm 1: fall, severity 9, closed (a stumble, no harm)",
        "Because: Margaret may have fallen.",
        "d: impact_g 3.4",
        "watch: 2 s of movement kept, strongest 3.4 g at 24 Nov 09:00:01: ▃▃▃▃▇▃▃▃▃",
        "fall.impact_g = 3.0 (version 2, priya: it rang when she sat down)",
        "fall.still_s = 20.0 (as Alongside ships it)",
        "Margaret may have fallen: the resident is being asked.",
        "margaret by speaker: asked, accepted: Margaret? It looks as if you have had a fall.",
        "The resident did not answer: people are being called.",
        "priya by sms: called, delivered: Margaret may have fallen (living room, 09:00).",
        "priya by sms: delivered",
        "priya wrote '1': going",
        "priya is going",
        "tom is going (recorded)",
        "Somebody is going (priya).",
        "Somebody else would go, too (tom).",
        "Somebody is there (priya).",
        "a stumble, no harm (priya): closed.",
        "priya closed it",
        "priya says it was right: I was glad",
    ):
        assert words in told
    lines = [line for line in told.splitlines() if line.startswith("  24 Nov")]
    assert lines[1:-1] == sorted(lines[1:-1], key=lambda line: line[2:17])


def test_the_story_is_there_as_json_too(desk: Desk) -> None:
    told = json.loads(run(desk, "show", str(lived(desk)), "--json").stdout)
    assert set(told) == {
        *("alarm", "findings", "transitions", "messages", "answers", "replies", "labels", "events", "household"),
        "unseen",
    }
    assert told["alarm"]["opened_at"] == START.isoformat()
    assert told["findings"][0]["settings"][0]["provenance"] == "decision"
    assert told["findings"][0]["movement"]["peak_g"] == 3.4
    delivered = [message for message in told["messages"] if message["deliveries"]]
    assert delivered[-1]["deliveries"][-1]["status"] == "delivered"
    assert "boot_id" not in told["alarm"]
    assert told["household"] is None
    for message in told["messages"]:
        assert message["consent_revision"] == 7
        assert message["text_hash"] == hashlib.sha256(message["text"].encode()).hexdigest()


def test_an_alarm_of_which_nobody_could_be_told_has_a_story_too(desk: Desk) -> None:
    desk.household = without(desk.household, "priya", "tom", "joan", "nurses", "arc")
    number = desk.open(FindingKind.FAULT)
    told = run(desk, "show", str(number)).stdout
    assert "By the plan 'service' as it was when it opened.\n" in told
    assert "A step of the plan for help reaches nobody ('family' of 'service')" in told


def test_the_story_says_by_which_household_and_which_call_and_which_key(desk: Desk) -> None:
    desk.household = by_voice()
    applied = EXAMPLE.read_text(encoding="utf-8")
    desk.store.run(lambda c: apply(c, applied, START - timedelta(hours=1), "ben"))
    number = desk.open(FindingKind.PANIC)
    event = {"id": 77, "kind": "help", "at": to_us(desk.now), "alarm_id": number}
    pendant = select(device.c.id).where(device.c.name == "pendant")
    desk.do(
        lambda ctx: ctx.connection.execute(
            insert(sensor_event), {**event, "device_id": ctx.connection.execute(pendant).scalar_one()}
        )
    )
    (call,) = desk.run()
    desk.accept([call])
    message = call.message
    key = Pressed(call="sid-1", message=message.notification_id, reference=message.reference, key="1")
    desk.do(lambda ctx: keys.press(ctx, key))
    told = run(desk, "show", str(number)).stdout
    assert (
        "By the plan 'life' as it was when it opened (revision 1 of the household, applied by Ben, 24 Nov 08:00:00);"
        " messages by consent revision 7."
    ) in told
    assert "pendant reported: help" in told
    assert "priya pressed '1': going" in told
    assert "priya by voice: read" in told


def test_what_was_held_back_or_not_needed_says_why(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    desk.refuse(call, Trouble.OPTED_OUT)
    desk.accept(desk.run())
    desk.report(3, NotificationState.SENT, negative=True)
    told = run(desk, "show", str(number)).stdout
    assert "priya by sms: called, failed (opted out): Margaret called for help" in told
    assert "priya by sms: not called (opted out)" in told
    assert "did not arrive" in told
    assert "Next: 24 Nov 09:02:00, nobody answers step 'wide' of round 1" in told


def test_what_everybody_would_be_told_can_be_seen_beforehand(desk: Desk) -> None:
    assert run(desk, "preview", "fall").exit_code == 1  # no household yet
    desk.store.run(lambda c: apply(c, EXAMPLE.read_text(encoding="utf-8"), START, "test"))
    told = run(desk, "preview", "fall").stdout
    assert told.startswith("By the household in force and consent revision 1:\n\nFirst the resident is asked\n")
    assert "Olive (neighbour) by sms: Edith may need help." in told
    rows = json.loads(run(desk, "preview", "fall", "--json").stdout)
    assert {row["consent_revision"] for row in rows} == {1}
    assert {"person", "channel", "purpose", "text", "length", "shows", "kept_back", "not_told"} <= set(rows[0])
    assert run(desk, "preview", "tripping").exit_code == 2


def test_an_alarm_that_is_not_there_is_said(desk: Desk) -> None:
    done = run(desk, "show", "7")
    assert (done.exit_code, done.stderr) == (1, "There is no alarm 7.\n")


def test_a_message_to_somebody_unknown_is_somebody_s(desk: Desk) -> None:
    number = desk.open(FindingKind.PANIC)
    desk.reply("+15005550009", "1")
    assert "somebody" not in run(desk, "show", str(number)).stdout


def test_the_list_shows_what_is_open_and_all_on_request(desk: Desk) -> None:
    assert run(desk, "list").stdout == "No alarm is open. `--all` shows closed ones.\n"
    assert run(desk, "list", "--all").stdout == "No alarm was ever opened.\n"
    first = lived(desk)
    second = desk.open(FindingKind.PANIC, room=None)
    desk.say(second, Said.GOING, "priya")
    (line,) = run(desk, "list").stdout.splitlines()
    assert line == "    2  24 Nov 09:10:50  panic: somebody is going (priya); next at 24 Nov 09:20:50"
    assert len(run(desk, "list", "--all").stdout.splitlines()) == 2
    rows = json.loads(run(desk, "list", "--all", "--json").stdout)
    assert [(row["id"], row["kind"]) for row in rows] == [(second, "panic"), (first, "fall")]
    assert len(json.loads(run(desk, "list", "--all", "--limit", "1", "--json").stdout)) == 1


def test_people_are_called_what_the_household_calls_them(desk: Desk) -> None:
    desk.do(lambda ctx: apply(ctx.connection, EXAMPLE.read_text(), START, "test"))
    number = desk.open(FindingKind.PANIC)
    desk.say(number, Said.GOING, "nadia")
    assert "Nadia is going" in run(desk, "show", str(number)).stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "payload"),
    [
        (("answer", "1", "going"), "acknowledge", {"alarm_id": 1, "said": "going"}),
        (("close", "1", "--outcome", "all well"), "close", {"alarm_id": 1, "outcome": "all well"}),
        (
            ("label", "1", "wrong", "--because", "she sat down"),
            "label",
            {"alarm_id": 1, "verdict": "wrong", "because": "she sat down"},
        ),
    ],
)
def test_people_can_answer_at_the_command_line(
    desk: Desk, arguments: tuple[str, ...], kind: str, payload: dict[str, object]
) -> None:
    of_the_example(desk)
    done = run(desk, *arguments, "--by", "nadia")
    assert (done.exit_code, done.stdout) == (0, f"{LATER}\n")
    with desk.store.reading() as connection:
        row = connection.execute(select(intent)).one()
    assert (row.kind, row.payload, row.by) == (kind, payload, "nadia")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("answer", "1", "going", "--by", "georgina"), "There is no 'georgina' in this household; its people are "),
        (("answer", "99", "going", "--by", "nadia"), "There is no alarm 99."),
        (("close", "1", "--outcome", " ", "--by", "nadia"), "Please say how it ended"),
    ],
)
def test_what_the_hub_would_refuse_is_refused_at_once(desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    of_the_example(desk)
    done = run(desk, *arguments)
    assert (done.exit_code, done.stderr.startswith(said)) == (1, True)
    assert desk.rows(intent) == []


def test_nobody_can_answer_before_there_is_a_household(desk: Desk) -> None:
    desk.open(FindingKind.PANIC)
    done = run(desk, "answer", "1", "going", "--by", "nadia")
    assert (done.exit_code, "home apply" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("result", "code", "told"),
    [
        ("Thank you. You are going.", 0, "Thank you. You are going."),
        ("refused: that was closed.", 1, "That was closed."),
        (None, 0, SLOW.format(see="alongside alarms show")),
    ],
)
def test_a_running_hub_is_waited_for(desk: Desk, result: str | None, code: int, told: str) -> None:
    of_the_example(desk)
    with only_hub(desk.store.path), hub_that_answers(desk, result):
        done = run(desk, "answer", "1", "going", "--by", "nadia")
    assert (done.exit_code, (done.stdout + done.stderr).strip()) == (code, told)


def of_the_example(desk: Desk) -> None:
    """The household of the example in force, and an alarm of its own."""
    desk.do(lambda ctx: apply(ctx.connection, EXAMPLE.read_text(), START, "test"))
    desk.open(FindingKind.PANIC)


@contextlib.contextmanager
def hub_that_answers(desk: Desk, result: str | None) -> Iterator[None]:
    """Answer the first request that comes with this; with None, never."""
    done = threading.Event()

    def look() -> None:
        while result is not None and not done.wait(0.02):
            desk.store.run(lambda connection: connection.execute(update(intent).values(result=result, done_at=1)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_without_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["list", "--db", str(tmp_path / "none.sqlite3")])
    assert done.exit_code == 1
    assert "home apply" in done.stderr


def test_a_database_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    path = tmp_path / "home.sqlite3"
    path.write_bytes(b"this is no database" * 100)
    done = CliRunner().invoke(app, ["list", "--db", str(path)])
    assert done.exit_code == 1
    assert "not a database" in done.stderr


def test_a_damaged_table_is_said(new_store: Callable[[], Store]) -> None:
    store = new_store()
    path = store.path
    store.shut()
    with contextlib.closing(sqlite3.connect(path)) as database:
        size = database.execute("PRAGMA page_size").fetchone()[0]
        page = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'alarm'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    done = CliRunner().invoke(app, ["list", "--all", "--db", str(path)])
    assert (done.exit_code, done.stderr.startswith("The database is damaged")) == (1, True)


def test_only_times_are_turned_into_words() -> None:
    with pytest.raises(TypeError, match="not for JSON: set"):
        iso(set())
