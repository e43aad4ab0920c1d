"""Bluetooth Low Energy by bleak: every advert in the air, and a connection to each declared GATT device."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

from devices.kinds import Write
from devices.model import Clock, Frame, LinkEvent, LinkState
from devices.transports.ble_limits import LIMITS, TROUBLE, Backoff, Limits, RadioLostError, why
from devices.transports.ble_link import Air, GattLink, LinkBook
from devices.transports.ble_radio import watched_radio
from devices.transports.ble_scan import Scan

RADIO = "radio"


class BleTransport:
    """Hears adverts and GATT devices, and mends itself.

    `addresses` are the senders whose adverts are delivered; None delivers everybody's, so that strangers can be counted
    and new devices found. `gatt` says which characteristics of which device to subscribe to, as `2a37`, a full UUID, or
    a source such as `gatt:2a37`. `commands` are what is written to a device each time that the hub listens to it.
    """

    name = "ble"

    def __init__(
        self,
        clock: Clock,
        addresses: Collection[str] | None = None,
        gatt: Mapping[str, Collection[str]] | None = None,
        limits: Limits = LIMITS,
        commands: Mapping[str, Sequence[Write]] | None = None,
    ) -> None:
        self._clock = clock
        self._gatt = {address.upper(): names for address, names in (gatt or {}).items()}
        self._commands = {address.upper(): writes for address, writes in (commands or {}).items()}
        self._addresses = None if addresses is None else {address.upper() for address in addresses}
        self._limits = limits

    async def run(self, deliver: Callable[[Frame], None], report: Callable[[LinkEvent], None]) -> None:
        """Deliver every frame and report every change of link, until cancelled."""
        book = LinkBook(self._clock, report)
        air = Air(clock=self._clock, limits=self._limits, deliver=deliver, book=book)
        links = {
            address: GattLink(address, names, air, self._commands.get(address, ()))
            for address, names in self._gatt.items()
        }
        scan = Scan(self._addresses, links, air)
        backoff = Backoff(first_s=self._limits.retry_s, most_s=self._limits.retry_most_s)
        while True:
            try:
                await self._listen(scan, links, book, backoff)
            except* TROUBLE as errors:
                book.all_down(RADIO, why(_first(errors)))
            await self._clock.sleep(backoff.next_s())

    async def _listen(self, scan: Scan, links: Mapping[str, GattLink], book: LinkBook, backoff: Backoff) -> None:
        """Listen until the radio is lost, which is the only way that this ends."""

        def started() -> None:
            book.say(RADIO, LinkState.UP)
            backoff.reset()

        async with watched_radio(self._limits) as radio, asyncio.TaskGroup() as tasks:
            await radio.let_go(self._gatt)
            scan.news.start(await radio.devices())
            tasks.create_task(scan.run(started))
            for link in links.values():
                tasks.create_task(link.keep())
            loss = await radio.lost()
            book.all_down(RADIO, loss)
            raise RadioLostError(loss)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
