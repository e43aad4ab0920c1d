"""What a scan tells: of a radio, of a broker, and where there is nothing to listen with."""

import asyncio
import json
from pathlib import Path

import aiomqtt
import pytest

from devices.simulated import frames_bthome, frames_ruuvitag
from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedHeartRate
from devices.simulated.bluez import EmulatedBlueZ
from devices.simulated.mosquitto import Mosquitto
from hub.fitting.search import Search, search
from hub.household import parse
from hub.router import FrameCount
from hub.store import counters
from hub.store.writer import Store
from tests.devices.ble_rig import CLOCK, again_and_again
from tests.fakes import START
from tests.hub.fitting.rig import run, run_beside
from tests.hub.homes import DOOR, HOME, settle_in

TAG, PHONE = "C0:00:00:00:00:02", "C0:00:00:00:00:09"


async def test_the_air_is_told_with_what_is_declared_already(bluez: EmulatedBlueZ) -> None:
    door, tag = SimulatedAdvertiser(bluez, DOOR), SimulatedAdvertiser(bluez, TAG, name="Ruuvi 0002")
    phone, strap = SimulatedAdvertiser(bluez, PHONE), SimulatedHeartRate(bluez, "C0:00:00:00:00:03")

    def say() -> None:
        door.advertise(frames_bthome.service_data({"window": 1}, 3), rssi_dbm=-71)
        tag.advertise_company(0x0499, frames_ruuvitag.manufacturer_data(TAG, frames_ruuvitag.Weather()))
        phone.advertise_company(0x004C, b"\x10\x05")
        strap.advertise()

    async with again_and_again(say):
        told = await run_beside("scan", "--seconds", "0.4", "--port", "/dev/none")
        as_json = await run_beside("scan", "--seconds", "0.4", "--port", "/dev/none", "--json", "--all")
    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert lines[0] == "In the air"
    assert any(
        "A4:C1:38:00:00:02" in line
        and "-71 dBm" in line
        and "your front_door, Shelly BLU Door/Window [shelly_door]" in line
        for line in lines
    )
    assert any("RuuviTag" in line and "[ruuvitag]" in line and "“Ruuvi 0002”" in line for line in lines)
    assert "Besides, 1 that are no sensor that I know: `--all` shows them." in lines
    assert "/dev/none cannot be listened to: it is not plugged in." in told.stderr
    facts = {one.get("address"): one for one in map(json.loads, as_json.stdout.splitlines())}
    assert facts[DOOR]["declared"] == "front_door"
    assert facts[DOOR]["kinds"][0] == "shelly_door"
    assert facts[PHONE]["kinds"] == []
    assert facts[None] == {"trouble": "/dev/none cannot be listened to: it is not plugged in"}


async def test_what_one_connects_to_is_known_by_its_advert(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, "C0:00:00:00:00:03")
    text = HOME + '[devices.strap]\nkind = "heart_rate"\naddress = "C0:00:00:00:00:03"\n'
    async with again_and_again(strap.advertise):
        seen = await search(CLOCK, Search(seconds=0.3, ports=()), parse(text))
    assert [one.declared for one in seen.known] == ["strap"]


def test_with_nothing_to_listen_with_it_says_so(no_home: Path) -> None:
    done = run("scan", "--seconds", "0.2", "--port", str(no_home.parent / "gone"))
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "Note: The system's message bus cannot be reached." in done.stderr


def test_where_nothing_was_heard_it_says_what_to_do(no_home: Path) -> None:
    async def scan() -> str:
        async with Mosquitto(no_home.parent, CLOCK.sleep) as mosquitto:
            done = await run_beside("scan", "--seconds", "0.2", "--port", "/dev/none", "--broker", mosquitto.broker.url)
            assert done.exit_code == 0
            return done.stdout

    assert asyncio.run(scan()) == "Nothing was heard that I know. Wake the sensor (press it, open it) while I listen.\n"


def test_a_broker_that_nobody_declared_is_not_missed(no_home: Path) -> None:
    assert no_home.parent.exists()
    seen = asyncio.run(search(CLOCK, Search(seconds=0.1, radio=False, ports=()), None))
    assert seen.troubles == []


def test_the_brokers_of_the_home_are_asked(no_home: Path) -> None:
    async def scan() -> None:
        async with Mosquitto(no_home.parent, CLOCK.sleep) as mosquitto:
            url = mosquitto.broker.url
            async with aiomqtt.Client(mosquitto.broker.host, mosquitto.broker.port) as client:
                await client.publish("zigbee2mqtt/hall", b'{"occupancy":true}', retain=True)
                await client.publish("zigbee2mqtt/door", b'{"contact":true}', retain=True)
            device = f'kind = "zigbee2mqtt"\naddress = "zigbee2mqtt/hall"\noptions = {{ broker = "{url}" }}\n'
            home = parse(f"{HOME}[devices.hall]\n{device}")
            seen = await search(CLOCK, Search(seconds=0.3, radio=False, ports=()), home)
        assert {one.found.address: one.declared for one in seen.known} == {
            "zigbee2mqtt/hall": "hall",
            "zigbee2mqtt/door": None,
        }

    asyncio.run(scan())


@pytest.mark.parametrize("url", ["http://x", "mqtt://u:secret@x"])
def test_a_broker_that_cannot_be_is_refused(no_home: Path, url: str) -> None:
    assert not no_home.exists()
    done = run("scan", "--broker", url)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "secret@" not in done.stderr


ROCKER = 'kind = "enocean_rocker"\naddress = "0029A1B2"\nport = "/dev/serial/by-id/usb-enocean"\n'


def counted(address: str, device: str | None = None, source: str = "serial") -> FrameCount:
    return FrameCount(address=address, device=device, last_at=START, unknown=3, signal_dbm=-71, source=source)


def test_what_a_hub_overhears_through_a_port_of_its_own_is_told(no_home: Path) -> None:
    settle_in(no_home, f"{HOME}[devices.rocker]\n{ROCKER}")
    heard = [
        counted("0029A1B2", "rocker"),
        counted("0029A1B9"),
        counted("/dev/x"),
        counted(PHONE, source="advert:fcd2"),
    ]
    store = Store.open(no_home)
    store.run(lambda connection: counters.add(connection, heard))
    store.shut()
    told = run("scan", "--seconds", "0.1", "--port", "/dev/none", "--json")
    first = json.loads(told.stdout.splitlines()[0])
    assert (first["address"], first["kinds"], first["signal_dbm"]) == ("0029A1B9", ["esp3"], -71)
    assert first["options"] == {"port": "/dev/serial/by-id/usb-enocean"}
    guided = run("add", "--seconds", "0.1", typed="1\nenocean_rocker\nnew switch\n\n\n")
    assert guided.exit_code == 0, guided.output
    assert "new_switch is declared: EnOcean rocker" in guided.stdout


@pytest.mark.parametrize("words", [("list",), ("add", "x", "--kind", "shelly_button", "--address", PHONE), ("scan",)])
def test_a_file_that_is_no_database_is_told(no_home: Path, words: tuple[str, ...]) -> None:
    no_home.write_bytes(b"no database at all" * 400)
    done = run(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert str(no_home) in done.stderr
