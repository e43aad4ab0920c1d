"""What carries a simulated device's frames to a hub: the emulated radio, pseudo-terminals, a broker."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from devices.decoders import polar
from devices.kinds import DeviceSetup, Use
from devices.model import Clock, Frame
from devices.registry import KINDS
from devices.simulated.ble_devices import SimulatedAdvertiser, SimulatedGattDevice
from devices.simulated.bluez import EmulatedBlueZ, uuid16
from devices.simulated.serial import SimulatedPort
from devices.simulated.wearables import SimulatedMetaMotion, SimulatedPolar

HEARD_WITHIN_S = 20.0
"""Real seconds for which something that one connects to for a measurement waits to be connected to."""
TRIES_AGAIN_S = 0.05
AT_ONCE = 20
"""As many adverts of one device may wait to be taken by the bus."""
_COMPANY = "advert:company:"
_SERVICE = "advert:"

Publish = Callable[[str, bytes], Awaitable[None]]


class Medium(Protocol):
    """Carries one device's frames."""

    async def emit(self, frame: Frame) -> bool:
        """Send it as the device would; whether anybody can have heard it."""
        ...


class OnAir:
    """A device that only advertises."""

    def __init__(self, bluez: EmulatedBlueZ, setup: DeviceSetup) -> None:
        self._bluez = bluez
        self._device = SimulatedAdvertiser(bluez, setup.address, setup.name)
        self._since_flushed = 0

    async def emit(self, frame: Frame) -> bool:
        """One advert; now and then the bus must be given the time to take them all."""
        self._since_flushed += 1
        if self._since_flushed >= AT_ONCE:
            self._since_flushed = 0
            await self._bluez.flushed()
        return self._advertise(frame)

    def _advertise(self, frame: Frame) -> bool:
        if frame.source.startswith(_COMPANY):
            return self._device.advertise_company(int(frame.source.removeprefix(_COMPANY), 16), frame.payload)
        return self._device.advertise(frame.payload, service=int(frame.source.removeprefix(_SERVICE), 16))


class Connected:
    """A device that one connects to. `patient`: it waits until somebody listens, and measures only then."""

    def __init__(
        self, device: SimulatedGattDevice | SimulatedPolar | SimulatedMetaMotion, clock: Clock, *, patient: bool
    ) -> None:
        self._device = device
        self._clock = clock
        self._patient = patient

    async def emit(self, frame: Frame) -> bool:
        """Tell of a value, where somebody listens; advertise, where nobody does yet."""
        if not self._device.heard and not await self._called():
            return False
        return self._notify(frame.source.removeprefix("gatt:"), frame.payload)

    async def _called(self) -> bool:
        self._device.advertise()
        until_s = self._clock.boot_s() + (HEARD_WITHIN_S if self._patient else 0.0)
        while not self._device.heard and self._clock.boot_s() < until_s:
            await self._clock.sleep(TRIES_AGAIN_S)
            self._device.advertise()
        return self._device.heard

    def _notify(self, characteristic: str, payload: bytes) -> bool:
        device = self._device
        if isinstance(device, SimulatedGattDevice):
            return device.notify(payload, characteristic=int(characteristic, 16))
        if len(characteristic) == _SHORT:
            return device.notify(uuid16(int(characteristic, 16)), payload)
        return device.send(payload)


_SHORT = 4
"""So many digits has the number of a characteristic that is nobody's own."""

_SERVICES: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "heart_rate": (0x180D, (0x2A37,)),
    "pulse_oximeter": (0x1822, (0x2A5F, 0x2A5E)),
    "blood_pressure": (0x1810, (0x2A35,)),
    "thermometer": (0x1809, (0x2A1C,)),
    "scale": (0x181D, (0x2A9D,)),
}
"""The Bluetooth service of each kind that one connects to, and what it tells of."""


def connected(bluez: EmulatedBlueZ, setup: DeviceSetup, clock: Clock) -> Connected:
    """The device that one connects to. `clock` is real time."""
    patient = KINDS[setup.kind].use is Use.AT_WILL
    if setup.kind == "polar":
        return Connected(SimulatedPolar(bluez, setup.address, polar.RATES_HZ), clock, patient=patient)
    if setup.kind == "metamotion":
        return Connected(SimulatedMetaMotion(bluez, setup.address), clock, patient=patient)
    service, notifies = _SERVICES[setup.kind]
    return Connected(SimulatedGattDevice(bluez, setup.address, setup.name, service, notifies), clock, patient=patient)


class OnPort:
    """A device, or several, at the far end of a serial line."""

    def __init__(self, port: SimulatedPort) -> None:
        self._port = port

    async def emit(self, frame: Frame) -> bool:
        """Put it on the line."""
        return self._port.send(frame.payload) == len(frame.payload)


class AtBroker:
    """A device whose words somebody publishes."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish

    async def emit(self, frame: Frame) -> bool:
        """Publish it."""
        await self._publish(frame.address, frame.payload)
        return True
