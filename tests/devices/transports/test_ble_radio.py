"""The radio goes and comes back (the table of Bluetooth behaviours, rows 2, 3, 4 and 8)."""

import asyncio
import contextlib
import dataclasses
from pathlib import Path

import pytest

from devices.model import LinkState
from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedHeartRate
from devices.simulated.bluez import ENVIRONMENT, EmulatedBlueZ, PrivateBus, RefusalError, refusal
from devices.transports.ble import BleTransport
from tests.devices.ble_rig import BRISK, CLOCK, Ear, listening, match_rules, open_files, until

STRAP = "C0:00:00:00:00:01"
PULSE = ("2a37",)


async def hear_strap(strap: SimulatedHeartRate, ear: Ear) -> None:
    """The strap advertises until it is connected; then one pulse must come through exactly once."""
    async with asyncio.timeout(20):
        while not (strap.heard and ear.is_up(STRAP)):
            strap.advertise()
            await CLOCK.sleep(0.02)
    already = len(ear.payloads("gatt:2a37"))
    strap.notify(b"\x06\x48")
    await until(lambda: len(ear.payloads("gatt:2a37")) > already)
    strap.notify(b"\x06\x49")
    await until(lambda: ear.payloads("gatt:2a37")[-1] == "0649")
    assert ear.payloads("gatt:2a37")[already:] == ["0648", "0649"]


