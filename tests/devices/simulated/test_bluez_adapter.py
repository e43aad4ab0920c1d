"""The emulated adapter answers the unmodified bleak as BlueZ does."""

import contextlib
from collections.abc import AsyncIterator

import pytest
from bleak import BleakClient, BleakScanner
from bleak.args.bluez import BlueZDiscoveryFilters
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError
from dbus_fast import DBusError, Message
from dbus_fast.aio import MessageBus

from devices.simulated.bluez import Advert, EmulatedBlueZ, Peripheral, uuid16
from devices.transports.ble_dbus import BLUEZ, call, close
from tests.devices.ble_rig import until

BTHOME, HEART_RATE = uuid16(0xFCD2), uuid16(0x180D)
ADDRESS = "A4:C1:38:00:00:02"


class Heard(list[AdvertisementData]):
    """What a scanner called back with."""

    @property
    def strengths(self) -> list[int]:
        return [advert.rssi for advert in self]


@contextlib.asynccontextmanager
async def scanning(
    filters: BlueZDiscoveryFilters | None = None, service_uuids: list[str] | None = None
) -> AsyncIterator[Heard]:
    heard = Heard()
    scanner = BleakScanner(lambda _, advert: heard.append(advert), service_uuids, bluez={"filters": filters or {}})
    async with scanner:
        yield heard


@pytest.fixture
def sensor(bluez: EmulatedBlueZ) -> Peripheral:
    return bluez.add(Peripheral(address=ADDRESS, name="SBMO-003Z"))


def say(payload: str, rssi_dbm: int = -60) -> Advert:
    return Advert(service_data={BTHOME: bytes.fromhex(payload)}, rssi_dbm=rssi_dbm)


async def heard_by(bluez: EmulatedBlueZ, heard: Heard, count: int) -> None:
    """Exactly so many, after everything that was sent has come through."""
    bluez.advertise(bluez.add(Peripheral(address="00:00:5E:00:53:FF")), Advert(rssi_dbm=-1, uuids=(HEART_RATE,)))
    await until(lambda: -1 in heard.strengths)
    assert len(heard) == count + 1


async def test_nobody_hears_when_nobody_scans(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    assert not bluez.advertise(sensor, say("40"))
    async with scanning():
        assert bluez.advertise(sensor, say("40"))
        sensor.in_range = False
        assert not bluez.advertise(sensor, say("40"))


async def test_a_first_advert_has_everything(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    async with scanning() as heard:
        bluez.advertise(sensor, Advert(manufacturer_data={0x6B: b"\x72"}, uuids=(HEART_RATE,), rssi_dbm=-50))
        await until(lambda: len(heard) == 1)
    (advert,) = heard
    assert (advert.local_name, advert.rssi, advert.manufacturer_data) == ("SBMO-003Z", -50, {0x6B: b"\x72"})
    assert advert.service_uuids == [HEART_RATE]


async def test_the_same_again_is_not_told_until_the_signal_moves_by_eight_decibels(
    bluez: EmulatedBlueZ, sensor: Peripheral
) -> None:
    async with scanning() as heard:
        for rssi_dbm in (-70, -72, -77, -62):
            bluez.advertise(sensor, say("40", rssi_dbm))
        await heard_by(bluez, heard, 2)
    assert heard.strengths[:2] == [-70, -62]
    assert heard[1].service_data == heard[0].service_data, "which looks like the advert again"


async def test_duplicate_data_tells_of_every_advert(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    async with scanning({"DuplicateData": True}) as heard:
        for _ in range(5):
            bluez.advertise(sensor, say("40"))
        await heard_by(bluez, heard, 5)


async def test_a_signal_filter_tells_of_every_advert_even_without_data(
    bluez: EmulatedBlueZ, sensor: Peripheral
) -> None:
    async with scanning({"RSSI": -127}) as heard:
        for _ in range(5):
            bluez.advertise(sensor, Advert())
        await heard_by(bluez, heard, 5)


@pytest.mark.parametrize(("duplicates", "companies"), [(False, {1, 2}), (True, {2})])
async def test_companies_gather_unless_duplicates_are_asked_for(
    bluez: EmulatedBlueZ, sensor: Peripheral, duplicates: bool, companies: set[int]
) -> None:
    async with scanning({"DuplicateData": duplicates}) as heard:
        for company in (1, 2):
            bluez.advertise(sensor, Advert(manufacturer_data={company: b"x"}))
        await until(lambda: len(heard) == 2)
    assert set(heard[-1].manufacturer_data) == companies


async def test_a_service_filter_keeps_others_out_until_they_say_it(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    async with scanning(service_uuids=[HEART_RATE]) as heard:
        assert not bluez.advertise(sensor, say("40"))
        assert bluez.advertise(sensor, Advert(uuids=(HEART_RATE,)))
        assert bluez.advertise(sensor, Advert(uuids=(HEART_RATE, BTHOME)))
        await until(lambda: bool(heard) and heard[-1].service_uuids == sorted([HEART_RATE, BTHOME]))


async def test_a_second_scan_in_one_process_is_in_progress(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    async with scanning():
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakScanner().start()
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakClient(sensor.address).connect()  # by address it scans by itself
    assert not bluez.adapter.scanning


async def test_signal_strength_goes_when_the_last_scan_ends(bluez: EmulatedBlueZ, sensor: Peripheral) -> None:
    async with scanning():
        bluez.advertise(sensor, say("40", -60))
    async with scanning() as heard:
        bluez.advertise(sensor, say("40", -60))
        await heard_by(bluez, heard, 1)


async def test_an_adapter_that_is_off_is_not_ready(bluez: EmulatedBlueZ) -> None:
    scanner = BleakScanner()
    await scanner.start()
    bluez.power(on=False)
    with pytest.raises(BleakDBusError, match="NotReady"):  # races the signal that the adapter is off
        await BleakScanner().start()
    await scanner.stop()
    with pytest.raises(BleakBluetoothNotAvailableError) as unavailable:
        await BleakScanner().start()
    assert unavailable.value.reason is BleakBluetoothNotAvailableReason.POWERED_OFF


async def test_stopping_a_scan_that_has_ended_fails(bluez: EmulatedBlueZ) -> None:
    scanner = BleakScanner()
    await scanner.start()
    bluez.power(on=False)
    bluez.power(on=True)
    with pytest.raises(BleakDBusError, match="No discovery started"):
        await scanner.stop()


async def test_a_fault_of_the_emulation_itself_is_logged(
    bluez: EmulatedBlueZ, caplog: pytest.LogCaptureFixture
) -> None:
    bus = await MessageBus(bus_address=bluez.address).connect()
    no_body = Message(
        destination=BLUEZ, path=bluez.adapter.path, interface="org.bluez.Adapter1", member="SetDiscoveryFilter"
    )
    await bus.send(no_body)
    await until(lambda: "the emulated BlueZ failed" in caplog.text)
    await close(bus)


async def test_what_bluez_does_not_have_it_says_so(bluez: EmulatedBlueZ) -> None:
    bus = await MessageBus(bus_address=bluez.address).connect()
    for path, error in ((bluez.adapter.path, "UnknownMethod"), ("/org/bluez/hci9", "UnknownObject")):
        with pytest.raises(DBusError) as refused:
            await call(bus, Message(destination=BLUEZ, path=path, interface="org.bluez.Media1", member="Play"))
        assert refused.value.type == f"org.freedesktop.DBus.Error.{error}"
    await close(bus)
