"""Bounds on the clock that the hub lives by."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from devices.model import Clock

T = TypeVar("T")


async def within(clock: Clock, seconds: float, work: Awaitable[T]) -> T:
    """What the work gives. Raises `TimeoutError` where it takes longer; then it is cancelled."""
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((task, timer), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError
        return task.result()
    finally:
        timer.cancel()
        task.cancel()
