"""Wearables in an air of their own: `python -m alongside.benchmark.air KIND COUNT RATE_HZ`, in a process of its own.

Prints the address of its message bus. On a line of input it lets the wearables be found, and streams in real time from
all of them once they were started, until the next line; then it prints how many packets each one's link took.
"""

import asyncio
import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devices.simulated import frames_metamotion, frames_polar
from devices.simulated.bluez import EmulatedBlueZ, PrivateBus
from devices.simulated.wearables import SimulatedMetaMotion, SimulatedPolar
from hub.clock import SystemClock

ADDRESS = "C0:00:00:00:00:{:02X}"
ADVERTISE_EVERY_S = 0.1

Wearable = SimulatedPolar | SimulatedMetaMotion
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A sort of wearable: how it is made, how many samples it packs together, and how."""

    make: Callable[[EmulatedBlueZ, str], Wearable]
    samples: int
    packet: Callable[[int, float], bytes]


def _walk_g(taken_s: float) -> tuple[float, float, float]:
    """Somebody walks."""
    return (0.3 * math.sin(6.3 * taken_s), 0.1 * math.cos(3.1 * taken_s), 1.0 + 0.4 * math.sin(12.6 * taken_s))


def _polar(number: int, rate_hz: float) -> bytes:
    indices = range(number * MODELS["polar"].samples, (number + 1) * MODELS["polar"].samples)
    samples = [
        (round(1000 * x), round(1000 * y), round(1000 * z)) for x, y, z in map(_walk_g, _times(indices, rate_hz))
    ]
    return frames_polar.packet(samples, round(indices[-1] / rate_hz * 1e9) + 1)


def _metamotion(number: int, rate_hz: float) -> bytes:
    return frames_metamotion.packet([*map(_walk_g, _times(range(number * 3, number * 3 + 3), rate_hz))])


def _times(indices: range, rate_hz: float) -> list[float]:
    return [index / rate_hz for index in indices]


MODELS: Mapping[str, Model] = {
    "polar": Model(make=SimulatedPolar, samples=36, packet=_polar),
    "metamotion": Model(make=SimulatedMetaMotion, samples=3, packet=_metamotion),
}


async def stream(wearables: Sequence[Wearable], model: Model, rate_hz: float, stop: asyncio.Event) -> int:
    """Send every packet when it is due, a little apart from one device to the next; returns how many were taken."""
    packet_s, taken, number = model.samples / rate_hz, 0, 0
    start_s = CLOCK.boot_s()
    while not stop.is_set():
        payload = model.packet(number, rate_hz)
        for place, wearable in enumerate(wearables):
            due_s = start_s + (number + 1 + place / len(wearables)) * packet_s
            await CLOCK.sleep(due_s - CLOCK.boot_s())
            taken += wearable.send(payload)
        number += 1
    return taken


async def _be_found(wearables: Sequence[Wearable]) -> None:
    while not all(wearable.heard and wearable.streams for wearable in wearables):
        for wearable in wearables:
            wearable.advertise()
        await CLOCK.sleep(ADVERTISE_EVERY_S)


async def run(kind: str, count: int, rate_hz: float) -> None:
    """Be the air, from the first line of input to the second."""
    model, loop = MODELS[kind], asyncio.get_running_loop()
    with PrivateBus() as bus:
        bluez = await EmulatedBlueZ(bus.address, CLOCK.sleep).start()
        _say(bus.address)
        await loop.run_in_executor(None, sys.stdin.readline)
        wearables = [model.make(bluez, ADDRESS.format(number)) for number in range(count)]
        await _be_found(wearables)
        stop = asyncio.Event()
        sending = asyncio.create_task(stream(wearables, model, rate_hz, stop))
        _say("streaming")
        await loop.run_in_executor(None, sys.stdin.readline)
        stop.set()
        taken = await sending
        await bluez.flushed()
        _say(json.dumps({"packets": taken, "samples": taken * model.samples}))
        await loop.run_in_executor(None, sys.stdin.readline)
        await bluez.stop()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Be the air that the command line asks for."""
    kind, count, rate_hz = sys.argv[1:]
    asyncio.run(run(kind, int(count), float(rate_hz)))


if __name__ == "__main__":
    main()
