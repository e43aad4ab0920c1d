"""What happens to the radio itself, which bleak does not tell.

A bluetoothd that is killed, or an adapter that is switched off or pulled out, leaves bleak's scanner and clients
believing that all is well. So the transport watches the system bus beside it, on a connection of its own.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from dbus_fast import BusType, DBusError, Message, MessageType, unpack_variants
from dbus_fast.aio import MessageBus

from devices.transports.ble_dbus import BLUEZ, BUS, ask_bus, call, ended
from devices.transports.ble_limits import Limits, why

_LOG = logging.getLogger(__name__)
_ADAPTER = "org.bluez.Adapter1"
_DEVICE = "org.bluez.Device1"
_OBJECT_MANAGER = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_RULES = (
    f"type=signal,sender={BUS},member=NameOwnerChanged,arg0={BLUEZ}",
    f"type=signal,sender={BLUEZ},interface={_PROPERTIES},member=PropertiesChanged,arg0={_ADAPTER}",
    f"type=signal,sender={BLUEZ},interface={_OBJECT_MANAGER},member=InterfacesRemoved",
)


class Radio:
    """BlueZ as the system bus shows it, from `open` until `close`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bus = MessageBus(bus_type=BusType.SYSTEM)
        self._ended: asyncio.Task[None] | None = None
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def open(self) -> Self:
        """Connect to the system bus and begin to watch."""
        async with asyncio.timeout(self._limits.scan_s):
            await self._bus.connect()
            self._ended = asyncio.create_task(ended(self._bus))
            self._bus.add_message_handler(self._on_message)
            for rule in _RULES:
                await call(self._bus, ask_bus("AddMatch", rule))
        return self

    async def close(self) -> None:
        """Give the connection back, whether or not the bus is still there."""
        self._bus.disconnect()
        if self._ended is not None:
            await self._ended

    async def lost(self) -> str:
        """Wait until the radio is lost, and say how."""
        losses: list[asyncio.Future[Any]] = [self._lost] if self._ended is None else [self._lost, self._ended]
        await asyncio.wait(losses, return_when=asyncio.FIRST_COMPLETED)
        return self._lost.result() if self._lost.done() else "The system's message bus went away"

    async def devices(self) -> dict[str, Mapping[str, Any]]:
        """The devices that BlueZ holds now, by path, with their properties."""
        ask = Message(destination=BLUEZ, path="/", interface=_OBJECT_MANAGER, member="GetManagedObjects")
        async with asyncio.timeout(self._limits.scan_s):
            (objects,) = unpack_variants(await call(self._bus, ask))
        return {path: interfaces[_DEVICE] for path, interfaces in objects.items() if _DEVICE in interfaces}

    async def let_go(self, addresses: Collection[str]) -> None:
        """Disconnect what is still connected: a hub that was killed leaves its links, and a linked device is silent."""
        for path, device in (await self.devices()).items():
            if device["Connected"] and device["Address"].upper() in addresses:
                await self._disconnect(path)

    async def _disconnect(self, path: str) -> None:
        try:
            async with asyncio.timeout(self._limits.release_s):
                await call(self._bus, Message(destination=BLUEZ, path=path, interface=_DEVICE, member="Disconnect"))
        except (DBusError, TimeoutError) as error:
            # One device that does not let go must not keep the others from being heard.
            _LOG.info("a link of an earlier run was not released: %s", why(error))

    def _on_message(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL and not self._lost.done():
            loss = _loss(message.member or "", message.body)
            if loss is not None:
                self._lost.set_result(loss)


def _loss(member: str, body: list[Any]) -> str | None:
    """How a signal says that the radio is lost, if it does."""
    if member == "NameOwnerChanged":
        return "The Bluetooth service stopped" if body[0] == BLUEZ and body[1] else None
    if member == "InterfacesRemoved":
        return "The Bluetooth adapter was pulled out" if _ADAPTER in body[1] else None
    if member == "PropertiesChanged" and body[0] == _ADAPTER and "Powered" in body[1]:
        return None if body[1]["Powered"].value else "The Bluetooth radio is switched off"
    return None


@asynccontextmanager
async def watched_radio(limits: Limits) -> AsyncIterator[Radio]:
    """A radio that is watched."""
    radio = Radio(limits)
    try:
        yield await radio.open()
    finally:
        await radio.close()
