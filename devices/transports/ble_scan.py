"""The one scanner, which hears every advert and tells the links that their device is in range."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.bluezdbus.manager import get_global_bluez_manager
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from devices.transports.ble_adverts import News, frames_of
from devices.transports.ble_limits import TROUBLE, is_in_progress, why
from devices.transports.ble_link import Air, GattLink

_LOG = logging.getLogger(__name__)

# DuplicateData: an advert that repeats itself is a sign of life. RSSI: without it BlueZ keeps quiet about a device that
# advertises no data until its signal moves by 8 dB, and a chest strap is such a device. -127 lets any strength through.
_EVERY_ADVERT: BlueZScannerArgs = {"filters": {"DuplicateData": True, "RSSI": -127}}


class Scan:
    """Scans, delivers, and begins afresh when the scan has gone quiet."""

    def __init__(self, addresses: Collection[str] | None, links: Mapping[str, GattLink], air: Air) -> None:
        self._addresses = addresses
        self._links = links
        self._air = air
        self._heard = asyncio.Event()
        self.news = News()

    async def run(self, started: Callable[[], None]) -> None:
        """Scan until cancelled; calls `started` each time the radio has begun to listen.

        Raises:
            one of TROUBLE: the radio cannot listen.
        """
        while True:
            scanner = BleakScanner(self._on_advert, bluez=_EVERY_ADVERT)
            try:
                await self._start(scanner)
                started()
                await self._until_quiet()
            finally:
                await self._stop(scanner)

    async def _start(self, scanner: BleakScanner) -> None:
        async with asyncio.timeout(self._air.limits.scan_s):
            try:
                await scanner.start()
            except BleakError as error:
                if is_in_progress(error):
                    await _end_forgotten_scan()
                raise

    async def _until_quiet(self) -> None:
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(self._air.limits.quiet_s):
                    await self._heard.wait()
            except TimeoutError:
                return

    async def _stop(self, scanner: BleakScanner) -> None:
        try:
            async with asyncio.timeout(self._air.limits.release_s):
                await scanner.stop()
        except TROUBLE as error:
            _LOG.info("the scan was not stopped in good order: %s", why(error))

    def _on_advert(self, device: BLEDevice, advert: AdvertisementData) -> None:
        path, properties = advert.platform_data
        news = self.news.of(path, properties)
        if not news:
            return
        self._heard.set()
        address = device.address.upper()
        if address in self._links:
            self._links[address].heard(device)
        if self._addresses is None or address in self._addresses:
            for frame in frames_of(address, advert, news, self._air.clock.now()):
                self._air.deliver(frame)


async def _end_forgotten_scan() -> None:
    """End a scan that BlueZ counts as ours though we gave it up, as after a start that was answered too late.

    The scan belongs to bleak's connection to the bus and ends with it; bleak opens another one by itself. Without this
    the hub would be deaf until it is restarted.
    """
    manager = await get_global_bluez_manager()
    bus = manager._bus  # noqa: SLF001 -- bleak has no public way to end a scan that its scanner does not know of
    if bus is not None:
        bus.disconnect()
