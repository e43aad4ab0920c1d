"""An emulated org.bluez on a private D-Bus, for the *unmodified* bleak.

It serves the demonstration, the simulator and the tests alike: scanning, connecting, reading, writing, notifications,
and everything that goes wrong with a real Bluetooth stack (see `bluez_adapter`, `bluez_links` and `bluez_gatt` for what
is copied). It runs on the caller's event loop and speaks only when the loop runs.

dbus-fast drops a connection whose send buffer is full. So the buffer is made large here, and whoever sends hundreds of
adverts or notifications in one go awaits `flushed()` now and then.
"""

import asyncio
import contextlib
import logging
import os
import socket
from collections import Counter, defaultdict
from collections.abc import Coroutine
from typing import Self

from dbus_fast import Message, MessageType, NameFlag, RequestNameReply
from dbus_fast.aio import MessageBus

from devices.model import Sleep
from devices.simulated.bluez_adapter import Adapter, Handler
from devices.simulated.bluez_bus import ENVIRONMENT, BusError, PrivateBus
from devices.simulated.bluez_gatt import Values
from devices.simulated.bluez_links import Links
from devices.simulated.bluez_objects import OBJECT_MANAGER, ObjectTree, RefusalError, Reply, refusal
from devices.simulated.bluez_peripheral import Advert, Characteristic, Peripheral, Service, uuid16
from devices.transports.ble_dbus import BLUEZ, BUS, ask_bus, call, close

__all__ = [
    "ENVIRONMENT",
    "Advert",
    "BusError",
    "Characteristic",
    "EmulatedBlueZ",
    "Peripheral",
    "PrivateBus",
    "RefusalError",
    "Service",
    "refusal",
    "uuid16",
]

_LOG = logging.getLogger(__name__)
_NAME_TRIES = 500
_NAME_PAUSE_S = 0.01
_SEND_BUFFER_BYTES = 4 << 20
_SO_SNDBUFFORCE = 32


