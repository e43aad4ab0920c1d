"""The emulated values of a connected device: reading, writing, and being told.

Copied from BlueZ (src/gatt-client.c): a StartNotify session lives until StopNotify or until its D-Bus client leaves,
even across a lost link, and each session gets a signal of its own; so a client that connects again without letting go
hears everything twice. Reading changes the value too, which sessions hear as a notification. AcquireNotify hands out a
socket instead; the two exclude each other.
"""

import asyncio
import socket
from collections import defaultdict

from dbus_fast import Message, Variant

from devices.simulated.bluez_adapter import Handler
from devices.simulated.bluez_links import Links
from devices.simulated.bluez_objects import CHARACTERISTIC, NO, NOTHING, YES, ObjectTree, Reply, refusal
from devices.simulated.bluez_peripheral import Characteristic, Peripheral

_MTU = 247


class Values:
    """Serves GattCharacteristic1."""

    def __init__(self, tree: ObjectTree, links: Links) -> None:
        self._tree = tree
        self._links = links
        self._sessions: defaultdict[str, set[str]] = defaultdict(set)
        self._sockets: dict[str, socket.socket] = {}

    @property
    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Its D-Bus methods."""
        return {
            (CHARACTERISTIC, "ReadValue"): self._read,
            (CHARACTERISTIC, "WriteValue"): self._write,
            (CHARACTERISTIC, "StartNotify"): self._start_notify,
            (CHARACTERISTIC, "StopNotify"): self._stop_notify,
            (CHARACTERISTIC, "AcquireNotify"): self._acquire_notify,
        }

    def notify(self, peripheral: Peripheral, uuid: str, value: bytes) -> bool:
        """Let a connected device tell of a value; returns whether anyone listens."""
        wanted = peripheral.characteristic(uuid)
        wanted.value = value
        for path, (owner, characteristic) in self._links.characteristics.items():
            if owner is peripheral and characteristic is wanted and peripheral.connected:
                return self._tell(path, value)
        return False

    def listened_to(self, peripheral: Peripheral) -> bool:
        """Whether any client listens to any value of the device."""
        paths = {path for path, (owner, _) in self._links.characteristics.items() if owner is peripheral}
        return peripheral.connected and any(self._sessions[path] or path in self._sockets for path in paths)

    def link_lost(self, peripheral: Peripheral) -> None:
        """Close what a lost link closes: sockets, but not the sessions of clients that are still on the bus."""
        for path, (owner, _) in self._links.characteristics.items():
            if owner is peripheral:
                self._release(path)
                self._tree.change(path, CHARACTERISTIC, {"Notifying": NO})

    def client_gone(self, client: str) -> None:
        """A D-Bus client has left the bus; its sessions leave with it."""
        for sessions in self._sessions.values():
            sessions.discard(client)

    def close(self) -> None:
        """Close every socket."""
        for path in list(self._sockets):
            self._release(path)

    def _tell(self, path: str, value: bytes) -> bool:
        if path in self._sockets:
            return self._send(path, value)
        for _ in self._sessions[path]:
            self._tree.change(path, CHARACTERISTIC, {"Value": Variant("ay", value)})
        return bool(self._sessions[path])

    def _send(self, path: str, value: bytes) -> bool:
        try:
            self._sockets[path].send(value)
        except BrokenPipeError:  # the client has closed its end, and the loop has not told us yet
            self._release(path)
            return False
        return True

    def _addressed(self, message: Message, *flags: str) -> Characteristic:
        peripheral, characteristic = self._links.characteristics[message.path or ""]
        if not peripheral.connected:
            raise refusal("Failed", "Not connected")
        if set(flags).isdisjoint(characteristic.flags):
            kind = "NotSupported" if "notify" in flags else "NotPermitted"
            raise refusal(kind, f"{flags[0].capitalize()} not permitted")
        return characteristic

    async def _read(self, message: Message) -> Reply:
        characteristic = self._addressed(message, "read")
        value = Variant("ay", characteristic.value)
        self._tree.change(message.path or "", CHARACTERISTIC, {"Value": value})
        return "ay", [characteristic.value], []

    async def _write(self, message: Message) -> Reply:
        characteristic = self._addressed(message, "write", "write-without-response")
        characteristic.value = bytes(message.body[0])
        if characteristic.on_write is not None:
            characteristic.on_write(characteristic.value)
        return NOTHING

    async def _start_notify(self, message: Message) -> Reply:
        self._addressed(message, "notify", "indicate")
        path, client = message.path or "", message.sender or ""
        if path in self._sockets:
            raise refusal("NotPermitted", "Notify acquired")
        if client in self._sessions[path]:
            raise refusal("InProgress", "In Progress")
        self._sessions[path].add(client)
        self._tree.change(path, CHARACTERISTIC, {"Notifying": YES})
        return NOTHING

    async def _stop_notify(self, message: Message) -> Reply:
        self._addressed(message, "notify", "indicate")
        path, client = message.path or "", message.sender or ""
        if client not in self._sessions[path]:
            raise refusal("Failed", "No notify session started")
        self._sessions[path].discard(client)
        self._tree.change(path, CHARACTERISTIC, {"Notifying": YES if self._sessions[path] else NO})
        return NOTHING

    async def _acquire_notify(self, message: Message) -> Reply:
        self._addressed(message, "notify", "indicate")
        path = message.path or ""
        if path in self._sockets:
            raise refusal("NotPermitted", "Notify acquired")
        if self._sessions[path]:
            raise refusal("InProgress", "In Progress")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(0)
        self._sockets[path] = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._release, path)
        self._tree.change(path, CHARACTERISTIC, {"NotifyAcquired": YES})
        return "hq", [0, _MTU], [theirs.detach()]

    def _release(self, path: str) -> None:
        ours = self._sockets.pop(path, None)
        if ours is not None:
            asyncio.get_running_loop().remove_reader(ours.fileno())
            ours.close()
            self._tree.change(path, CHARACTERISTIC, {"NotifyAcquired": NO})
