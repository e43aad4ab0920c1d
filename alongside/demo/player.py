"""Plays a story: moves the clock, lets devices and people act, waits for what the hub does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from alongside.demo.model import Beat, Does, Scene, Shows, Until
from devices.model import Clock

PATIENCE_S = 20.0
"""How long, in real seconds, a story waits for the hub before it gives up."""


class StuckError(Exception):
    """The hub did not do what the story waits for."""


class PacedClock(Clock, Protocol):
    """A clock whose speed can be set."""

    def set_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a story is played: what carries out each kind of act, what waits, and who is told."""

    show: Callable[[Shows], Awaitable[None]]
    do: Callable[[Does], Awaitable[None]]
    until: Callable[[Until], Awaitable[None]]
    title: Callable[[str], None]
    tell: Callable[[datetime, str], None]


class Player:
    """Plays scenes on one stage."""

    def __init__(
        self, stage: Stage, clock: PacedClock, starts: datetime, *, hurried: bool, patience_s: float = PATIENCE_S
    ) -> None:
        self._stage = stage
        self._clock = clock
        self._starts = starts
        self._hurried = hurried
        self._patience_s = patience_s

    async def play(self, day: Iterable[Scene]) -> None:
        """Play scene after scene. Raises `StuckError`."""
        for scene in day:
            self._stage.title(scene.title)
            self._clock.set_speed(scene.hurried if self._hurried else scene.told)
            for beat in scene.beats:
                await self._play(beat)

    async def _play(self, beat: Beat) -> None:
        await self._wait_for(beat)
        if beat.tells:
            self._stage.tell(self._clock.now(), beat.tells)
        for act in beat.acts:
            await (self._stage.show(act) if isinstance(act, Shows) else self._stage.do(act))

    async def _wait_for(self, beat: Beat) -> None:
        if beat.at is not None:
            wait = self._moment(beat.at) - self._clock.now()
            await self._clock.sleep(wait.total_seconds())
        if beat.after is not None:
            await self._patiently(beat.after)
        await self._clock.sleep(beat.pause.total_seconds())

    async def _patiently(self, awaited: Until) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._stage.until(awaited)
        except TimeoutError:
            raise StuckError(
                f"the story waited {self._patience_s:.0f} s for the {awaited.alarm} alarm to be {awaited.state}"
            ) from None

    def _moment(self, at: str) -> datetime:
        return datetime.combine(self._starts.date(), time.fromisoformat(at), self._starts.tzinfo)
