"""A scan of a real broker, an emulated radio and real pseudo-terminals."""

import json
from pathlib import Path

import aiomqtt
import pytest

from devices.discovery import air, broker, ports
from devices.discovery.likeness import guesses
from devices.discovery.listen import Where, listen
from devices.discovery.model import Found, Heard
from devices.model import LinkState
from devices.mqtt import LARGEST_PAYLOAD, Broker
from devices.simulated import frames_bthome, frames_esp3, frames_ld2410, frames_ruuvitag
from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedHeartRate
from devices.simulated.bluez import ENVIRONMENT, EmulatedBlueZ, RefusalError
from devices.simulated.mosquitto import Mosquitto
from devices.simulated.serial import SimulatedPort
from tests.devices.ble_rig import CLOCK, again_and_again, listening

LISTEN_S = 0.4
DOOR, TAG, STRAP = "A4:C1:38:00:00:02", "C0:00:00:00:00:02", "C0:00:00:00:00:03"


def by_address(heard: Heard) -> dict[str, Found]:
    return {one.address: one for one in heard.found}


async def test_who_is_in_the_air_is_told_the_strongest_first(bluez: EmulatedBlueZ) -> None:
    door, strap = SimulatedAdvertiser(bluez, DOOR), SimulatedHeartRate(bluez, STRAP)
    tag = SimulatedAdvertiser(bluez, TAG, name="Ruuvi")

    def say() -> None:
        door.advertise(frames_bthome.service_data({"window": 1}, 3), rssi_dbm=-80)
        strap.advertise(rssi_dbm=-40)
        tag.advertise_company(0x0499, frames_ruuvitag.manufacturer_data(TAG, frames_ruuvitag.Weather()), rssi_dbm=-60)

    async with again_and_again(say):
        heard = await air.listen(CLOCK, LISTEN_S)
    assert [(one.address, one.signal_dbm) for one in heard.found] == [(STRAP, -40), (TAG, -60), (DOOR, -80)]
    assert [guesses(one)[0].kind for one in heard.found] == ["heart_rate", "ruuvitag", "shelly_door"]
    assert by_address(heard)[TAG].name == "Ruuvi"
    assert (heard.troubles, heard.listened) == ((), 1)


async def test_a_scan_goes_on_beside_a_hub_that_listens(bluez: EmulatedBlueZ) -> None:
    door = SimulatedAdvertiser(bluez, DOOR)
    async with listening() as ear, again_and_again(lambda: door.advertise(b"\x40\x2d\x01")):
        heard = await air.listen(CLOCK, LISTEN_S)
        assert ear.state("radio") is LinkState.UP
    assert [one.address for one in heard.found] == [DOOR]


async def test_many_different_words_are_not_all_kept(bluez: EmulatedBlueZ) -> None:
    button, numbers = SimulatedAdvertiser(bluez, DOOR), iter(range(10_000))
    async with again_and_again(lambda: button.advertise(frames_bthome.service_data({"motion": 1}, next(numbers)))):
        heard = await air.listen(CLOCK, LISTEN_S)
    assert 0 < len(heard.found[0].frames) <= air.MOST_FRAMES


async def test_without_a_bus_there_is_no_radio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, f"unix:path={tmp_path}/nobody")
    heard = await air.listen(CLOCK, LISTEN_S)
    assert heard.troubles == ("The system's message bus cannot be reached",)
    assert heard.listened == 0


async def test_a_busy_radio_is_told_as_such(bluez: EmulatedBlueZ) -> None:
    bluez.refuse("StartDiscovery", RefusalError("org.bluez.Error.InProgress", "Operation already in progress"))
    assert (await air.listen(CLOCK, LISTEN_S)).troubles == (air.BUSY,)


async def test_a_radio_that_is_switched_off_is_told_as_such(bluez: EmulatedBlueZ) -> None:
    bluez.power(on=False)
    assert (await air.listen(CLOCK, LISTEN_S)).troubles == ("The Bluetooth radio is switched off",)


async def test_what_speaks_on_a_port_is_known_by_its_frames(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "usb-radar") as port:
        async with again_and_again(lambda: port.send(frames_ld2410.report())):
            heard = await ports.listen(CLOCK, port.path, 1.0)
    assert [(one.address, guesses(one)[0].kind) for one in heard.found] == [(port.path, "ld2410")]


