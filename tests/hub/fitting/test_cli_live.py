"""How the sensors stand, what they say now, and from which rooms they are heard: beside a hub, and without one."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, Select, Table, select

from devices.model import Frame
from devices.simulated.ble_devices import SimulatedAdvertiser
from devices.simulated.bluez import EmulatedBlueZ
from devices.simulated.frames_bthome import PRESSES, service_data
from devices.simulated.home import Pace
from hub.daemon import run as run_hub
from hub.fitting.standing import signal_words
from hub.fitting.walk import WalkError, ask
from hub.lock import only_hub
from hub.simulated.channel import SimulatedChannel
from hub.store.connect import reader_engine
from hub.store.schema import alarm, intent, observation, sensor_event
from hub.store.writer import Store
from hub.walks import REASON
from hub.watch import Given
from tests.devices.ble_rig import CLOCK, again_and_again, until
from tests.hub.fitting.rig import run, run_beside
from tests.hub.homes import DOOR, HOME, KITCHEN, PENDANT, Hand, settle_in


@asynccontextmanager
async def hub(db: Path) -> AsyncIterator[Hand]:
    """A hub that runs ten times as fast as life, and the hand that feeds it."""
    clock = Pace(CLOCK, CLOCK.now(), 10.0)
    hand, stop, ready = Hand(), asyncio.Event(), asyncio.Event()
    channels = {"console": SimulatedChannel("console"), "speaker": SimulatedChannel("speaker")}
    given = Given(adapters=lambda _: (channels, ()), labelled=lambda *_: None, ears=hand.ears)
    task = asyncio.create_task(run_hub(db, clock, given, stop, ready.set))
    await asyncio.wait([asyncio.create_task(ready.wait()), task], timeout=30, return_when=asyncio.FIRST_COMPLETED)
    await hand.listening.wait()
    try:
        yield hand
    finally:
        stop.set()
        await task


class Home:
    """What its devices say, each under a new number."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._number = 0

    def says(self, address: str, signal_dbm: int | None = -60, **values: float) -> None:
        self._number += 1
        payload = service_data(values, self._number)
        frame = Frame(address=address, source="advert:fcd2", payload=payload, at=CLOCK.now(), signal_dbm=signal_dbm)
        self._hand.deliver(frame)


def rows(db: Path, query: Select[Any]) -> list[Row[Any]]:
    engine = reader_engine(db, 5.0)
    try:
        with engine.connect() as connection:
            return list(connection.execute(query).all())
    finally:
        engine.dispose()


def count(db: Path, table: Table) -> int:
    return len(rows(db, select(table)))


def asked_and_answered(db: Path) -> bool:
    """Whether the hub knows of the walk test."""
    return bool(rows(db, select(intent).where(intent.c.done_at.is_not(None))))


async def test_how_the_sensors_stand(db: Path) -> None:
    async with hub(db) as hand:
        home = Home(hand)
        home.says(KITCHEN, motion=1, battery=80)
        home.says(DOOR, signal_dbm=-91, window=1, battery=20)
        home.says(DOOR, signal_dbm=-91, window=0)
        await until(lambda: count(db, observation) == 5)
    table = await run_beside("list")
    as_json = await run_beside("list", "--json")
    assert table.exit_code == 0
    lines = [" ".join(line.split()) for line in table.stdout.splitlines()]
    assert lines[0] == "device kind where last heard signal battery state"
    assert lines[1] == "pendant shelly_button Edith never"
    assert lines[2] == "front_door shelly_door just now -91 dBm, weak 20 % closed"
    assert lines[3] == "kitchen_motion shelly_motion kitchen just now -60 dBm 80 % movement"
    facts = {one["device"]: one for one in map(json.loads, as_json.stdout.splitlines())}
    assert facts["pendant"]["heard_at"] is None
    assert (facts["front_door"]["signal_dbm"], facts["front_door"]["state"]) == (-91, "closed")


def test_with_no_sensor_it_says_what_to_do(no_home: Path) -> None:
    settle_in(no_home, HOME.split("[devices")[0])
    assert run("list").stdout == "No sensor is declared yet: `alongside devices add`.\n"


async def test_live_beside_a_hub(db: Path) -> None:
    async with hub(db) as hand:
        home = Home(hand)

        def say() -> None:
            home.says(KITCHEN, motion=1)
            home.says(DOOR, window=1)
            home.says(PENDANT, button=PRESSES["double_press"])  # she is fine: it is stored at once, and all before it

        async with again_and_again(say, 0.1):
            told = await run_beside("watch", "kitchen_motion", "--seconds", "1.5")
            as_json = await run_beside("watch", "--seconds", "1.5", "--json")
    assert told.exit_code == 0, told.output
    assert "kitchen_motion: motion 1 (quality 1.0)" in told.stdout
    assert "front_door" not in told.stdout
    said = {json.loads(line)["device"] for line in as_json.stdout.splitlines()}
    assert said == {"kitchen_motion", "front_door", "pendant"}


