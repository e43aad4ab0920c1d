"""Listens to every Bluetooth advertisement in the air for a while."""

import asyncio
from collections import Counter

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from devices.discovery.model import Found, Heard
from devices.kinds import Path
from devices.model import Clock, Frame
from devices.transports.ble_adverts import frames_of, short_uuid
from devices.transports.ble_limits import LIMITS, TROUBLE, Limits, is_in_progress, why

MOST_FRAMES = 12
"""As many different things that one device said are kept."""
BUSY = "Bluetooth is busy: another program has just begun to search. Wait a little, and try again"

_EVERY_ADVERT: BlueZScannerArgs = {"filters": {"DuplicateData": True, "RSSI": -127}}
_FIELDS = frozenset({"ServiceData", "ManufacturerData"})


class Air:
    """What was heard so far, by address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._frames: dict[str, dict[tuple[str, bytes], Frame]] = {}
        self._last: dict[str, tuple[BLEDevice, AdvertisementData]] = {}

    def take(self, device: BLEDevice, advert: AdvertisementData) -> None:
        """One advert. What BlueZ holds from before comes along with it; that, too, was said by this device."""
        address = device.address.upper()
        self._counts[address] += 1
        self._last[address] = device, advert
        kept = self._frames.setdefault(address, {})
        for frame in frames_of(address, advert, _FIELDS, self._clock.now()):
            kept.pop((frame.source, frame.payload), None)
            kept[frame.source, frame.payload] = frame
            if len(kept) > MOST_FRAMES:
                del kept[next(iter(kept))]

    def found(self) -> tuple[Found, ...]:
        """Everybody, the strongest first."""
        every = [self._found(address) for address in self._last]
        return tuple(sorted(every, key=lambda one: -999 if one.signal_dbm is None else one.signal_dbm, reverse=True))

    def _found(self, address: str) -> Found:
        device, advert = self._last[address]
        return Found(
            path=Path.ADVERT,
            address=address,
            count=self._counts[address],
            frames=tuple(self._frames[address].values()),
            name=advert.local_name or device.name,
            signal_dbm=advert.rssi,
            services=frozenset(short_uuid(uuid) for uuid in advert.service_uuids),
        )


async def listen(clock: Clock, seconds: float, limits: Limits = LIMITS) -> Heard:
    """Listen for so long, beside a hub that listens too: BlueZ lets each program search on its own."""
    air = Air(clock)
    scanner = BleakScanner(air.take, bluez=_EVERY_ADVERT)
    try:
        async with asyncio.timeout(limits.scan_s):
            await scanner.start()
        await clock.sleep(seconds)
        async with asyncio.timeout(limits.release_s):
            await scanner.stop()
    except TROUBLE as error:
        return Heard(found=air.found(), troubles=(BUSY if is_in_progress(error) else why(error),))
    return Heard(found=air.found(), listened=1)
