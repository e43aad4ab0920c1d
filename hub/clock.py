"""The only place that reads a clock."""

import asyncio
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

ENVIRONMENT = "ALONGSIDE_CLOCK"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """The kernel's name of this boot; timers set in another boot are due early rather than late."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return "unknown"


class SystemClock:
    """The machine's own clocks."""

    speed = 1.0

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)  # noqa: TID251 -- the one reader

    def boot_s(self) -> float:
        """Seconds since boot, counting suspend."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await asyncio.sleep(max(0.0, seconds))  # noqa: TID251 -- the one sleeper


class StoryClock:
    """A clock that runs faster than the machine's: a day told in minutes, for the demo and rehearsals.

    Its anchor lies in a small file, so that the portal, another process, tells the same time.
    """

    LONGEST_NAP_S = 0.05

    def __init__(self, anchor: Path) -> None:
        self._anchor = anchor
        self._system = SystemClock()

    def set(self, wall: datetime, speed: float) -> None:
        """Let it be `wall` now, and run `speed` times as fast from here on."""
        boot = self._story_boot_s() if self._anchor.exists() else 0.0
        content = {"wall": wall.timestamp(), "boot": boot, "real": self._system.boot_s(), "speed": speed}
        part = self._anchor.with_suffix(".part")
        part.write_text(json.dumps(content))
        part.replace(self._anchor)

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one of the machine's."""
        return float(json.loads(self._anchor.read_text())["speed"])

    def set_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed."""
        self.set(self.now(), speed)

    def now(self) -> datetime:
        """The story's time, UTC."""
        anchor = json.loads(self._anchor.read_text())
        return datetime.fromtimestamp(anchor["wall"] + self._elapsed_s(anchor), UTC)

    def boot_s(self) -> float:
        """The story's seconds since its start."""
        return self._story_boot_s()

    async def sleep(self, seconds: float) -> None:
        """Wait in story time, also when the speed changes meanwhile."""
        end = self._story_boot_s() + seconds
        while (left := end - self._story_boot_s()) > 0:
            await self._system.sleep(min(self.LONGEST_NAP_S, left / self.speed))

    def _story_boot_s(self) -> float:
        anchor = json.loads(self._anchor.read_text())
        return float(anchor["boot"]) + self._elapsed_s(anchor)

    def _elapsed_s(self, anchor: dict[str, float]) -> float:
        return (self._system.boot_s() - anchor["real"]) * anchor["speed"]


def from_environment() -> SystemClock | StoryClock:
    """The machine's clock, or the story's where `ALONGSIDE_CLOCK` names its anchor file."""
    anchor = os.environ.get(ENVIRONMENT)
    return StoryClock(Path(anchor)) if anchor else SystemClock()
