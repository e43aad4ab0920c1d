"""The emulated connections and values answer the unmodified bleak as BlueZ does."""

import asyncio

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError

from devices.simulated.bluez import Advert, Characteristic, EmulatedBlueZ, Peripheral, Service, refusal, uuid16
from tests.devices.ble_rig import open_files, until

HEART_RATE, MEASUREMENT, PLACE, CONTROL = uuid16(0x180D), uuid16(0x2A37), uuid16(0x2A38), uuid16(0x2A39)
ADDRESS = "C0:00:00:00:00:01"


@pytest.fixture
def written() -> list[bytes]:
    return []


@pytest.fixture
def strap(bluez: EmulatedBlueZ, written: list[bytes]) -> Peripheral:
    characteristics = (
        Characteristic(uuid=MEASUREMENT, flags=("notify",)),
        Characteristic(uuid=PLACE, flags=("read", "notify"), value=b"\x01"),
        Characteristic(uuid=CONTROL, flags=("write",), on_write=written.append),
    )
    service = Service(uuid=HEART_RATE, characteristics=characteristics)
    return bluez.add(Peripheral(address=ADDRESS, name="Strap", services=(service,)))


@pytest.fixture
async def found(bluez: EmulatedBlueZ, strap: Peripheral) -> BLEDevice:
    async with BleakScanner() as scanner:
        bluez.advertise(strap, Advert(uuids=(HEART_RATE,)))
        await until(lambda: bool(scanner.discovered_devices))
        return scanner.discovered_devices[0]


async def test_services_appear_with_the_connection(found: BLEDevice) -> None:
    async with BleakClient(found) as client:
        assert [service.uuid for service in client.services] == [HEART_RATE]
        offered = {one.uuid: one.properties for one in client.services.characteristics.values()}
        assert offered == {MEASUREMENT: ["notify"], PLACE: ["read", "notify"], CONTROL: ["write"]}
    assert not client.is_connected


async def test_reading_and_writing(found: BLEDevice, written: list[bytes]) -> None:
    async with BleakClient(found) as client:
        assert await client.read_gatt_char(PLACE) == b"\x01"
        await client.write_gatt_char(CONTROL, b"\x01", response=True)
        with pytest.raises(BleakGATTProtocolError, match="Read Not Permitted"):
            await client.read_gatt_char(CONTROL)
        with pytest.raises(BleakGATTProtocolError, match="Write Not Permitted"):
            await client.write_gatt_char(PLACE, b"\x01", response=True)
        with pytest.raises(BleakDBusError, match="NotSupported"):
            await client.start_notify(CONTROL, lambda *_: None)
    assert written == [b"\x01"]


async def test_a_value_that_is_read_is_told_to_subscribers_too(found: BLEDevice) -> None:
    told: list[bytes] = []
    async with BleakClient(found) as client:
        await client.start_notify(PLACE, lambda _, value: told.append(bytes(value)))
        await client.read_gatt_char(PLACE)
        await until(lambda: told == [b"\x01"])


@pytest.mark.parametrize("start_notify", [True, False])
async def test_each_notification_comes_once_until_stopped(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice, start_notify: bool
) -> None:
    told: list[bytes] = []
    async with BleakClient(found) as client:
        assert not bluez.notify(strap, MEASUREMENT, b"early")
        await client.start_notify(
            MEASUREMENT, lambda _, value: told.append(bytes(value)), bluez={"use_start_notify": start_notify}
        )
        for value in (b"1", b"2", b"2"):
            assert bluez.notify(strap, MEASUREMENT, value)
        await until(lambda: told == [b"1", b"2", b"2"])
        await client.stop_notify(MEASUREMENT)
        await until(lambda: not bluez.notify(strap, MEASUREMENT, b"late"))
    assert not bluez.values.listened_to(strap)


async def test_the_two_ways_to_listen_exclude_each_other(found: BLEDevice) -> None:
    async with BleakClient(found) as one, BleakClient(found) as other:
        await one.start_notify(MEASUREMENT, lambda *_: None, bluez={"use_start_notify": False})
        for start_notify in (True, False):
            with pytest.raises(BleakDBusError, match="Notify acquired"):
                await other.start_notify(MEASUREMENT, lambda *_: None, bluez={"use_start_notify": start_notify})
        await one.start_notify(PLACE, lambda *_: None)
        with pytest.raises(BleakDBusError, match="InProgress"):
            await one.start_notify(PLACE, lambda *_: None)
        with pytest.raises(BleakDBusError, match="InProgress"):
            await other.start_notify(PLACE, lambda *_: None, bluez={"use_start_notify": False})
        with pytest.raises(BleakDBusError, match="No notify session started"):
            await other.stop_notify(PLACE)