async def test_every_sender_that_a_dongle_hears_is_told(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "usb-enocean") as port:

        def say() -> None:
            port.send(frames_esp3.contact("0029A1B2", is_open=True) + frames_esp3.rocker_press("0029A1B3"))

        async with again_and_again(say):
            heard = await ports.listen(CLOCK, port.path, 1.5)
    assert {one.address: guesses(one)[0].kind for one in heard.found} == {
        "0029A1B2": "enocean_contact",
        "0029A1B3": "enocean_rocker",
    }
    assert all(one.options == {"port": port.path} for one in heard.found)
    assert by_address(heard)["0029A1B2"].signal_dbm == -55


async def test_noise_on_a_port_is_no_device(tmp_path: Path) -> None:
    with SimulatedPort(tmp_path / "usb-noise") as port:
        async with again_and_again(lambda: port.send(b"hello, I am a printer\r\n")):
            heard = await ports.listen(CLOCK, port.path, 1.0)
    assert (heard.found, heard.listened) == ((), 1)


async def test_a_port_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    heard = await ports.listen(CLOCK, str(tmp_path / "gone"), 1.0)
    assert heard.troubles == (f"{tmp_path / 'gone'} cannot be listened to: it is not plugged in",)


def test_ports_are_called_by_the_name_that_stays(tmp_path: Path) -> None:
    assert ports.plugged_in(tmp_path / "none") == ports.plugged_in(tmp_path)
    assert all(way.line.questions == () for way in ports.ways())
    assert any(way.line.questions for way in ports.ways(ask=True))


async def publish(where: Broker, messages: dict[str, bytes]) -> None:
    async with aiomqtt.Client(where.host, where.port) as client:
        for topic, payload in messages.items():
            await client.publish(topic, payload, qos=1, retain=True)


async def test_a_real_broker_tells_of_its_devices(tmp_path: Path) -> None:
    long = [
        {"friendly_name": "door", "definition": {"exposes": [{"property": "contact"}], "description": "x" * 20_000}}
    ]
    async with Mosquitto(tmp_path, CLOCK.sleep) as mosquitto:
        messages = {
            "zigbee2mqtt/bridge/devices": json.dumps(long).encode(),
            "zigbee2mqtt/door": b'{"contact":true,"battery":90}',
            "zigbee2mqtt/huge": b'{"contact":true}' + b" " * LARGEST_PAYLOAD,
            "homeassistant/binary_sensor/h/config": b'{"state_topic":"esp/hall","device_class":"motion"}',
        }
        await publish(mosquitto.broker, messages)
        heard = await broker.listen(CLOCK, mosquitto.broker, LISTEN_S)
        mosquitto.kill()
        gone = await broker.listen(CLOCK, mosquitto.broker, LISTEN_S)
    devices = by_address(heard)
    assert {address: guesses(one)[0].kind for address, one in devices.items()} == {
        "zigbee2mqtt/door": "zigbee2mqtt",
        "esp/hall": "home_assistant",
    }
    assert devices["zigbee2mqtt/door"].count == 0  # an old message is no sign of life
    assert devices["zigbee2mqtt/door"].options == {"broker": mosquitto.broker.url}
    assert gone.troubles[0].startswith(f"the MQTT broker {mosquitto.broker.url} does not answer")


async def test_everything_is_listened_to_at_once(bluez: EmulatedBlueZ, tmp_path: Path) -> None:
    door = SimulatedAdvertiser(bluez, DOOR)
    async with Mosquitto(tmp_path, CLOCK.sleep) as mosquitto, again_and_again(lambda: door.advertise(b"\x40\x2d\x01")):
        where = Where(seconds=LISTEN_S, ports=(str(tmp_path / "gone"),), brokers=(mosquitto.broker,))
        heard = await listen(CLOCK, where)
        nothing = await listen(CLOCK, Where(radio=False))
    assert [one.address for one in heard.found] == [DOOR]
    assert (len(heard.troubles), heard.listened) == (1, 2)
    assert nothing == Heard()
