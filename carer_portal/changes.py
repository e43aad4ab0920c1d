"""Tells a waiting browser that something changed, so that it need not ask all the time.

A page holds one request open; the database is looked at twice a second, once for all viewers together. Without this
each viewer would cost a run of the page's script every few seconds, a hundred times as much.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from carer_portal.database import Database
from carer_portal.queries import version
from devices.model import Clock
from hub.store.errors import StoreError
from hub.store.schema import from_us

PATH: Final = "/portal/changes"
LOOK_EVERY_S: Final = 0.5
HELD_S: Final = 20.0
"""How long a request is held: less than what proxies and phones cut off."""
NOTHING: Final = 0
"""The version of a database that cannot be read, or holds nothing yet."""


class Watch:
    """Knows the database's version, at most `LOOK_EVERY_S` old."""

    def __init__(self, database: Database, clock: Clock, stopping: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._stopping = stopping
        self._version = NOTHING
        self._looked_s = -LOOK_EVERY_S

    def version(self) -> int:
        """The version now, or a moment ago."""
        now_s = self._clock.boot_s()
        if now_s - self._looked_s >= LOOK_EVERY_S:
            self._version, self._looked_s = self._look(), now_s
        return self._version

    async def moves(self, seen: int, due: Callable[[], bool]) -> bool:
        """Wait until the version is not `seen`, or the page is due for another reason.

        False after `HELD_S`, and at once when the server is stopping.
        """
        end_s = self._clock.boot_s() + HELD_S
        while self._clock.boot_s() < end_s and not self._stopping():
            if self.version() != seen or due():
                return True
            await self._clock.sleep(LOOK_EVERY_S)
        return False

    def _look(self) -> int:
        try:
            with self._database.reading() as connection:
                return version(connection)
        except StoreError:
            return NOTHING  # the page says so; here it is only no change until it can be read again


def route(watch: Watch, home_clock: Clock) -> Route:
    """`GET /portal/changes?seen=VERSION&until=MICROSECONDS`: answers when there is something new to show.

    `until` is the home's time at which the page is due even if nothing changes ("3 minutes ago" has become four).
    """

    async def changes(request: Request) -> JSONResponse:
        try:
            seen, until = (int(request.query_params[name]) for name in ("seen", "until"))
            due_at = from_us(until)
        except (KeyError, ValueError, OverflowError):
            return JSONResponse({"error": "seen and until are needed, as whole numbers"}, status_code=400)
        moved = await watch.moves(seen, lambda: home_clock.now() >= due_at)
        return JSONResponse({"moved": moved}, headers={"Cache-Control": "no-store"})

    return Route(PATH, changes, methods=["GET"])


def due_at(now: datetime, speed: float, *, waiting: bool) -> datetime:
    """When a page that shows `now` is due again: each minute of the home's time, sooner while an answer is awaited.

    On a clock that runs faster than the machine's no page is due sooner than every two real seconds.
    """
    pause = timedelta(seconds=10) if waiting else timedelta(minutes=1)
    return now + max(pause, timedelta(seconds=2) * speed)
