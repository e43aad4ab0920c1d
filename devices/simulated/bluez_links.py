"""The emulated connections: Device1, and the services that appear with them.

Copied from BlueZ: a link outlives the D-Bus client that made it, a pending Connect is ended by Disconnect, a second one
is answered InProgress, and services appear some time after the link.
"""

import asyncio
from collections.abc import Callable, Coroutine

from dbus_fast import Message, Variant

from devices.model import Sleep
from devices.simulated.bluez_adapter import Adapter, Handler
from devices.simulated.bluez_objects import (
    CHARACTERISTIC,
    DESCRIPTOR,
    DEVICE,
    NO,
    NOTHING,
    SERVICE,
    YES,
    ObjectTree,
    PropertyMap,
    Reply,
    refusal,
)
from devices.simulated.bluez_peripheral import Characteristic, Peripheral, Service, uuid16

Spawn = Callable[[Coroutine[None, None, None]], None]
_CLIENT_CONFIGURATION = uuid16(0x2902)
_FIRST_HANDLE = 0x0010
_SERVICE_STEP = 0x0100
_MTU = 247
_LOOK_AGAIN_S = 0.02


class Links:
    """Connects and disconnects peripherals, and exposes what they offer."""

    def __init__(self, tree: ObjectTree, adapter: Adapter, sleep: Sleep, spawn: Spawn) -> None:
        self._tree = tree
        self._adapter = adapter
        self._sleep = sleep
        self._spawn = spawn
        self._reaching: dict[str, asyncio.Task[None]] = {}
        self.peripherals: dict[str, Peripheral] = {}
        self.characteristics: dict[str, tuple[Peripheral, Characteristic]] = {}
        self.connecting_deafens = False
        self.most_at_once = 0

    @property
    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Its D-Bus methods."""
        return {(DEVICE, "Connect"): self._connect, (DEVICE, "Disconnect"): self._disconnect}

    def add(self, peripheral: Peripheral) -> None:
        """Put a peripheral within reach."""
        self.peripherals[self._adapter.device_path(peripheral)] = peripheral

    def hold(self, peripheral: Peripheral) -> None:
        """Link a peripheral without any client, as one that was killed leaves it behind."""
        peripheral.connected = True
        self._tree.change(self._adapter.device_path(peripheral), DEVICE, {"Connected": YES})

    def drop(self, peripheral: Peripheral) -> None:
        """Lose the link: the device went away or was switched off."""
        if not peripheral.connected:
            return
        peripheral.connected = False
        path = self._adapter.device_path(peripheral)
        for name in ("ServicesResolved", "Connected"):
            self._tree.change(path, DEVICE, {name: NO})

    def drop_all(self) -> None:
        """Lose every link and every attempt: the radio was switched off."""
        for reaching in self._reaching.values():
            reaching.cancel()
        for peripheral in self.peripherals.values():
            self.drop(peripheral)

    async def _connect(self, message: Message) -> Reply:
        path = message.path or ""
        if path in self._reaching:
            raise refusal("InProgress", "Operation already in progress")
        peripheral = self.peripherals[path]
        await self._attempt(path, peripheral)
        self.hold(peripheral)
        self._spawn(self._resolve(path, peripheral))
        return NOTHING

    async def _attempt(self, path: str, peripheral: Peripheral) -> None:
        reaching = self._reaching[path] = asyncio.create_task(self._reach(peripheral))
        self._note_attempts()
        try:
            await asyncio.wait({reaching})
        finally:
            reaching.cancel()
            del self._reaching[path]
            self._note_attempts()
        if reaching.cancelled():
            raise refusal("Failed", "br-connection-canceled")
        reaching.result()

    async def _reach(self, peripheral: Peripheral) -> None:
        await self._sleep(peripheral.connect_s)
        if peripheral.refuses is not None:
            raise peripheral.refuses
        while not peripheral.in_range:
            await self._sleep(_LOOK_AGAIN_S)

    def _note_attempts(self) -> None:
        self.most_at_once = max(self.most_at_once, len(self._reaching))
        self._adapter.deaf = self.connecting_deafens and bool(self._reaching)

    async def _disconnect(self, message: Message) -> Reply:
        path = message.path or ""
        peripheral = self.peripherals[path]
        if path in self._reaching:
            self._reaching[path].cancel()
        elif not peripheral.connected:
            raise refusal("NotConnected", "Not Connected")
        self.drop(peripheral)
        return NOTHING

    async def _resolve(self, path: str, peripheral: Peripheral) -> None:
        await self._sleep(peripheral.resolve_s)
        if not peripheral.connected:
            return
        for number, service in enumerate(peripheral.services):
            self._expose(path, peripheral, service, _FIRST_HANDLE + number * _SERVICE_STEP)
        uuids = Variant("as", [service.uuid for service in peripheral.services])
        self._tree.change(path, DEVICE, {"UUIDs": uuids, "ServicesResolved": YES})

    def _expose(self, device: str, peripheral: Peripheral, service: Service, handle: int) -> None:
        path = f"{device}/service{handle:04x}"
        self._tree.add(path, SERVICE, _service_properties(device, service))
        for number, characteristic in enumerate(service.characteristics):
            below = handle + 1 + 3 * number
            node = f"{path}/char{below:04x}"
            self.characteristics[node] = (peripheral, characteristic)
            self._tree.add(node, CHARACTERISTIC, _characteristic_properties(path, characteristic))
            if characteristic.notifies:
                self._tree.add(f"{node}/desc{below + 2:04x}", DESCRIPTOR, _descriptor_properties(node))


def _service_properties(device: str, service: Service) -> PropertyMap:
    return {
        "UUID": Variant("s", service.uuid),
        "Device": Variant("o", device),
        "Primary": YES,
        "Includes": Variant("ao", []),
    }


def _characteristic_properties(service: str, characteristic: Characteristic) -> PropertyMap:
    acquirable = {"NotifyAcquired": NO} if characteristic.notifies else {}
    return {
        "UUID": Variant("s", characteristic.uuid),
        "Service": Variant("o", service),
        "Value": Variant("ay", b""),
        "Notifying": NO,
        "Flags": Variant("as", list(characteristic.flags)),
        "MTU": Variant("q", _MTU),
        **acquirable,
    }


def _descriptor_properties(characteristic: str) -> PropertyMap:
    return {
        "UUID": Variant("s", _CLIENT_CONFIGURATION),
        "Characteristic": Variant("o", characteristic),
        "Value": Variant("ay", b""),
    }
