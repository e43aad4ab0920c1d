"""What streams of acceleration cost the hub: `python -m alongside.benchmark.streams KIND COUNT RATE_HZ SECONDS DB`.

Everything of a running hub is there: the unmodified bleak on a message bus, the decoders, the blocks, every detector,
the store. The wearables are in another process (`alongside.benchmark.air`), so that they cost the hub nothing. What it
uses with nobody in the air is measured first. Prints one JSON object.
"""

import asyncio
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from alongside.benchmark.air import ADDRESS
from alongside.benchmark.home import household
from devices.model import Frame
from devices.registry import KINDS
from devices.simulated.bluez_bus import ENVIRONMENT
from hub.arrangement import arrange
from hub.clock import SystemClock
from hub.ears import Ears, needed
from hub.household import apply, parse
from hub.simulated.channel import SimulatedChannel
from hub.store.writer import Store
from hub.supervisor import Failure, Supervisor
from hub.vigil import Vigil
from hub.watch import Base, Given, Watch

CLOCK = SystemClock()
SETTLE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What it took: shares of one core, and how many packets of those that the radio took were heard."""

    kind: str
    streams: int
    rate_hz: float
    seconds: float
    idle_core_percent: float
    core_percent: float
    stream_core_percent: float
    sent: int
    heard: int


class Air:
    """The process with the wearables."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def next_line(self) -> str:
        """The next thing that it says."""
        if self._process.stdout is None:
            raise RuntimeError("the air was started without an output")
        line = (await self._process.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError("the wearables' process ended too soon")
        return line

    async def go_on(self) -> str:
        """Tell it to go on, and return what it says then."""
        if self._process.stdin is None:
            raise RuntimeError("the air was started without an input")
        self._process.stdin.write(b"\n")
        return await self.next_line()


@asynccontextmanager
async def air(kind: str, count: int, rate_hz: float) -> AsyncIterator[Air]:
    """An air with so many wearables."""
    command = ["-m", "alongside.benchmark.air", kind, str(count), str(rate_hz)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Air(process)
    finally:
        process.terminate()
        await process.wait()


async def measure(kind: str, count: int, rate_hz: float, seconds: float, db: Path) -> Measured:
    """Run a hub beside an air, first idle, then with the streams."""
    heard: Counter[str] = Counter()
    async with air(kind, count, rate_hz) as outside:
        os.environ[ENVIRONMENT] = await outside.next_line()
        async with hub(wearables(kind, count, rate_hz), db, heard):
            await CLOCK.sleep(SETTLE_S)
            idle = await _core_share(seconds / 2)
            await outside.go_on()
            await CLOCK.sleep(SETTLE_S)
            busy = await _core_share(seconds)
            sent = json.loads(await outside.go_on())["packets"]
            await CLOCK.sleep(SETTLE_S)
    return Measured(
        kind=kind,
        streams=count,
        rate_hz=rate_hz,
        seconds=seconds,
        idle_core_percent=round(100 * idle, 3),
        core_percent=round(100 * busy, 3),
        stream_core_percent=round(100 * (busy - idle) / count, 3),
        sent=sent,
        heard=heard[KINDS[kind].sources[0]],
    )


@asynccontextmanager
async def hub(text: str, db: Path, heard: Counter[str]) -> AsyncIterator[None]:
    """A hub of this household, which listens to its devices and counts the frames by their source."""
    store = Store.open(db)
    await store.submit(lambda connection: apply(connection, text, CLOCK.now(), "benchmark"))
    given = Given(adapters=lambda _: ({"console": SimulatedChannel("console")}, ()), labelled=lambda *_: None)
    base = Base(store=store, clock=CLOCK, given=given, vigil=Vigil(CLOCK))
    watch = Watch(base, await store.submit(arrange), lambda: None)
    watch.begin()
    supervisor = Supervisor(CLOCK, _failed)

    def deliver(frame: Frame) -> None:
        heard[frame.source] += 1
        watch.deliver(frame)

    await Ears(supervisor, CLOCK, deliver, watch.report).listen(needed(parse(text).devices.values()))
    try:
        yield
    finally:
        await supervisor.stop()
        await watch.end()
        await store.close()


def wearables(kind: str, count: int, rate_hz: float) -> str:
    """A home.toml with so many wearables of a kind."""
    tables = (
        f"[devices.wearable_{number}]\n"
        f'kind = "{kind}"\naddress = "{ADDRESS.format(number)}"\noptions = {{ rate_hz = "{rate_hz:g}" }}\n'
        for number in range(count)
    )
    return household(()) + "".join(tables)


async def _core_share(seconds: float) -> float:
    """How much of one core this process uses over so long a time."""
    start_s, start_cpu_s = CLOCK.boot_s(), _cpu_s()
    await CLOCK.sleep(seconds)
    return (_cpu_s() - start_cpu_s) / (CLOCK.boot_s() - start_s)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _failed(failure: Failure) -> None:
    raise RuntimeError(f"{failure.part} failed: {failure.reason}")


def main(arguments: Sequence[str]) -> None:
    """Measure, and print what it took."""
    kind, count, rate_hz, seconds, db = arguments
    measured = asyncio.run(measure(kind, int(count), float(rate_hz), float(seconds), Path(db)))
    sys.stdout.write(json.dumps(asdict(measured)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
