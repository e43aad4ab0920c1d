"""Adverts: each is heard, and none is heard that was not sent (the table of Bluetooth behaviours, rows 5 to 7)."""

from datetime import timedelta

from bleak.backends.scanner import AdvertisementData

from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedHeartRate
from devices.simulated.bluez import Advert, EmulatedBlueZ, uuid16
from devices.transports.ble_adverts import News, frames_of
from tests.devices.ble_rig import CLOCK, Ear, listening, until

PRESS = bytes.fromhex("40005201643a01")
BTHOME, RUUVI = "advert:fcd2", "advert:company:0499"
ADDRESS = "B4:35:22:F5:3D:A4"


async def heard_all(bluez: EmulatedBlueZ, ear: Ear) -> None:
    """Wait until an advert that is sent now has come through, and with it everything before it."""
    SimulatedAdvertiser(bluez, "00:00:5E:00:53:FF").advertise(b"\x00\x00", service=0xFFFF)
    await until(lambda: bool(ear.payloads("advert:ffff")))


async def test_an_advert_becomes_one_frame_for_each_field(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, ADDRESS.lower())
    async with listening() as ear:
        both = Advert(service_data={uuid16(0xFCD2): PRESS}, manufacturer_data={0x0499: b"\x05\x12"}, rssi_dbm=-71)
        bluez.advertise(button.peripheral, both)
        await until(lambda: len(ear.frames) == 2)
    assert {(frame.source, frame.payload) for frame in ear.frames} == {(BTHOME, PRESS), (RUUVI, b"\x05\x12")}
    assert {(frame.address, frame.signal_dbm) for frame in ear.frames} == {(ADDRESS, -71)}
    assert CLOCK.now() - ear.frames[0].at < timedelta(seconds=10)


async def test_slow_advertisers_are_heard_alive_each_time_they_repeat_themselves(bluez: EmulatedBlueZ) -> None:
    door = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening() as ear:
        for _ in range(5):  # the same bytes at the same strength: BlueZ keeps quiet about these unless told otherwise
            door.advertise(PRESS, rssi_dbm=-60)
        await until(lambda: len(ear.frames) == 5)
        await heard_all(bluez, ear)
    assert ear.payloads(BTHOME) == [PRESS.hex()] * 5


async def test_a_stale_replay_is_no_advert_so_one_panic_press_stays_one(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening() as ear:
        button.advertise(PRESS)
        await until(lambda: bool(ear.frames))
        bluez.links.hold(button.peripheral)  # any change of any property makes bleak repeat the last advert
        bluez.drop(button.peripheral)
        await heard_all(bluez, ear)
    assert ear.payloads(BTHOME) == [PRESS.hex()]


async def test_a_signal_that_changes_does_not_press_the_button_again(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening() as ear:
        button.advertise(PRESS, rssi_dbm=-60)
        for rssi_dbm in (-61, -90):
            bluez.advertise(button.peripheral, Advert(rssi_dbm=rssi_dbm))
        await heard_all(bluez, ear)
    assert ear.payloads(BTHOME) == [PRESS.hex()]


async def test_an_advert_with_one_field_does_not_repeat_the_other(bluez: EmulatedBlueZ) -> None:
    device = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening() as ear:
        device.advertise(PRESS)
        device.advertise_company(0x0499, b"\x05")
        await until(lambda: bool(ear.payloads(RUUVI)))
    assert [frame.source for frame in ear.frames] == [BTHOME, RUUVI]


async def test_a_press_from_before_the_hub_started_is_not_replayed_to_it(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening():
        button.advertise(PRESS)
    async with listening() as ear:  # BlueZ still holds the device and the press
        bluez.links.hold(button.peripheral)
        await heard_all(bluez, ear)
        button.advertise(bytes.fromhex("40005301643a01"))
        await until(lambda: bool(ear.payloads(BTHOME)))
    assert ear.payloads(BTHOME) == ["40005301643a01"]


async def test_a_device_that_bluez_forgot_is_heard_again(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, ADDRESS)
    async with listening() as ear:
        button.advertise(PRESS)
        bluez.forget(button.peripheral)
        button.advertise(PRESS)
        await until(lambda: len(ear.frames) == 2)
        await heard_all(bluez, ear)
    assert ear.payloads(BTHOME) == [PRESS.hex()] * 2


async def test_an_advert_without_data_gives_no_frame(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, ADDRESS)
    async with listening() as ear:
        strap.advertise()
        await heard_all(bluez, ear)
    assert [frame.source for frame in ear.frames] == ["advert:ffff"]


def test_a_signal_strength_that_bluez_does_not_know_is_none() -> None:
    advert = AdvertisementData(None, {}, {uuid16(0xFCD2): PRESS}, [], None, -127, ())
    (frame,) = frames_of(ADDRESS, advert, frozenset({"ServiceData"}), CLOCK.now())
    assert frame.signal_dbm is None


async def test_only_the_addresses_asked_for_are_delivered(bluez: EmulatedBlueZ) -> None:
    ours, neighbours = SimulatedAdvertiser(bluez, ADDRESS), SimulatedAdvertiser(bluez, "00:00:5E:00:53:01")
    async with listening(addresses=[ADDRESS.lower()]) as ear:
        neighbours.advertise(PRESS)
        ours.advertise(PRESS)
        await until(lambda: bool(ear.frames))
    assert [frame.address for frame in ear.frames] == [ADDRESS]


def test_memory_of_devices_is_bounded() -> None:
    news = News()
    payload = {"ServiceData": {"x": b"1"}}
    for number in range(10_000):
        assert news.of(f"/dev_{number}", payload)
    assert not news.of("/dev_9999", payload)
    assert news.of("/dev_0", payload), "the longest silent ones make room"


def test_an_equal_value_is_news_and_the_same_object_is_not() -> None:
    news = News()
    first, again = {"x": bytearray(b"1")}, {"x": bytearray(b"1")}
    assert news.of("/dev", {"ServiceData": first, "RSSI": -700}) == {"ServiceData", "RSSI"}
    assert news.of("/dev", {"ServiceData": first, "RSSI": -701}) == {"RSSI"}
    assert news.of("/dev", {"ServiceData": again}) == {"ServiceData"}
    assert news.of("/dev", {"ServiceData": again, "Connected": True}) == frozenset()


def test_what_bluez_held_before_is_not_news_until_it_differs() -> None:
    news = News()
    news.start({"/dev": {"ServiceData": {"x": b"1"}}, "/other": {"ServiceData": {"x": b"1"}}})
    assert news.of("/dev", {"ServiceData": {"x": b"1"}, "RSSI": -60}) == {"RSSI"}
    assert news.of("/dev", {"ServiceData": {"x": b"1"}}) == {"ServiceData"}
    assert news.of("/other", {"ServiceData": {"x": b"2"}}) == {"ServiceData"}
