"""What counts as lost, and what as said twice."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from alongside.crash.house import PRESSES_EACH, Press, press, settle_in
from alongside.crash.reckoning import Kept, Reckoning, read, reckon
from alongside.crash.town import Luck
from alongside.crash.victim import Doom
from analytics.model import FindingKind
from hub.model import AlarmState, NotificationState, Purpose
from tests.fakes import START

PRESSED = press(0)
TEXT = "Edith called for help. Ref AAAAA"


def kept(**changes: Any) -> Kept:
    """One press, its alarm and its message, all of it done."""
    event = {"device_id": 1, "token": str(PRESSED.packet), "alarm_id": 1}
    alarm = {"id": 1, "kind": FindingKind.PANIC, "state": AlarmState.RESOLVED}
    message = {
        "id": 1,
        "alarm_id": 1,
        "purpose": Purpose.ALARM,
        "reference": "AAAAA",
        "state": NotificationState.DELIVERED,
    }
    rows = [{**row, **{name: changes[name] for name in row.keys() & changes.keys()}} for row in (event, alarm, message)]
    if "orphan" in changes:
        rows[0]["alarm_id"] = None
    events, alarms, messages = ([row] for row in rows)
    return Kept(events=events, alarms=alarms, messages=messages, pendants={1: PRESSED.pendant})  # type: ignore[arg-type]


def test_all_is_well() -> None:
    assert reckon(kept(), {PRESSED}, [TEXT]) == Reckoning(alarms=1, sends=1)


@pytest.mark.parametrize(
    ("after", "receipts", "bodies", "lost"),
    [
        (kept(), {PRESSED, press(1)}, [TEXT], ["press 1 of pendant_0"]),
        (kept(orphan=True), {PRESSED}, [TEXT], ["press 0 of pendant_0"]),
        (kept(), {PRESSED}, [], ["nobody heard of alarm 1", "message 1 is delivered"]),
        (kept(state=AlarmState.ESCALATING), set(), [TEXT], ["alarm 1 was left"]),
        (kept(state=NotificationState.UNKNOWN), set(), [TEXT], ["alarm 1 was left", "message 1 is unknown"]),
    ],
)
def test_what_is_lost_is_named(after: Kept, receipts: set[Press], bodies: list[str], lost: list[str]) -> None:
    assert reckon(after, receipts, bodies).lost == lost


def test_a_text_that_was_taken_twice_is_named() -> None:
    assert reckon(kept(), {PRESSED}, [TEXT, f"{TEXT} (repeat)"]).duplicates == ["the text AAAAA was taken 2 times"]


def test_the_homes_are_counted_together() -> None:
    one = Reckoning(alarms=1, sends=2, lost=["a"], duplicates=["b"])
    assert one + Reckoning(alarms=3, sends=4) == Reckoning(alarms=4, sends=6, lost=["a"], duplicates=["b"])


def test_what_a_new_home_holds(tmp_path: Path) -> None:
    db = tmp_path / "home.sqlite3"
    settle_in(db, PRESSES_EACH + 1, START)
    found = read(db)
    assert set(found.pendants.values()) == {"pendant_0", "pendant_1"}
    assert not found.busy
    assert kept(state=AlarmState.CHECKIN).busy


def test_the_end_comes_at_its_point_and_not_before() -> None:
    ends: list[str] = []
    doom = Doom("call taken:2", lambda: ends.append("now"))
    for name in ("call taken", "call begun", "in Ingest"):
        doom.reached(name)
    assert not ends
    doom.reached("call taken")
    assert ends == ["now"]


def test_carriers_err_as_often_as_they_are_told() -> None:
    never, ever = (Luck(random=Random(1), percent=percent) for percent in (0, 100))  # noqa: S311 -- not secret
    assert [never.draw() for _ in range(20)] == [None] * 20
    assert None not in [ever.draw() for _ in range(20)]
    assert (never.met, ever.met) == (0, 20)
