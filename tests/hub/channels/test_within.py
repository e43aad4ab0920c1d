import asyncio

import pytest

from hub.channels.within import within
from tests.fakes import FakeClock, settle


async def test_what_is_done_in_time_is_given() -> None:
    clock = FakeClock()
    done = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(within(clock, 5.0, done))
    await clock.advance(4.0)
    done.set_result("well")
    assert await task == "well"


async def test_what_takes_longer_is_cancelled() -> None:
    clock = FakeClock()
    work = asyncio.create_task(asyncio.Event().wait())
    task = asyncio.create_task(within(clock, 5.0, work))
    await clock.advance(5.0)
    with pytest.raises(TimeoutError):
        await task
    await settle()
    assert work.cancelled()


async def test_what_fails_in_time_fails() -> None:
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    failed.set_exception(OSError("no"))
    with pytest.raises(OSError, match="no"):
        await within(FakeClock(), 5.0, failed)


async def test_whoever_is_cancelled_cancels_the_work() -> None:
    work = asyncio.create_task(asyncio.Event().wait())
    task = asyncio.create_task(within(FakeClock(), 5.0, work))
    await settle()
    task.cancel()
    await settle()
    assert work.cancelled()
