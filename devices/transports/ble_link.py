"""One connection to one GATT device, kept up for as long as the device is there."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.uuids import normalize_uuid_str

from devices.kinds import Write
from devices.model import Clock, Frame, LinkEvent, LinkState
from devices.transports.ble_adverts import short_uuid
from devices.transports.ble_limits import TROUBLE, Backoff, Limits, why

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class LinkBook:
    """What was last reported of the radio and of each device, so that each change is reported once."""

    clock: Clock
    report: Callable[[LinkEvent], None]
    _states: dict[str, LinkState] = field(default_factory=dict, init=False)

    def say(self, subject: str, state: LinkState, detail: str = "") -> None:
        """Report a state if it is a change."""
        if self._states.get(subject) is not state:
            self._states[subject] = state
            self.report(LinkEvent(subject=subject, state=state, at=self.clock.now(), detail=detail))

    def all_down(self, radio: str, detail: str) -> None:
        """The radio went down, and with it everything that was up."""
        self.say(radio, LinkState.DOWN, detail)
        for subject, state in list(self._states.items()):
            if state is LinkState.UP:
                self.say(subject, LinkState.DOWN, detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """What every link shares. One connection is made at a time: `slot`."""

    clock: Clock
    limits: Limits
    deliver: Callable[[Frame], None]
    book: LinkBook
    slot: asyncio.Lock = field(default_factory=asyncio.Lock)


class GattLink:
    """Connects whenever the device is heard, subscribes to its characteristics, and starts over when it drops.

    `commands` are written, in order, each time that it has subscribed: what makes a wearable stream.

    It never reaches for a device that was not heard: trying to connect to one that is out of range keeps the radio from
    scanning. Every client is disconnected before the next one is made, also after the device dropped by itself: the old
    subscription would live on in BlueZ and double every notification (bleak #2002).
    """

    def __init__(
        self, address: str, characteristics: Collection[str], air: Air, commands: Sequence[Write] = ()
    ) -> None:
        self._address = address
        self._wanted = [_full_uuid(name) for name in characteristics]
        self._commands = [(_full_uuid(name), value) for name, value in commands]
        self._air = air
        self._heard = asyncio.Event()
        self._device: BLEDevice | None = None

    def heard(self, device: BLEDevice) -> None:
        """The scanner has heard an advert of the device."""
        self._device = device
        self._heard.set()

    async def keep(self) -> None:
        """Keep the connection up until cancelled."""
        limits = self._air.limits
        backoff = Backoff(first_s=limits.retry_s, most_s=limits.retry_most_s)
        self._heard.clear()
        while True:
            await self._heard.wait()
            self._heard.clear()
            if self._device is not None and await self._attend(self._device):
                backoff.reset()
            else:
                await self._air.clock.sleep(backoff.next_s())

    async def _attend(self, device: BLEDevice) -> bool:
        """One connection from beginning to end; returns whether it came about."""
        dropped = asyncio.Event()
        client = BleakClient(device, lambda _: dropped.set(), timeout=self._air.limits.connect_s)
        try:
            lacking = await self._connect(client)
            self._air.book.say(self._address, LinkState.UP, lacking)
            await dropped.wait()
        except TROUBLE as error:
            self._air.book.say(self._address, LinkState.DOWN, why(error))
            return False
        else:
            self._air.book.say(self._address, LinkState.DOWN, "The connection was lost")
            self._heard.clear()  # what it advertised while connected does not say that it is in range now
            return True
        finally:
            await self._release(client, device)

    async def _connect(self, client: BleakClient) -> str:
        limits = self._air.limits
        async with self._air.slot:
            await self._air.clock.sleep(limits.breath_s)
            # bleak has its own limit, but cleans up without one
            async with asyncio.timeout(limits.connect_s + limits.release_s):
                await client.connect()
        async with asyncio.timeout(limits.subscribe_s):
            lacking = await self._subscribe(client)
            await self._command(client)
            return lacking

    async def _subscribe(self, client: BleakClient) -> str:
        """Read what can be read and listen to what notifies; returns what the device does not have, in words."""
        offered = list(client.services.characteristics.values())
        for characteristic in offered:
            if characteristic.uuid in self._wanted:
                await self._listen(client, characteristic)
        needed = {*self._wanted, *(uuid for uuid, _ in self._commands)}
        lacking = needed - {characteristic.uuid for characteristic in offered}
        return f"The device lacks {', '.join(sorted(map(short_uuid, lacking)))}" if lacking else ""

    async def _command(self, client: BleakClient) -> None:
        """Write what makes the device speak. One that it lacks was reported by `_subscribe`."""
        for uuid, value in self._commands:
            characteristic = client.services.get_characteristic(uuid)
            if characteristic is not None:
                await client.write_gatt_char(characteristic, value)

    async def _listen(self, client: BleakClient, characteristic: BleakGATTCharacteristic) -> None:
        source = f"gatt:{short_uuid(characteristic.uuid)}"
        if "read" in characteristic.properties:
            # before subscribing: BlueZ hands a value that is read to the subscribers as well
            self._say(source, await client.read_gatt_char(characteristic))
        if not {"notify", "indicate"}.isdisjoint(characteristic.properties):
            await client.start_notify(characteristic, partial(self._notified, source))

    def _notified(self, source: str, _: BleakGATTCharacteristic, value: bytearray) -> None:
        self._say(source, value)

    def _say(self, source: str, value: bytearray) -> None:
        now = self._air.clock.now()
        self._air.deliver(Frame(address=self._address, source=source, payload=bytes(value), at=now))

    async def _release(self, client: BleakClient, device: BLEDevice) -> None:
        try:
            async with asyncio.timeout(self._air.limits.release_s):
                await client.disconnect()
        except TROUBLE as error:
            # BlueZ may hold the link still, and a device that is linked does not advertise: do not wait to hear it.
            _LOG.info("a device was not released: %s", why(error))
            self.heard(device)


def _full_uuid(name: str) -> str:
    return normalize_uuid_str(name.removeprefix("gatt:"))
