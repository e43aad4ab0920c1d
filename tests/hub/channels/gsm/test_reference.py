"""The modem adapter against another emulator than its own, where one is to hand."""

import asyncio
import sys
from ast import literal_eval
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from devices.model import LinkEvent, LinkState
from hub.channels.gsm.modem import GsmModem
from hub.clock import SystemClock
from hub.model import NotificationState
from hub.simulated.modem_pdu import submitted
from tests.hub.channels.gsm.rig import PRIYA, around, text

EMULATOR = Path(__file__).parents[5] / "shared" / "reference" / "gsm_modem_emulator.py"
CLOCK = SystemClock()

pytestmark = pytest.mark.skipif(not EMULATOR.is_file(), reason="the other emulator is not here")


@asynccontextmanager
async def emulator(link: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, EMULATOR, link, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def running(link: Path) -> AsyncIterator[GsmModem]:
    told: list[LinkEvent] = []
    channel = GsmModem(CLOCK, str(link), 115_200, timedelta(minutes=5))
    task = asyncio.create_task(channel.run(around(told)))
    try:
        async with asyncio.timeout(10):
            while not told or told[-1].state is not LinkState.UP:
                await CLOCK.sleep(0.01)
        yield channel
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_it_sends_and_hears_through_another_emulator(tmp_path: Path) -> None:
    async with emulator(tmp_path / "modem") as process, running(tmp_path / "modem") as channel:
        assert process.stdin is not None
        assert process.stdout is not None
        evidence = await channel.send(text("Zoë may have fallen."))
        assert evidence.state is NotificationState.ACCEPTED
        process.stdin.write(b"sent\n")
        ((_, pdu),) = literal_eval((await process.stdout.readline()).decode())
        assert (submitted(pdu).to, submitted(pdu).text) == (PRIYA, "Zoë may have fallen.")
        process.stdin.write(f"in {PRIYA} 1 42\n".encode())
        async with asyncio.timeout(10):
            while not (heard := await channel.inbound(CLOCK.now())):
                await CLOCK.sleep(0.01)
        assert [(one.sender, one.text) for one in heard] == [(PRIYA, "1 42")]
