"""Notices what other processes have written: requests from a page, and a change of what the hub is to do."""

from collections.abc import Callable, Mapping

from devices.model import Clock
from hub.arrangement import TOPICS, Versions
from hub.intents import TOPIC, Handler, carry_out
from hub.store import changes
from hub.store.writer import Store

LOOK_EVERY_S = 0.5
"""A look is one SELECT on a table of a few rows: a hundredth of a percent of a core."""


class Lookout:
    """Carries out what pages ask for, and says when the arrangement that the hub follows is out of date."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        handlers: Mapping[str, Handler],
        followed: Versions,
        outdated: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._followed = followed
        self._outdated = outdated
        self._carried_out: int | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self._look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        with self._store.reading() as connection:
            versions = changes.versions(connection)
        asked = versions.get(TOPIC, 0)
        if asked != self._carried_out:
            await self._carry_out()
            self._carried_out = asked
        now_in_force = {topic: versions.get(topic, 0) for topic in TOPICS}
        if now_in_force != self._followed:
            self._followed = now_in_force
            self._outdated()

    async def _carry_out(self) -> None:
        now = self._clock.now()
        await self._store.submit(lambda connection: carry_out(connection, self._handlers, now))
