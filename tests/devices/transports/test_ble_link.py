"""GATT devices: each connection has an end and a next beginning (the table of Bluetooth behaviours, rows 1 and 3)."""

import asyncio
from functools import partial
from itertools import pairwise

import pytest

from devices.model import LinkState
from devices.simulated.ble_devices import (
    SimulatedAdvertiser,
    SimulatedGattDevice,
    SimulatedHeartRate,
    SimulatedOximeter,
)
from devices.simulated.bluez import (
    Advert,
    Characteristic,
    EmulatedBlueZ,
    Peripheral,
    RefusalError,
    Service,
    refusal,
    uuid16,
)
from devices.transports.ble_limits import Limits
from tests.devices.ble_rig import BRISK, CLOCK, Ear, listening, match_rules, open_files, until

STRAP, CLIP = "C0:00:00:00:00:01", "C0:00:00:00:00:02"
PULSE = "gatt:2a37"


async def back_again(device: SimulatedGattDevice, ear: Ear) -> None:
    """Advertise as a device does until the hub listens to everything."""
    address = device.peripheral.address.upper()
    async with asyncio.timeout(20):
        while not (device.heard and ear.is_up(address)):
            device.advertise()
            await CLOCK.sleep(0.02)


def heard(ear: Ear, payload: str) -> bool:
    return payload in ear.payloads(PULSE)


async def test_a_connected_device_is_heard_by_its_characteristics(bluez: EmulatedBlueZ) -> None:
    strap, clip = SimulatedHeartRate(bluez, STRAP.lower()), SimulatedOximeter(bluez, CLIP)
    strap.set_battery(81)
    async with listening({STRAP.lower(): ("gatt:2a37", "2a19"), CLIP: ("2a5f",)}) as ear:
        await back_again(strap, ear)
        await back_again(clip, ear)
        assert strap.notify(bytes.fromhex("16483a03f002"))
        assert clip.notify(bytes.fromhex("00e8f384f3"))
        assert not clip.notify(bytes.fromhex("00"), characteristic=0x2A5E)
        strap.set_battery(80)
        await until(lambda: len(ear.frames) == 4)
    heard = [(frame.address, frame.source, frame.payload.hex()) for frame in ear.frames]
    assert heard == [
        (STRAP, "gatt:2a19", "51"),
        (STRAP, PULSE, "16483a03f002"),
        (CLIP, "gatt:2a5f", "00e8f384f3"),
        (STRAP, "gatt:2a19", "50"),
    ]
    assert [link.state for link in ear.links if link.subject == STRAP] == [LinkState.UP]


