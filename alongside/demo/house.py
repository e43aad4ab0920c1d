"""The made-up home: each declared device as a simulated one that speaks its own frames."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from alongside.demo.model import Shows
from devices.kinds import DeviceSetup
from devices.model import Clock, Quantity, TriggerKind
from devices.simulated import frames_bthome, frames_esp3, frames_gatt, frames_ld2410, frames_mr60
from devices.simulated.ble_devices import (
    SimulatedAdvertiser,
    SimulatedGattDevice,
    SimulatedHeartRate,
    SimulatedOximeter,
)
from devices.simulated.bluez import EmulatedBlueZ
from devices.simulated.serial import SimulatedPort

HEARD_WITHIN_S = 20.0
TRIES_AGAIN_S = 0.02
CHATTERS_EVERY_S = 30.0
"""Story seconds between what the devices say when nothing happens."""
WORN_FOR = 3
"""After so many rounds of chatter without a measurement a wearable has been taken off."""
CYCLE = 50
"""A contact that needs no battery says again what is so every so many rounds: 25 minutes."""
STRANGER = "C4:7C:8D:00:00:99"

What = Quantity | TriggerKind
Frames = Mapping[What, Callable[[float], bytes]]

STATES = frozenset({Quantity.OCCUPIED, Quantity.OPEN})
"""What is so until it is shown otherwise."""

_BTHOME: Mapping[What, tuple[str, float | None]] = {
    Quantity.MOTION: ("motion", None),
    Quantity.OPEN: ("window", None),
    TriggerKind.PRESS: ("button", frames_bthome.PRESSES["press"]),
    TriggerKind.DOUBLE_PRESS: ("button", frames_bthome.PRESSES["double_press"]),
    TriggerKind.LONG_PRESS: ("button", frames_bthome.PRESSES["long_press"]),
}
"""The BTHome object of each thing shown, and its value where that is not the one given."""


class NotHeardError(Exception):
    """The hub did not listen to a device in time."""


class Puppet(Protocol):
    """One simulated device on the end of its strings."""

    async def show(self, what: What, value: float) -> None:
        """Send the frame that says so."""
        ...

    def chatter(self) -> None:
        """Send what the device sends with nothing happening."""
        ...


class Props:
    """What the puppets hang on: the radio, the serial ports (each plugged in once) and real time."""

    def __init__(self, bluez: EmulatedBlueZ, clock: Clock, heard_within_s: float = HEARD_WITHIN_S) -> None:
        self.bluez = bluez
        self._clock = clock
        self._heard_within_s = heard_within_s
        self.ports: dict[str, SimulatedPort] = {}

    def port(self, path: str) -> SimulatedPort:
        """The port with this path, plugged in."""
        if path not in self.ports:
            self.ports[path] = SimulatedPort(Path(path))
            self.ports[path].plug()
        return self.ports[path]

    def unplug(self) -> None:
        """Pull every port out."""
        for port in self.ports.values():
            port.unplug()

    async def until(self, done: Callable[[], bool], device: str) -> None:
        """Try again and again, as a device repeats itself until it is heard. Raises `NotHeardError`."""
        try:
            async with asyncio.timeout(self._heard_within_s):
                while not done():
                    await self._clock.sleep(TRIES_AGAIN_S)
        except TimeoutError:
            raise NotHeardError(f"the hub did not listen to {device} within {self._heard_within_s:g} s") from None


class Advertiser:
    """A BTHome sensor. Each thing it shows has the next packet number, however often the advert is repeated."""

    def __init__(self, props: Props, setup: DeviceSetup) -> None:
        self._props = props
        self._name = setup.name
        self._device = SimulatedAdvertiser(props.bluez, setup.address, setup.name)
        self._packet = 0
        self._moving = False

    async def show(self, what: What, value: float) -> None:
        """Advertise until somebody scans."""
        word, fixed = _BTHOME[what]
        frame = self._frame({word: value if fixed is None else fixed, "battery": 100})
        await self._props.until(lambda: self._device.advertise(frame), self._name)
        self._moving = what is Quantity.MOTION and bool(value)

    def chatter(self) -> None:
        """A motion sensor says by itself when the movement is over; the others speak when something happens."""
        if self._moving and self._device.advertise(self._frame({"motion": 0, "battery": 100})):
            self._moving = False

    def _frame(self, values: Mapping[str, float]) -> bytes:
        self._packet += 1
        return frames_bthome.service_data(values, packet=self._packet)


class Wearable:
    """Something worn that the hub connects to: it advertises until the hub listens, then it tells."""

    def __init__(
        self,
        props: Props,
        name: str,
        device: SimulatedGattDevice,
        frame: Callable[[float], bytes],
        taken_off: bytes = b"",
    ) -> None:
        self._props = props
        self._name = name
        self._device = device
        self._frame = frame
        self._taken_off = taken_off
        self._quiet_for = WORN_FOR

    async def show(self, what: What, value: float) -> None:  # noqa: ARG002 -- it measures one thing
        """Wait for the hub to listen, and notify."""
        await self._props.until(self._called, self._name)
        self._device.notify(self._frame(value))
        self._quiet_for = 0

    def chatter(self) -> None:
        """That it was taken off, a while after it spoke last; it sleeps until it is worn again."""
        self._quiet_for += 1
        if self._taken_off and self._quiet_for == WORN_FOR and self._device.heard:
            self._device.notify(self._taken_off)

    def _called(self) -> bool:
        if self._device.heard:
            return True
        self._device.advertise()
        return False


class OnPort:
    """A device on a serial line: the frame of each thing it shows, and what it says again in every `cycle`-th round."""

    def __init__(self, port: SimulatedPort, frames: Frames, idle: bytes, cycle: int = 1) -> None:
        self._port = port
        self._frames = frames
        self._state = idle
        self._cycle = cycle
        self._rounds = 0

    async def show(self, what: What, value: float) -> None:
        """Put the frame on the line."""
        frame = self._frames[what](value)
        if what in STATES:
            self._state = frame
        self._port.send(frame)

    def chatter(self) -> None:
        """Say again what is so."""
        self._rounds += 1
        if self._rounds % self._cycle == 0:
            self._port.send(self._state)


def _heart_rate(props: Props, setup: DeviceSetup) -> Puppet:
    device = SimulatedHeartRate(props.bluez, setup.address, setup.name)
    taken_off = frames_gatt.heart_rate(0, contact=False)
    return Wearable(props, setup.name, device, lambda rate: frames_gatt.heart_rate(round(rate)), taken_off)


def _oximeter(props: Props, setup: DeviceSetup) -> Puppet:
    device = SimulatedOximeter(props.bluez, setup.address, setup.name)
    return Wearable(props, setup.name, device, lambda percent: frames_gatt.continuous((percent, 70)))


def _radar(props: Props, setup: DeviceSetup) -> Puppet:
    lying = frames_ld2410.report(still=frames_ld2410.Target(distance_cm=140, energy_percent=70))
    nobody = frames_ld2410.report()
    frames: Frames = {Quantity.OCCUPIED: lambda there: lying if there else nobody}
    return OnPort(props.port(setup.address), frames, idle=nobody)


def _fall_radar(props: Props, setup: DeviceSetup) -> Puppet:
    frames: Frames = {
        TriggerKind.FALL: lambda fallen: frames_mr60.fall(fallen=bool(fallen)),
        Quantity.OCCUPIED: lambda there: frames_mr60.presence(there=bool(there)),
    }
    return OnPort(props.port(setup.address), frames, idle=frames_mr60.presence(there=False))


def _contact(props: Props, setup: DeviceSetup) -> Puppet:
    frames: Frames = {Quantity.OPEN: lambda is_open: frames_esp3.contact(setup.address, is_open=bool(is_open))}
    return OnPort(props.port(setup.options["port"]), frames, idle=frames[Quantity.OPEN](0.0), cycle=CYCLE)


MAKERS: Mapping[str, Callable[[Props, DeviceSetup], Puppet]] = {
    "shelly_button": Advertiser,
    "shelly_motion": Advertiser,
    "shelly_door": Advertiser,
    "heart_rate": _heart_rate,
    "pulse_oximeter": _oximeter,
    "ld2410": _radar,
    "mr60_fall": _fall_radar,
    "enocean_contact": _contact,
}
"""How each kind of device is played."""


class House:
    """Every declared device, played. `receivers` are what a hub listens with: the radio, and each port."""

    def __init__(self, props: Props, devices: Iterable[DeviceSetup]) -> None:
        self._puppets = {setup.name: MAKERS[setup.kind](props, setup) for setup in devices}
        self._next_door = SimulatedAdvertiser(props.bluez, STRANGER)
        self.receivers = 1 + len(props.ports)

    async def show(self, act: Shows) -> None:
        """Let one device show one thing."""
        await self._puppets[act.device].show(act.what, act.value)

    async def chatter(self, clock: Clock) -> None:
        """Until cancelled: let the devices say what they always say, and a neighbour's thermometer be heard."""
        while True:
            for puppet in self._puppets.values():
                puppet.chatter()
            self._next_door.advertise(frames_bthome.service_data({"temperature": 19.5}))
            await clock.sleep(CHATTERS_EVERY_S)
