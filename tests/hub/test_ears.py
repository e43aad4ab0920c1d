"""What the hub listens with follows from the devices, and is left alone for as long as it can stay."""

import asyncio
from collections.abc import Callable

from devices.kinds import DeviceSetup
from devices.model import Frame, LinkEvent
from hub.ears import RADIO, Ear, Ears, needed, receiver_of
from hub.supervisor import Supervisor
from tests.fakes import START, FakeClock, settle

BUTTON = DeviceSetup(name="button", kind="shelly_button", address="A4:C1:38:00:00:01")
STRAP = DeviceSetup(name="strap", kind="heart_rate", address="A4:C1:38:00:00:02")
POLAR = DeviceSetup(name="polar", kind="polar", address="A4:C1:38:00:00:02")
RADAR = DeviceSetup(name="radar", kind="ld2410", address="/dev/serial/by-id/radar")
SWITCH = DeviceSetup(
    name="switch", kind="enocean_rocker", address="0029A1B2", options={"port": "/dev/serial/by-id/dongle"}
)
CONTACT = DeviceSetup(
    name="contact", kind="enocean_contact", address="0029A1B3", options={"port": "/dev/serial/by-id/dongle"}
)


def parts(*setups: DeviceSetup) -> list[str]:
    return [ear.part for ear in needed(setups)]


def test_a_home_without_devices_needs_no_ears() -> None:
    assert parts() == []


def test_bluetooth_is_one_radio_for_all_and_each_port_is_opened_once() -> None:
    assert parts(BUTTON, STRAP, RADAR, SWITCH, CONTACT) == [
        "the serial port /dev/serial/by-id/radar",
        "the serial port /dev/serial/by-id/dongle",
        "the Bluetooth radio",
    ]


def test_a_receiver_says_what_its_link_events_are_about() -> None:
    assert [ear.subject for ear in needed([BUTTON, RADAR])] == ["/dev/serial/by-id/radar", RADIO]


def test_the_radio_is_the_same_while_nobody_new_is_to_be_connected() -> None:
    (button,), (both,), (strap,) = needed([BUTTON]), needed([BUTTON, STRAP]), needed([STRAP])
    assert both.key == strap.key != button.key


def test_two_kinds_at_one_address_are_heard_both() -> None:
    (one,), (two,) = needed([STRAP]), needed([STRAP, POLAR])
    assert one.key != two.key


def test_another_sender_at_the_same_port_does_not_disturb_it() -> None:
    (before,), (after,) = needed([SWITCH]), needed([SWITCH, CONTACT])
    assert before.key == after.key


HALL = DeviceSetup(name="hall", kind="zigbee2mqtt", address="zigbee2mqtt/hall motion")
LAMP = DeviceSetup(name="lamp", kind="home_assistant", address="homeassistant/sensor/lamp/state")
FAR = DeviceSetup(
    name="far", kind="zigbee2mqtt", address="annexe/far", options={"broker": "mqtts://hub@annexe.example:8884"}
)


def test_each_broker_is_heard_once_for_all_its_topics() -> None:
    here, far = needed([HALL, LAMP, FAR])
    assert (here.subject, far.subject) == ("mqtt://localhost:1883", "mqtts://annexe.example:8884")
    assert here.key != needed([HALL])[0].key
    assert here.key == needed([LAMP, HALL])[0].key


def test_a_broker_is_listened_to_by_mqtt() -> None:
    (ear,) = needed([HALL])
    assert ear.make(FakeClock()).name == "broker mqtt://localhost:1883"


def test_every_device_has_a_receiver_that_is_needed() -> None:
    setups = [BUTTON, STRAP, RADAR, SWITCH, HALL, FAR]
    assert {receiver_of(one) for one in setups} == {ear.subject for ear in needed(setups)}


class Fake:
    """A transport that counts how often it was started and stopped."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.starts = 0
        self.stops = 0

    def ear(self, key: str = "") -> Ear:
        return Ear(part=self.name, key=key, make=lambda _: self)

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        del report
        self.starts += 1
        deliver(Frame(address=self.name, source="serial", payload=b"", at=START))
        try:
            await asyncio.Event().wait()
        finally:
            self.stops += 1


async def test_only_what_changes_is_started_and_stopped() -> None:
    heard: list[Frame] = []
    clock = FakeClock()
    supervisor = Supervisor(clock, lambda _: None)
    ears = Ears(supervisor, clock, heard.append, lambda _: None)
    stays, goes, comes, changes = Fake("stays"), Fake("goes"), Fake("comes"), Fake("changes")
    await ears.listen([stays.ear(), goes.ear(), changes.ear("before")])
    await settle()
    await ears.listen([stays.ear(), comes.ear(), changes.ear("after")])
    await settle()
    assert [(one.starts, one.stops) for one in (stays, goes, comes, changes)] == [(1, 0), (1, 1), (1, 0), (2, 1)]
    assert supervisor.parts == {"stays", "comes", "changes"}
    assert [frame.address for frame in heard] == ["stays", "goes", "changes", "comes", "changes"]
    await supervisor.stop()


async def test_a_radio_is_made_without_touching_the_bus() -> None:
    (radio,) = needed([BUTTON, POLAR])
    transport = radio.make(FakeClock())
    assert transport.name == "ble"