async def test_connecting_again_without_disconnecting_doubles_notifications(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    told: list[bytes] = []
    client = BleakClient(found)
    for _ in range(2):
        await client.connect()
        await client.start_notify(MEASUREMENT, lambda _, value: told.append(bytes(value)))
        if not told:
            bluez.notify(strap, MEASUREMENT, b"1")
            await until(lambda: told == [b"1"])
            bluez.drop(strap)
            await until(lambda: not client.is_connected)
    bluez.notify(strap, MEASUREMENT, b"2")
    await until(lambda: len(told) >= 3)
    assert told == [b"1", b"2", b"2"]
    await client.disconnect()


async def test_a_lost_link_is_told_and_closes_the_socket(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    lost = asyncio.Event()
    async with BleakClient(found, lambda _: lost.set()) as client:
        await client.start_notify(MEASUREMENT, lambda *_: None, bluez={"use_start_notify": False})
        bluez.drop(strap)
        await asyncio.wait_for(lost.wait(), 5)
        assert not bluez.notify(strap, MEASUREMENT, b"1")
        assert not client.is_connected


async def test_a_pending_connect_is_in_progress_and_ended_by_disconnect(strap: Peripheral, found: BLEDevice) -> None:
    strap.in_range = False
    first = asyncio.create_task(BleakClient(found).connect())
    try:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await asyncio.shield(first)
        with pytest.raises(BleakDBusError, match="InProgress"):
            await BleakClient(found).connect()  # and bleak cleans up with Disconnect
        with pytest.raises(BleakDBusError, match="br-connection-canceled"):
            await first
    finally:
        first.cancel()


async def test_a_device_that_comes_into_range_while_connecting_is_connected(
    strap: Peripheral, found: BLEDevice
) -> None:
    strap.in_range = False
    client = BleakClient(found)
    connecting = asyncio.create_task(client.connect())
    async with asyncio.timeout(5):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(connecting), 0.1)
        strap.in_range = True
        await connecting
    assert client.is_connected
    await client.disconnect()


async def test_a_device_that_refuses_is_not_connected(strap: Peripheral, found: BLEDevice) -> None:
    strap.refuses = refusal("Failed", "le-connection-refused")
    with pytest.raises(BleakDBusError, match="le-connection-refused"):
        await BleakClient(found).connect()
    assert not strap.connected


async def test_switching_the_radio_off_ends_attempts_and_links(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    strap.in_range = False
    connecting = asyncio.create_task(BleakClient(found).connect())
    await until(lambda: bluez.calls["Connect"] == 1)
    bluez.power(on=False)
    with pytest.raises(BleakDBusError, match="br-connection-canceled"):
        await connecting


async def test_a_device_that_leaves_while_its_services_are_found_has_none(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    strap.resolve_s = 0.05
    connecting = asyncio.create_task(BleakClient(found).connect())
    await until(lambda: strap.connected)
    bluez.drop(strap)
    with pytest.raises(BleakError, match="failed to discover services, device disconnected"):
        await connecting


async def test_a_killed_bluetoothd_closes_the_sockets_that_it_gave_out(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    files = open_files()
    client = BleakClient(found)
    await client.connect()
    await client.start_notify(MEASUREMENT, lambda *_: None, bluez={"use_start_notify": False})
    await bluez.kill()
    await bluez.start()
    assert not bluez.notify(strap, MEASUREMENT, b"1")
    with pytest.raises(BleakDBusError):
        await client.disconnect()
    await until(lambda: open_files() <= files)


async def test_a_restarted_bluetoothd_knows_nothing_of_before(
    bluez: EmulatedBlueZ, strap: Peripheral, found: BLEDevice
) -> None:
    client = BleakClient(found)
    await client.connect()
    await bluez.kill()
    assert client.is_connected, "bleak does not notice"
    await bluez.start()
    assert not strap.connected
    with pytest.raises(BleakDBusError, match="UnknownObject"):
        await client.disconnect()