async def test_bluetoothd_killed_is_noticed_and_everything_comes_back(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        await bluez.kill()
        await until(lambda: ear.is_down("radio", STRAP))
        await bluez.start()
        await until(lambda: ear.is_up("radio"))
        await hear_strap(strap, ear)
    assert ear.details("radio") == ["", "The Bluetooth service stopped", ""]
    assert ear.details(STRAP) == ["", "The Bluetooth service stopped", ""]


async def test_bluetoothd_that_loses_its_name_is_noticed(bluez: EmulatedBlueZ) -> None:
    async with listening() as ear:
        await bluez.lose_name()
        await until(lambda: ear.is_down("radio"))
        await bluez.kill()
        await bluez.start()
        await until(lambda: ear.is_up("radio"))


async def test_bluetoothd_restarted_in_good_order_comes_back(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        await bluez.stop()
        await until(lambda: ear.is_down("radio", STRAP))
        await bluez.start()
        await hear_strap(strap, ear)


async def test_dbus_restarted_comes_back(bluez: EmulatedBlueZ, bus: PrivateBus) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        bus.stop()
        await until(lambda: ear.is_down("radio", STRAP))
        await bluez.kill()
        bus.start()
        await bluez.start()
        await hear_strap(strap, ear)
    assert ear.details("radio")[-1] == ""
    assert ear.details("radio")[1] in {"The system's message bus went away", "The Bluetooth service stopped"}


async def test_adapter_off_and_on_comes_back(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        bluez.power(on=False)
        await until(lambda: ear.is_down("radio", STRAP))
        await CLOCK.sleep(5 * BRISK.retry_s)  # so that it tries in vain as well
        bluez.power(on=True)
        await hear_strap(strap, ear)
    assert ear.details("radio") == ["", "The Bluetooth radio is switched off", ""]


async def test_adapter_pulled_out_and_put_back_comes_back(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        bluez.unplug()
        await until(lambda: ear.is_down("radio", STRAP))
        bluez.adapter.plug_in()
        await hear_strap(strap, ear)
    assert ear.details("radio") == ["", "The Bluetooth adapter was pulled out", ""]


async def test_adapter_that_is_off_when_the_hub_starts_is_waited_for(bluez: EmulatedBlueZ) -> None:
    bluez.power(on=False)
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
        await CLOCK.sleep(5 * BRISK.retry_s)
        bluez.power(on=True)
        await until(lambda: ear.is_up("radio"))
    assert ear.details("radio") == ["The Bluetooth radio is switched off", ""]


async def test_no_adapter_at_all_is_said(bluez: EmulatedBlueZ) -> None:
    bluez.unplug()
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
    assert ear.details("radio") == ["There is no Bluetooth adapter"]


async def test_no_bluetooth_service_is_said(bus: PrivateBus) -> None:
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
        bus.stop()
    assert ear.details("radio") == ["The Bluetooth service is not running"]


async def test_no_bus_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(ENVIRONMENT, f"unix:path={tmp_path}/nowhere")
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
    assert ear.details("radio") == ["The system's message bus cannot be reached"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refusal("NotReady", "Resource Not Ready"), "The Bluetooth radio is switched off"),
        (refusal("InProgress", "Operation already in progress"), "Bluetooth is busy with something else"),
        (RefusalError("org.freedesktop.DBus.Error.AccessDenied"), "The hub is not allowed to use Bluetooth"),
        (refusal("Failed", "odd"), "Bluetooth failed: [org.bluez.Error.Failed] odd"),
    ],
)
async def test_a_scan_that_is_refused_is_said_once_and_tried_again(
    bluez: EmulatedBlueZ, error: RefusalError, said: str
) -> None:
    # NotReady is what a scan gets that races the adapter being switched off, before any signal says so.
    bluez.refuse("StartDiscovery", *[error] * 3)
    async with listening() as ear:
        assert ear.details("radio") == [said, ""]
        button = SimulatedAdvertiser(bluez, "B4:35:22:F5:3D:A4")
        button.advertise(b"\x40")
        await until(lambda: len(ear.frames) == 1)


async def test_in_progress_left_by_a_start_that_was_answered_too_late_is_overcome(bluez: EmulatedBlueZ) -> None:
    bluez.mute("StartDiscovery")
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
        bluez.mute()
        await until(lambda: ear.is_up("radio"))
        button = SimulatedAdvertiser(bluez, "B4:35:22:F5:3D:A4")
        button.advertise(b"\x40")
        await until(lambda: len(ear.frames) == 1)
    assert ear.details("radio") == ["Bluetooth did not answer in time", ""]


async def test_one_scanner_serves_adverts_and_connections(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)
    async with listening({STRAP: PULSE}) as ear:
        for _ in range(3):
            await hear_strap(strap, ear)
            strap.drop()
            await until(lambda: ear.is_down(STRAP))
            strap.return_to_range()
    assert bluez.calls["StartDiscovery"] == 1, "a second scan in one process is InProgress"


async def test_a_frozen_bluetoothd_is_noticed_when_nothing_is_heard_any_more(bluez: EmulatedBlueZ) -> None:
    limits = dataclasses.replace(BRISK, scan_s=0.2, quiet_s=0.2)
    async with listening(limits=limits) as ear:
        bluez.hang("StartDiscovery", "StopDiscovery", "SetDiscoveryFilter", "GetManagedObjects")
        await until(lambda: ear.is_down("radio"))
        bluez.hang()
        await until(lambda: ear.is_up("radio"))
    assert ear.details("radio")[:3] == ["", "Bluetooth did not answer in time", ""]


async def test_a_quiet_scan_is_begun_afresh_without_alarm(bluez: EmulatedBlueZ) -> None:
    async with listening(limits=dataclasses.replace(BRISK, quiet_s=0.1)) as ear:
        await until(lambda: bluez.calls["StartDiscovery"] >= 3)
    assert [link.state for link in ear.links] == [LinkState.UP]


async def test_a_scan_that_hears_is_left_alone(bluez: EmulatedBlueZ) -> None:
    button = SimulatedAdvertiser(bluez, "B4:35:22:F5:3D:A4")
    async with listening(limits=dataclasses.replace(BRISK, quiet_s=1.0)) as ear:
        for _ in range(12):
            button.advertise(b"\x40")
            await CLOCK.sleep(0.1)
        assert len(ear.frames) == 12
    assert bluez.calls["StartDiscovery"] == 1


async def test_trying_again_is_paced(bluez: EmulatedBlueZ) -> None:
    bluez.power(on=False)
    async with listening(up=False) as ear:
        await until(lambda: ear.is_down("radio"))
        before = bluez.calls["GetManagedObjects"]
        await CLOCK.sleep(1.0)
        tries = (bluez.calls["GetManagedObjects"] - before) / 2
    assert 2 <= tries <= 1.0 / BRISK.retry_most_s + 2


async def test_losing_and_finding_the_radio_leaks_nothing(bluez: EmulatedBlueZ) -> None:
    strap = SimulatedHeartRate(bluez, STRAP)

    async def off_and_on(ear: Ear, times: int) -> tuple[int, int, int]:
        for _ in range(times):
            bluez.power(on=False)
            await until(lambda: ear.is_down("radio", STRAP))
            bluez.power(on=True)
            await hear_strap(strap, ear)
            await bluez.kill()
            await until(lambda: ear.is_down("radio", STRAP))
            await bluez.start()
            await hear_strap(strap, ear)
        return len(asyncio.all_tasks()), open_files(), await match_rules(bluez)

    async with listening({STRAP: PULSE}) as ear:
        await hear_strap(strap, ear)
        before = await off_and_on(ear, 1)
        assert await off_and_on(ear, 3) == before


@pytest.mark.usefixtures("bluez")
async def test_stopping_leaves_nothing_running() -> None:
    async with listening():
        pass
    before = len(asyncio.all_tasks())  # bleak keeps its own connection for the next scanner
    async with listening():
        pass
    assert len(asyncio.all_tasks()) == before


async def test_stopping_while_bluetooth_hangs_is_bounded(bluez: EmulatedBlueZ) -> None:
    running = asyncio.create_task(BleTransport(CLOCK, limits=BRISK).run(lambda _: None, lambda _: None))
    await until(lambda: bluez.adapter.scanning)
    bluez.hang("StopDiscovery")
    stopped_s = CLOCK.boot_s()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert CLOCK.boot_s() - stopped_s < 2
