"""A whole home of simulated devices: each speaks its own frames, with the faults that were ordered."""

import asyncio
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from devices.kinds import DeviceSetup
from devices.model import Clock, Frame
from devices.simulated.faults import spoilt
from devices.simulated.media import Medium
from devices.simulated.orders import Order, death_of, faults_of
from devices.simulated.voices.body import DAY_S, Body
from devices.simulated.voices.table import speak


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How the devices live: from when on, by which chance, with which faults; see `Body` for the others."""

    start: datetime
    seed: int = 0
    orders: Sequence[Order] = ()
    at_most_every_s: float = 0.0
    worn_s: float = DAY_S


def stream(setup: DeviceSetup, life: Life) -> Iterator[Frame]:
    """All that one device says, spoilt as ordered. What another device says has no influence on it."""
    seed = zlib.crc32(f"{life.seed} {setup.name}".encode())
    voice_rng, fault_rng = Random(seed), Random(seed + 1)  # noqa: S311 -- a simulation that can be repeated, no secret
    body = Body(
        setup=setup,
        rng=voice_rng,
        start=life.start,
        at_most_every_s=life.at_most_every_s,
        worn_s=life.worn_s,
        dies_at=death_of(setup.name, life.orders, life.start),
    )
    return spoilt(speak(body), *faults_of(setup.name, life.orders, fault_rng, life.start))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many frames a device sent, and how many of them somebody can have heard."""

    sent: int = 0
    taken: int = 0


class Pace:
    """A clock that starts at a given time and runs so many times as fast as the one that it is made from."""

    def __init__(self, real: Clock, start: datetime, speed: float) -> None:
        self._real = real
        self._start = start
        self._speed = speed
        self._began_s = real.boot_s()

    def now(self) -> datetime:
        """Its time."""
        return self._start + timedelta(seconds=self.boot_s())

    def boot_s(self) -> float:
        """Its seconds since it began."""
        return (self._real.boot_s() - self._began_s) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so long on it; even for no time at all others have their turn."""
        await self._real.sleep(max(0.0, seconds) / self._speed)


class SimulatedHome:
    """Plays every device until cancelled."""

    def __init__(self, media: Mapping[str, Medium], setups: Iterable[DeviceSetup], life: Life, clock: Clock) -> None:
        self._media = media
        self._setups = list(setups)
        self._life = life
        self._clock = clock
        self._sent: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, Sent]:
        """What each device sent so far."""
        return {one.name: Sent(sent=self._sent[one.name], taken=self._taken[one.name]) for one in self._setups}

    async def run(self) -> None:
        """Let every device say each thing at its time, on this home's clock."""
        async with asyncio.TaskGroup() as tasks:
            for setup in self._setups:
                tasks.create_task(self._play(setup), name=setup.name)

    async def _play(self, setup: DeviceSetup) -> None:
        for frame in stream(setup, self._life):
            await self._clock.sleep((frame.at - self._clock.now()).total_seconds())
            self._sent[setup.name] += 1
            self._taken[setup.name] += await self._media[setup.name].emit(replace(frame, at=self._clock.now()))
