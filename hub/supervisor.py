"""Keeps every part running on its own: a part that fails is started again, and none stops another."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

from devices.model import Clock

logger = logging.getLogger(__name__)

BACK_OFF_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
HEALTHY_AFTER_S = 60.0
STOP_WITHIN_S = 10.0

Work = Callable[[], Awaitable[None]]
"""A part's work: goes on until cancelled. One that ends of itself has failed, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A part failed, for the `count`-th time in a row; it is started again after `wait_s`."""

    part: str
    reason: str
    count: int
    wait_s: float


def back_off_s(count: int) -> float:
    """How long to wait after the `count`-th failure in a row."""
    return BACK_OFF_S[min(count, len(BACK_OFF_S)) - 1]


def describe(error: BaseException) -> str:
    """What went wrong and where, without the error's own words, which may hold a name or a number."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class Supervisor:
    """Runs parts until stopped. `on_failure` hears of every failure, before the part is started again."""

    def __init__(
        self, clock: Clock, on_failure: Callable[[Failure], None], stop_within_s: float = STOP_WITHIN_S
    ) -> None:
        self._clock = clock
        self._stop_within_s = stop_within_s
        self._on_failure = on_failure
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, part: str, work: Work) -> None:
        """Keep this part running from now on. A part's name is its own: two parts never share one."""
        if part in self._tasks:
            raise ValueError(f"{part} is already running")
        self._tasks[part] = asyncio.create_task(self._keep_running(part, work), name=part)

    @property
    def parts(self) -> frozenset[str]:
        """Those that are kept running."""
        return frozenset(self._tasks)

    async def stop(self, parts: Iterable[str] | None = None) -> None:
        """Cancel these parts, or all, and wait for them, but not for ever."""
        names = list(self._tasks if parts is None else parts)
        tasks = [self._tasks.pop(name) for name in names]
        for task in tasks:
            task.cancel()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self._stop_within_s)
        for task in late:
            logger.error("%s did not stop within %g s and was left behind", task.get_name(), self._stop_within_s)

    async def _keep_running(self, part: str, work: Work) -> None:
        count = 0
        while True:
            started_s = self._clock.boot_s()
            reason = await self._reason_of_end(work)
            healthy = self._clock.boot_s() - started_s >= HEALTHY_AFTER_S
            count = 1 if healthy else count + 1
            wait_s = back_off_s(count)
            self._report(Failure(part=part, reason=reason, count=count, wait_s=wait_s))
            await self._clock.sleep(wait_s)

    @staticmethod
    async def _reason_of_end(work: Work) -> str:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 -- whatever a part raises, the others go on; its reason is logged
            return describe(error)
        return "it ended of itself"

    def _report(self, failure: Failure) -> None:
        logger.error(
            "%s failed (%d in a row): %s; starting it again in %g s",
            failure.part,
            failure.count,
            failure.reason,
            failure.wait_s,
        )
        try:
            self._on_failure(failure)
        except Exception as error:  # noqa: BLE001 -- a failure that cannot be told must not stop the restart
            logger.critical("the failure of %s could not be passed on: %s", failure.part, describe(error))
