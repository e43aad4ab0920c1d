"""A hub that is killed at any point loses no event that it gave a receipt for, and sends no message twice."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Protocol, Self

import pytest
from sqlalchemy import RowMapping, Table, select

from hub.clock import SystemClock
from hub.model import AlarmState, NotificationState, Purpose
from hub.simulated.carrier import Carrier
from hub.store.connect import reader_engine
from hub.store.schema import alarm, notification, sensor_event
from tests.hub.homes import DAUGHTER, settle_in

DEADLINE_S = 50.0
ROOT = Path(__file__).parents[2]
CLOCK = SystemClock()
HANDED_OVER = (NotificationState.ACCEPTED, NotificationState.SENT, NotificationState.DELIVERED)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end_s = CLOCK.boot_s() + DEADLINE_S
    while not condition():
        assert CLOCK.boot_s() < end_s, f"waited {DEADLINE_S:.0f} s in vain: {what}"
        Event().wait(0.02)


class Memory(Protocol):
    """What a carrier remembers of the alarm, wherever it keeps that."""

    where: str

    def taken(self) -> list[str]:
        """The texts about the alarm that it took."""
        ...

    def reply(self) -> None:
        """The daughter answers: she is going."""
        ...


class FolderMemory:
    """The carrier that is a folder."""

    def __init__(self, folder: Path) -> None:
        self.where = str(folder)
        self._taken = folder / "taken.jsonl"
        self._replies = folder / "replies.jsonl"

    def taken(self) -> list[str]:
        rows = [json.loads(line) for line in self._taken.read_text().splitlines()] if self._taken.exists() else []
        return [row["text"] for row in rows if row["purpose"] == Purpose.ALARM]

    def reply(self) -> None:
        said = {"provider_id": "r1", "channel": "sms", "sender": DAUGHTER, "text": "1", "at": CLOCK.now().isoformat()}
        if not self._replies.exists():
            self._replies.write_text(json.dumps(said) + "\n")


class TwilioMemory:
    """The simulated Twilio, in a thread of this process."""

    def __init__(self) -> None:
        self._carrier = Carrier(CLOCK)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._served = Event()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._replied = False
        self.where = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._served.wait(DEADLINE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def taken(self) -> list[str]:
        return [text for text in self._carrier.sent_to(DAUGHTER) if "called for help" in text]

    def reply(self) -> None:
        if not self._replied:
            self._replied = True
            self._carrier.text(DAUGHTER, "1")

    async def _serve(self) -> None:
        async with self._carrier.serving() as self.where:
            self._served.set()
            await self._stop.wait()


class House:
    """What outlives the hub: its database, the carrier's memory, and the pendant that repeats itself."""

    def __init__(self, folder: Path, carrier: Memory) -> None:
        self.db = folder / "home.sqlite3"
        self.carrier = carrier
        self.receipts: set[str] = set()
        settle_in(self.db, now=CLOCK.now())

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
            [sys.executable, "-m", "tests.hub.victim", str(house.db), house.carrier.where, point],
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


def live_and_die(house: House, point: str) -> None:
    with Life(house, point) as life:
        life.press()
        until(lambda: life.over or bool(house.carrier.taken()), "a message to be taken")
        if not life.over:
            house.carrier.reply()
        assert life.died(), f"it ended otherwise than by being killed {point}"


def live_on(house: House) -> None:
    """Start again, undisturbed: the pendant still repeats its press, the daughter answers, and all ends well."""
    if house.carrier.taken():
        house.carrier.reply()
    with Life(house, "never:1") as life:
        until(life.ready.is_set, "the hub to be ready")
        life.press()
        until(lambda: bool(house.carrier.taken()), "a message to be taken")
        house.carrier.reply()
        until(lambda: AlarmState.ACKNOWLEDGED in house.states(), "the daughter's answer to be taken")
        until(lambda: bool(house.receipts), "the press to be acknowledged")
        until(lambda: house.message() in HANDED_OVER, "what became of the message to be known")
        assert life.stop() == 0


def all_is_well(house: House) -> None:
    """Nothing that was acknowledged is lost, and nothing was said twice."""
    (event,) = house.rows(sensor_event)
    assert house.receipts == {"1"} == {event["token"]}
    assert event["alarm_id"] is not None
    assert house.states() == [AlarmState.ACKNOWLEDGED]
    assert len(house.carrier.taken()) == 1, "the daughter got the same message twice"


POINTS = [
    ("before Ingest:1",),
    ("in Ingest:1",),
    ("after Ingest:1",),
    ("before Escalation:1",),  # at the first start, where a crash before is looked for
    ("call begun:1",),
    ("call taken:1",),
    ("after Escalation:4",),
    ("replies read:1",),
    ("call taken:1", "in arrange:1"),  # and again while it starts
    ("call taken:1", "in Escalation:1"),  # ... while it takes up what was under way
    ("call taken:1", "look begun:1"),  # ... before the carrier could say what it knows
    ("call taken:1", "look done:1"),
]


WITH_THE_REAL_CLIENT = [("call begun:1",), ("call taken:1", "look done:1")]


@pytest.mark.parametrize("points", POINTS, ids=", then ".join)
def test_a_killed_hub_goes_on_where_it_was(tmp_path: Path, points: tuple[str, ...]) -> None:
    house = House(tmp_path, FolderMemory(tmp_path))
    for point in points:
        live_and_die(house, point)
    live_on(house)
    all_is_well(house)


@pytest.mark.parametrize("points", WITH_THE_REAL_CLIENT, ids=", then ".join)
def test_so_it_does_with_the_real_client_of_a_carrier(tmp_path: Path, points: tuple[str, ...]) -> None:
    with TwilioMemory() as carrier:
        house = House(tmp_path, carrier)
        for point in points:
            live_and_die(house, point)
        live_on(house)
        all_is_well(house)