async def test_live_without_a_hub(bluez: EmulatedBlueZ) -> None:
    door = SimulatedAdvertiser(bluez, DOOR)
    async with again_and_again(lambda: door.advertise(service_data({"window": 1}), rssi_dbm=-77)):
        told = await run_beside("watch", "--seconds", "1.5")
    assert "front_door: open 1 (quality 1.0) (-77 dBm)" in told.stdout


@pytest.mark.usefixtures("db")
def test_live_with_nothing_to_listen_with() -> None:
    told = run("watch", "--seconds", "0.3")
    assert (told.exit_code, told.stdout) == (0, "")
    assert "radio cannot be heard: The system's message bus cannot be reached." in told.stderr


async def test_a_walk_beside_a_hub_calls_nobody(db: Path) -> None:
    async with hub(db) as hand:
        home = Home(hand)
        walking = asyncio.create_task(run_beside("test", "pendant", "--seconds", "8"))
        await until(lambda: asked_and_answered(db))
        async with again_and_again(lambda: home.says(PENDANT, -72, button=PRESSES["press"]), 0.3):
            await until(lambda: count(db, sensor_event) >= 2)
        told = await walking
        panic = select(alarm).where(alarm.c.kind == "panic")
        assert rows(db, panic) == []
        home.says(PENDANT, button=PRESSES["press"])  # it is over: a press calls again
        await until(lambda: len(rows(db, panic)) == 1)
    reasons = [row.reason for row in rows(db, select(sensor_event.c.reason).order_by(sensor_event.c.id))]
    assert told.exit_code == 0, told.output
    assert told.stdout == "kitchen: heard, -72 dBm\npendant was heard.\n"
    assert reasons[0] == REASON
    assert reasons[-1] is None


async def test_a_walk_without_a_hub(bluez: EmulatedBlueZ) -> None:
    pendant, number = SimulatedAdvertiser(bluez, PENDANT), iter(range(1, 250))
    async with again_and_again(
        lambda: pendant.advertise(service_data({"button": 1}, next(number)), rssi_dbm=-66), every_s=0.1
    ):
        told = await run_beside("test", "pendant", "--seconds", "20", "--json")
    (step,) = map(json.loads, told.stdout.splitlines())
    assert told.exit_code == 0
    assert (step["room"], step["heard"], step["signal_dbm"]) == ("kitchen", True, -66)
    assert "Go to the kitchen and press it: I listen for 20 s." in told.stderr


async def test_what_is_not_heard_is_told(bluez: EmulatedBlueZ) -> None:
    motion = SimulatedAdvertiser(bluez, KITCHEN)
    async with again_and_again(lambda: motion.advertise(service_data({"motion": 1}))):
        heard = await run_beside("test", "kitchen_motion", "--seconds", "20")
        missed = await run_beside("test", "pendant", "--seconds", "0.3")
    assert (heard.exit_code, heard.stdout) == (0, "kitchen: heard, -60 dBm\nkitchen_motion was heard.\n")
    assert "make it say something" in heard.stderr
    assert missed.exit_code == 1
    assert missed.stdout.startswith("kitchen: not heard\npendant was not heard in 1 of 1 place:")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("test", "pendnt"), "There is no device 'pendnt'; did you mean 'pendant'?"),
        (("watch", "pendnt"), "There is no device 'pendnt'; did you mean 'pendant'?"),
        (("test", "pendant", "--room", "kichen"), "There is no room 'kichen'; did you mean 'kitchen'?"),
    ],
)
def test_who_is_not_there_is_refused(db: Path, words: tuple[str, ...], reason: str) -> None:
    assert db.exists()
    done = run(*words)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{reason}\n")


async def test_a_walk_that_takes_too_long_is_not_begun(db: Path) -> None:
    rooms = ["--room", "kitchen"] * 3
    with only_hub(db):
        done = await run_beside("test", "pendant", *rooms, "--seconds", "300")
    assert done.exit_code == 2
    assert "That might take more than 15 minutes" in done.stderr


async def test_a_hub_that_does_not_answer_is_told(db: Path) -> None:
    store = Store.open(db)
    with pytest.raises(WalkError, match="does not answer, so a press might call people"):
        await ask(store, {"device": "pendant", "minutes": 5}, "fitter", CLOCK.now(), within_s=0.3)
    await store.close()


async def test_what_a_hub_refuses_is_told(db: Path) -> None:
    async with hub(db):
        store = Store.open(db)
        with pytest.raises(WalkError, match="the hub will not: there is no device 'x'"):
            await ask(store, {"device": "x", "minutes": 5}, "fitter", CLOCK.now())
        await store.close()


def test_a_strength_in_words() -> None:
    assert signal_words(-85) == "-85 dBm"