async def test_doubled_notifications_do_not_come_however_often_it_drops(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37",)}) as ear:
        for drop in range(4):
            await back_again(strap, ear)
            strap.notify(bytes([0x06, drop]))
            await until(partial(heard, ear, f"06{drop:02x}"))
            strap.drop()
            await until(lambda: ear.is_down(STRAP))
            strap.peripheral.in_range = True
    assert ear.payloads(PULSE) == ["0600", "0601", "0602", "0603"]
    assert ear.details(STRAP) == ["", "The connection was lost"] * 4


async def test_reconnecting_leaks_no_task_no_file_and_no_match_rule(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)

    async def drop_and_return(ear: Ear, times: int) -> tuple[int, int, int]:
        for _ in range(times):
            strap.drop()
            await until(lambda: ear.is_down(STRAP))
            strap.peripheral.in_range = True
            await back_again(strap, ear)
        return len(asyncio.all_tasks()), open_files(), await match_rules(bluez)

    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
        before = await drop_and_return(ear, 1)
        assert await drop_and_return(ear, 12) == before


async def test_a_dropped_device_is_back_within_ten_seconds_of_returning(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37",)}, Limits()) as ear:  # the limits of a real hub
        await back_again(strap, ear)
        strap.drop()
        await until(lambda: ear.is_down(STRAP))
        bluez.refuse("Connect", refusal("Failed", "le-connection-abort-by-remote"))  # at the edge of the range
        strap.return_to_range()
        returned_s = CLOCK.boot_s()
        await back_again(strap, ear)
        assert CLOCK.boot_s() - returned_s < 10
    assert ear.details(STRAP)[:3] == ["", "The connection was lost", ""]


async def test_a_device_that_is_not_heard_is_not_reached_for(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
        calls = bluez.calls["Connect"]
        strap.drop()  # BlueZ tells of the loss in a way that looks like an advert
        await until(lambda: ear.is_down(STRAP))
        await bluez.flushed()
        await CLOCK.sleep(3 * BRISK.retry_s)
        assert bluez.calls["Connect"] == calls


def longest_gap_s(ear: Ear) -> float:
    """The longest time in which no advert came through."""
    times = [frame.at for frame in ear.frames if frame.source == "advert:fcd2"]
    return max((later - earlier).total_seconds() for earlier, later in pairwise(times))


async def test_ten_devices_reconnect_without_starving_the_scanner(bluez: EmulatedBlueZ) -> None:
    bluez.links.connecting_deafens = True
    straps = [SimulatedHeartRate(bluez, f"C0:00:00:00:01:{number:02X}") for number in range(10)]
    addresses = [strap.peripheral.address for strap in straps]
    button = SimulatedAdvertiser(bluez, "B4:35:22:F5:3D:A4")
    for strap in straps:
        strap.peripheral.connect_s = 0.2
    async with listening(dict.fromkeys(addresses, ("2a37",)), Limits()) as ear:
        for strap in straps:
            strap.drop()
            strap.peripheral.in_range = True
        began_s, presses = CLOCK.boot_s(), 0
        async with asyncio.timeout(20):
            while not ear.is_up(*addresses):
                for strap in straps:
                    strap.advertise()
                button.advertise(b"\x40")
                presses += 1
                await CLOCK.sleep(0.02)
        assert CLOCK.boot_s() - began_s < 10
        assert longest_gap_s(ear) < 1.0, "a press repeats itself for a second at least"
        assert len(ear.payloads("advert:fcd2")) > presses / 5
        assert bluez.links.most_at_once == 1


async def test_a_disconnect_that_hangs_is_bounded_and_the_device_comes_back(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    bluez.refuse("StartNotify", refusal("Failed", "Operation failed with ATT error: 0x0e"))
    bluez.hang("Disconnect")
    async with listening({STRAP: ("2a37",)}) as ear:
        strap.advertise()  # once: BlueZ holds the link, so the device does not advertise again
        await until(lambda: strap.heard and ear.is_up(STRAP))
        strap.notify(b"\x06\x48")
        await until(lambda: ear.payloads(PULSE) == ["0648"])
        stopped_s = CLOCK.boot_s()
    assert CLOCK.boot_s() - stopped_s < 2, "stopping waits no longer than its bound"


async def test_a_disconnect_whose_answer_never_comes_is_bounded(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    bluez.mute("Disconnect")
    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
        stopped_s = CLOCK.boot_s()
    assert CLOCK.boot_s() - stopped_s < 2
    assert not strap.peripheral.connected


async def test_a_connect_that_hangs_is_bounded_and_tried_again(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    strap.peripheral.connect_s = 30
    async with listening({STRAP: ("2a37",)}) as ear:
        strap.advertise()
        await until(lambda: ear.is_down(STRAP))
        strap.peripheral.connect_s = 0.01
        await back_again(strap, ear)
    assert ear.details(STRAP) == ["Bluetooth did not answer in time", ""]


async def test_a_connect_whose_clean_up_hangs_as_well_is_bounded(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    strap.peripheral.connect_s = 30
    bluez.hang("Disconnect")  # which bleak calls without any bound when connecting has failed
    async with listening({STRAP: ("2a37",)}) as ear:
        strap.advertise()
        await until(lambda: ear.is_down(STRAP))
    assert ear.details(STRAP) == ["Bluetooth did not answer in time"]


async def test_one_hanging_device_holds_the_others_up_no_longer_than_its_bound(bluez: EmulatedBlueZ) -> None:
    hanging, strap = SimulatedOximeter(bluez, CLIP), SimulatedHeartRate(bluez, STRAP)
    hanging.peripheral.connect_s = 30
    async with listening({CLIP: ("2a5f",), STRAP: ("2a37",)}) as ear:
        hanging.advertise()
        await until(lambda: bluez.calls["Connect"] == 1)
        await back_again(strap, ear)
        assert ear.is_down(CLIP)


async def test_services_that_never_resolve_are_a_failed_connection(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    strap.peripheral.resolve_s = 30
    async with listening({STRAP: ("2a37",)}) as ear:
        strap.advertise()
        await until(lambda: ear.is_down(STRAP))
        strap.peripheral.resolve_s = 0.01
        await back_again(strap, ear)
        strap.notify(b"\x06\x48")
        await until(lambda: bool(ear.payloads(PULSE)))
    assert ear.payloads(PULSE) == ["0648"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refusal("InProgress", "In Progress"), "Bluetooth is busy with something else"),
        (
            refusal("Failed", "le-connection-timeout"),
            "Bluetooth failed: [org.bluez.Error.Failed] le-connection-timeout",
        ),
        (
            RefusalError("org.freedesktop.DBus.Error.UnknownObject"),
            "The device was heard, but was gone when the hub wanted to connect",
        ),
    ],
)
async def test_a_refused_connection_is_said_once_and_tried_again(
    bluez: EmulatedBlueZ, error: RefusalError, said: str
) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    bluez.refuse("Connect", *[error] * 3)
    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
    assert ear.details(STRAP) == [said, ""]
    assert bluez.calls["Connect"] == 4


async def test_a_connection_that_bluez_aborts_itself_is_tried_again(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    bluez.refuse("Connect", refusal("Failed", "le-connection-abort-by-local"))
    async with listening({STRAP: ("2a37",)}) as ear:  # bleak waits here for a loss that never comes
        await back_again(strap, ear)


async def test_a_device_that_went_between_advert_and_connection_is_waited_for(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37",)}) as ear:
        strap.advertise()
        bluez.forget(strap.peripheral)
        await until(lambda: ear.is_down(STRAP))
        await back_again(strap, ear)
    assert [link.state for link in ear.links if link.subject == STRAP] == [LinkState.DOWN, LinkState.UP]


async def test_a_characteristic_that_the_device_lacks_is_named(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37", "2a5f", "fb005c80-02e7-f387-1cad-8acd2d8df0c8")}) as ear:
        await back_again(strap, ear)
    assert ear.details(STRAP) == ["The device lacks 2a5f, fb005c80-02e7-f387-1cad-8acd2d8df0c8"]


async def test_a_characteristic_that_can_only_be_written_is_left_alone(bluez: EmulatedBlueZ) -> None:
    control = Characteristic(uuid=uuid16(0x2A39), flags=("write",))
    services = (Service(uuid=uuid16(0x180D), characteristics=(control,)),)
    scale = bluez.add(Peripheral(address=CLIP, services=services))
    async with listening({CLIP: ("2a39",)}) as ear:
        bluez.advertise(scale, Advert(uuids=(uuid16(0x180D),)))
        await until(lambda: ear.is_up(CLIP))
    assert ear.details(CLIP) == [""]
    assert not bluez.calls["ReadValue"] + bluez.calls["StartNotify"]


async def test_links_that_a_killed_hub_left_behind_are_freed(bluez: EmulatedBlueZ) -> None:
    strap, stranger = SimulatedHeartRate(bluez, STRAP), SimulatedOximeter(bluez, CLIP)
    async with listening():
        strap.advertise()
        stranger.advertise()
        await bluez.flushed()
    bluez.links.hold(strap.peripheral)
    bluez.links.hold(stranger.peripheral)
    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
        assert stranger.peripheral.connected, "what others connect to is theirs"


async def test_a_left_link_that_does_not_let_go_does_not_deafen_the_hub(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening():
        strap.advertise()
        await bluez.flushed()
    bluez.links.hold(strap.peripheral)
    bluez.hang("Disconnect")
    async with listening({STRAP: ("2a37",)}) as ear:
        assert ear.is_up("radio")


async def test_stopping_disconnects_and_stops_the_scan(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: ("2a37",)}) as ear:
        await back_again(strap, ear)
        assert bluez.adapter.scanning
    assert not strap.peripheral.connected
    assert not bluez.adapter.scanning
    assert ear.is_up(STRAP, "radio"), "an orderly stop is no fault"
