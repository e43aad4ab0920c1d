"""What the Bluetooth tests share: an ear for frames and links, a transport that runs, and waiting with a deadline."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from pathlib import Path

from dbus_fast import Message
from dbus_fast.aio import MessageBus

from devices.model import Frame, LinkEvent, LinkState
from devices.simulated.bluez import EmulatedBlueZ
from devices.transports.ble import BleTransport
from devices.transports.ble_dbus import BUS, BUS_PATH, call, close
from devices.transports.ble_limits import Limits
from hub.clock import SystemClock

CLOCK = SystemClock()
DEADLINE_S = 10.0

BRISK = Limits(
    scan_s=1.0,
    connect_s=0.5,
    subscribe_s=0.5,
    release_s=0.3,
    quiet_s=30.0,
    breath_s=0.01,
    retry_s=0.05,
    retry_most_s=0.2,
)
"""Bounds for tests that wait for them to run out."""


async def until(holds: Callable[[], bool], within_s: float = DEADLINE_S) -> None:
    """Wait until something holds, or fail."""
    async with asyncio.timeout(within_s):
        while not holds():
            await CLOCK.sleep(0.003)


class Ear:
    """Collects what a transport delivers and reports."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.links: list[LinkEvent] = []

    def state(self, subject: str) -> LinkState | None:
        """What was last reported of the radio or a device."""
        return next((link.state for link in reversed(self.links) if link.subject == subject), None)

    def details(self, subject: str) -> list[str]:
        """Everything that was said of the radio or a device, in order."""
        return [link.detail for link in self.links if link.subject == subject]

    def payloads(self, source: str) -> list[str]:
        """What was heard of one source, as hex."""
        return [frame.payload.hex() for frame in self.frames if frame.source == source]

    def is_up(self, *subjects: str) -> bool:
        """Whether all of these are reported up."""
        return all(self.state(subject) is LinkState.UP for subject in subjects)

    def is_down(self, *subjects: str) -> bool:
        """Whether all of these are reported down."""
        return all(self.state(subject) is LinkState.DOWN for subject in subjects)


@contextlib.asynccontextmanager
async def listening(
    gatt: Mapping[str, tuple[str, ...]] | None = None,
    limits: Limits = BRISK,
    *,
    addresses: Collection[str] | None = None,
    up: bool = True,
) -> AsyncIterator[Ear]:
    """A transport that runs; with `up`, from the moment when the radio listens."""
    ear = Ear()
    running = asyncio.create_task(BleTransport(CLOCK, addresses, gatt, limits).run(ear.frames.append, ear.links.append))
    try:
        if up:
            await until(lambda: ear.is_up("radio"))
        yield ear
        assert not running.done()
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def match_rules(bluez: EmulatedBlueZ) -> int:
    """How many match rules all clients together have at the bus."""
    bus = await MessageBus(bus_address=bluez.address).connect()
    try:
        ask = Message(destination=BUS, path=BUS_PATH, interface=f"{BUS}.Debug.Stats", member="GetAllMatchRules")
        rules: list[dict[str, list[str]]] = await call(bus, ask)
        return sum(len(of_one) for of_one in rules[0].values())
    finally:
        await close(bus)


def open_files() -> int:
    """How many file descriptors this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@contextlib.asynccontextmanager
async def again_and_again(say: Callable[[], object], every_s: float = 0.02) -> AsyncIterator[None]:
    """Let something be said until the block ends."""

    async def repeat() -> None:
        while True:
            say()
            await CLOCK.sleep(every_s)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
