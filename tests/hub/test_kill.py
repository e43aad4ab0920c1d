"""A hub that is killed at any point loses no event that it gave a receipt for, and sends no message twice."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import pytest
from sqlalchemy import RowMapping, Table, select

from hub.clock import SystemClock
from hub.model import AlarmState, NotificationState, Purpose
from hub.store.connect import reader_engine
from hub.store.schema import alarm, notification, sensor_event
from tests.hub.homes import DAUGHTER, settle_in

DEADLINE_S = 50.0
ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()
HANDED_OVER = (NotificationState.ACCEPTED, NotificationState.DELIVERED)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end_s = CLOCK.boot_s() + DEADLINE_S
    while not condition():
        assert CLOCK.boot_s() < end_s, f"waited {DEADLINE_S:.0f} s in vain: {what}"
        Event().wait(0.02)


class House:
    """What outlives the hub: its database, the carrier's memory, and the pendant that repeats itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = folder / "home.sqlite3"
        self.receipts: set[str] = set()
        settle_in(self.db, now=CLOCK.now())

    def taken(self) -> list[dict[str, Any]]:
        """What the carrier has taken to be sent about the alarm."""
        file = self.folder / "taken.jsonl"
        rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [row for row in rows if row["purpose"] == Purpose.ALARM]

    def reply(self) -> None:
        """The daughter answers: she is going."""
        said = {"provider_id": "r1", "channel": "sms", "sender": DAUGHTER, "text": "1", "at": CLOCK.now().isoformat()}
        (self.folder / "replies.jsonl").write_text(json.dumps(said) + "\n")

    def rows(self, table: Table) -> list[RowMapping]:
        engine = reader_engine(self.db, 5.0)
        try:
            with engine.connect() as connection:
                return list(connection.execute(select(table)).mappings().all())
        finally:
            engine.dispose()

    def message(self) -> str | None:
        """How far the text to the daughter has got."""
        texts = [row for row in self.rows(notification) if (row["channel"], row["purpose"]) == ("sms", Purpose.ALARM)]
        return texts[0]["state"] if texts else None

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows(alarm)]


class Life:
    """One life of the hub, to be ended by a kill or by being told to stop."""

    def __init__(self, house: House, point: str) -> None:
        self._house = house
        self.ready = Event()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hub.victim", str(house.db), str(house.folder), point],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._reader = Thread(target=self._listen)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()

    def press(self) -> None:
        """The pendant's advertisement, as it goes on repeating it."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write("1\n")
            self._process.stdin.flush()

    @property
    def over(self) -> bool:
        return self._process.poll() is not None

    def died(self) -> bool:
        """Whether it was killed, as it was told to be."""
        until(lambda: self.over, "the hub to kill itself")
        return self._process.returncode == -signal.SIGKILL

    def stop(self) -> int:
        """Tell it to stop; how it ended."""
        self._process.send_signal(signal.SIGTERM)
        until(lambda: self.over, "the hub to stop")
        return self._process.returncode

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, number = line.strip().partition(" ")
            if word == "ready":
                self.ready.set()
            else:
                self._house.receipts.add(number)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def live_and_die(house: House, point: str) -> None:
    with Life(house, point) as life:
        life.press()
        until(lambda: life.over or bool(house.taken()), "a message to be taken")
        if not life.over:
            house.reply()
        assert life.died(), f"it ended otherwise than by being killed {point}"


def live_on(house: House) -> None:
    """Start again, undisturbed: the pendant still repeats its press, the daughter answers, and all ends well."""
    if house.taken():
        house.reply()
    with Life(house, "never:1") as life:
        until(life.ready.is_set, "the hub to be ready")
        life.press()
        until(lambda: bool(house.taken()), "a message to be taken")
        if not (house.folder / "replies.jsonl").exists():
            house.reply()
        until(lambda: AlarmState.ACKNOWLEDGED in house.states(), "the daughter's answer to be taken")
        until(lambda: bool(house.receipts), "the press to be acknowledged")
        until(lambda: house.message() in HANDED_OVER, "what became of the message to be known")
        assert life.stop() == 0


POINTS = [
    ("before Ingest:1",),
    ("in Ingest:1",),
    ("after Ingest:1",),
    ("before Escalation:1",),  # at the first start, where a crash before is looked for
    ("in Escalation:2",),
    ("call begun:1",),
    ("call taken:1",),
    ("after Escalation:4",),
    ("replies read:1",),
    ("in Ledger:1",),
    ("call taken:1", "in arrange:1"),  # and again while it starts
    ("call taken:1", "in Escalation:1"),  # ... while it takes up what was under way
    ("call taken:1", "look begun:1"),  # ... before the carrier could say what it knows
    ("call taken:1", "look done:1"),
    ("in Ingest:1", "after Ingest:1", "call begun:1"),
]


@pytest.mark.parametrize("points", POINTS, ids=", then ".join)
def test_a_killed_hub_goes_on_where_it_was(house: House, points: tuple[str, ...]) -> None:
    for point in points:
        live_and_die(house, point)
    live_on(house)
    (event,) = house.rows(sensor_event)
    assert house.receipts == {"1"} == {event["token"]}
    assert event["alarm_id"] is not None
    assert house.states() == [AlarmState.ACKNOWLEDGED]
    assert len(house.taken()) == 1, "the daughter got the same message twice"