class EmulatedBlueZ:
    """A bluetoothd with one adapter. `calls` counts the methods called, by name."""

    def __init__(self, address: str, sleep: Sleep, adapter: str = "hci0") -> None:
        self.address = address
        self._sleep = sleep
        self._adapter_path = f"/org/bluez/{adapter}"
        self._refusals: defaultdict[str, list[RefusalError]] = defaultdict(list)
        self._hanging: set[str] = set()
        self._mute: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.calls: Counter[str] = Counter()
        self._peripherals: list[Peripheral] = []
        self._begin()

    def _begin(self) -> None:
        """Everything that a fresh bluetoothd does not know yet."""
        self._tree = ObjectTree(self._send)
        self.adapter = Adapter(self._tree, self._adapter_path)
        self.links = Links(self._tree, self.adapter, self._sleep, self._spawn)
        self.values = Values(self._tree, self.links)
        self._handlers: dict[tuple[str, str], Handler] = {
            **self.adapter.handlers,
            **self.links.handlers,
            **self.values.handlers,
        }
        for peripheral in self._peripherals:
            peripheral.connected = False
            self.links.add(peripheral)

    async def start(self) -> Self:
        """Come up on the bus, knowing nothing of an earlier life."""
        self._begin()
        self._bus = MessageBus(bus_address=self.address, negotiate_unix_fd=True)
        await self._bus.connect()
        _enlarge_send_buffer(self._bus)
        self._bus.add_message_handler(self._handle)
        await call(self._bus, ask_bus("AddMatch", f"type=signal,sender={BUS},member=NameOwnerChanged"))
        await self._take_name()
        self.adapter.plug_in()
        return self

    async def stop(self) -> None:
        """End in good order: every object is taken back first."""
        self.links.drop_all()
        self.adapter.unplug()
        await self.flushed()
        await self.kill()

    async def kill(self) -> None:
        """End as SIGKILL ends it: without a word to anybody."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.values.close()
        await close(self._bus)

    async def lose_name(self) -> None:
        """Give up the name org.bluez but stay on the bus."""
        await self._bus.release_name(BLUEZ)

    async def flushed(self) -> None:
        """Return when the bus has taken everything that was sent until now."""
        await call(self._bus, ask_bus("GetId"))

    def power(self, *, on: bool) -> None:
        """Switch the adapter on or off, as a flight mode does."""
        if not on:
            self._drop_all()
        self.adapter.power(on=on)

    def unplug(self) -> None:
        """Pull the adapter out."""
        self._drop_all()
        self.adapter.unplug()

    def refuse(self, member: str, *errors: RefusalError) -> None:
        """Answer the next calls of this method with these errors, one each."""
        self._refusals[member].extend(errors)

    def hang(self, *members: str) -> None:
        """Do nothing at all about these methods from now on, not even answer; with none given, be as usual again."""
        self._hanging = set(members)

    def mute(self, *members: str) -> None:
        """Do what these methods ask but never answer; with none given, be as usual again."""
        self._mute = set(members)

    def add(self, peripheral: Peripheral) -> Peripheral:
        """Bring a peripheral into the house."""
        self._peripherals.append(peripheral)
        self.links.add(peripheral)
        return peripheral

    def advertise(self, peripheral: Peripheral, advert: Advert) -> bool:
        """Let a peripheral send one advert; returns whether anybody scanned for it."""
        return peripheral.in_range and self.adapter.hear(peripheral, advert)

    def notify(self, peripheral: Peripheral, uuid: str, value: bytes) -> bool:
        """Let a connected peripheral tell of a value; returns whether anybody listens."""
        return self.values.notify(peripheral, uuid, value)

    def drop(self, peripheral: Peripheral) -> None:
        """Lose the link to a peripheral."""
        self.values.link_lost(peripheral)
        self.links.drop(peripheral)

    def forget(self, peripheral: Peripheral) -> None:
        """Remove a device that was not heard for long, as BlueZ does with devices it has no bond with."""
        self._tree.remove(self.adapter.device_path(peripheral))

    def _drop_all(self) -> None:
        for peripheral in self._peripherals:
            self.values.link_lost(peripheral)
        self.links.drop_all()

    def _send(self, message: Message) -> None:
        self._bus.send(message)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("the emulated BlueZ failed", exc_info=error)

    async def _take_name(self) -> None:
        # After a kill the bus may still be about to notice that the former owner has gone.
        for _ in range(_NAME_TRIES):
            if await self._bus.request_name(BLUEZ, NameFlag.DO_NOT_QUEUE) is RequestNameReply.PRIMARY_OWNER:
                return
            await self._sleep(_NAME_PAUSE_S)
        raise BusError(f"Another program owns {BLUEZ} on {self.address}")

    def _handle(self, message: Message) -> bool:
        if message.message_type is MessageType.SIGNAL and message.member == "NameOwnerChanged":
            client, _, owner = message.body
            if not owner:
                self.adapter.client_gone(client)
                self.values.client_gone(client)
        ours = message.message_type is MessageType.METHOD_CALL and message.destination == BLUEZ
        if ours:
            self._spawn(self._serve(message))
        return ours

    async def _serve(self, message: Message) -> None:
        self.calls[message.member or ""] += 1
        if message.member in self._hanging:
            return
        descriptors: list[int] = []
        try:
            signature, body, descriptors = await self._answer(message)
            reply = Message.new_method_return(message, signature, body, descriptors)
        except RefusalError as error:
            reply = Message.new_error(message, error.name, error.text)
        if message.member not in self._mute:
            await self._bus.send(reply)
        for descriptor in descriptors:
            os.close(descriptor)

    async def _answer(self, message: Message) -> Reply:
        if self._refusals[message.member or ""]:
            raise self._refusals[message.member or ""].pop(0)
        if message.interface == OBJECT_MANAGER:
            return "a{oa{sa{sv}}}", [self._tree.objects], []
        interfaces = self._tree.objects.get(message.path or "", {})
        if not interfaces:
            raise RefusalError(f"{BUS}.Error.UnknownObject", f"No object {message.path}")
        handler = self._handlers.get((message.interface or "", message.member or ""))
        if handler is None or message.interface not in interfaces:
            raise RefusalError(f"{BUS}.Error.UnknownMethod", f"No method {message.interface}.{message.member}")
        return await handler(message)


def _enlarge_send_buffer(bus: MessageBus) -> None:
    line = bus._sock  # noqa: SLF001 -- dbus-fast has no public way to it
    if line is None:
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    with contextlib.suppress(PermissionError):  # beyond the system's limit only for root
        line.setsockopt(socket.SOL_SOCKET, _SO_SNDBUFFORCE, _SEND_BUFFER_BYTES)
