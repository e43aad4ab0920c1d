"""The simulated devices, as the demonstration and the simulator use them."""

from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedHeartRate, SimulatedOximeter
from devices.simulated.bluez import EmulatedBlueZ
from tests.devices.ble_rig import listening, until

DOOR, STRAP, CLIP = "A4:C1:38:00:00:02", "C0:00:00:00:00:01", "C0:00:00:00:00:02"


async def test_an_advertiser_is_heard_while_it_is_in_range(bluez: EmulatedBlueZ) -> None:
    door = SimulatedAdvertiser(bluez, DOOR, "SBDW-002C")
    assert not door.advertise(b"\x40\x11\x00"), "nobody scans"
    async with listening() as ear:
        assert door.advertise(b"\x40\x11\x00", rssi_dbm=-80)
        door.drop()
        assert not door.advertise(b"\x40\x11\x01")
        door.return_to_range()
        assert door.advertise_company(0x0969, b"\x01")
        assert door.advertise(b"\x02", service=0xFD3D)
        await until(lambda: len(ear.frames) == 3)
    assert [(frame.source, frame.payload.hex(), frame.signal_dbm) for frame in ear.frames] == [
        ("advert:fcd2", "401100", -80),
        ("advert:company:0969", "01", -60),
        ("advert:fd3d", "02", -60),
    ]


async def test_wearables_are_connected_to_when_they_advertise(bluez: EmulatedBlueZ) -> None:
    strap, clip = SimulatedHeartRate(bluez, STRAP), SimulatedOximeter(bluez, CLIP)
    async with listening({STRAP: ("2a37",), CLIP: ("2a5f", "2a5e")}) as ear:
        assert not strap.notify(b"\x06\x48")
        for device in (strap, clip):
            assert device.advertise()
            await until(lambda device=device: device.heard)  # type: ignore[misc]
            assert not device.advertise(), "a device that is connected does not advertise"
        await until(lambda: ear.is_up(STRAP, CLIP))
        assert strap.notify(b"\x06\x48")
        assert clip.notify(b"\x00", characteristic=0x2A5E)
        strap.drop()
        assert not strap.heard
        await until(lambda: ear.is_down(STRAP))
        assert strap.return_to_range()
        await until(lambda: ear.is_up(STRAP))
    assert [(frame.source, frame.payload.hex()) for frame in ear.frames] == [("gatt:2a37", "0648"), ("gatt:2a5e", "00")]
