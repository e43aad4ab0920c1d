"""One performance: the story, played on the scenery, told to whoever watches."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alongside.demo import story
from alongside.demo.model import Does
from alongside.demo.people import People
from alongside.demo.player import Player, Stage
from alongside.demo.report import Record, report
from alongside.demo.stage import LIFE, Scenery, scenery
from alongside.demo.teller import Teller
from alongside.demo.witness import BUSY_S, Witness
from hub.store.connect import reader_engine


async def perform(teller: Teller, port: int, *, hurried: bool, stay: bool) -> Record:
    """Put everything on, play the day, and say what happened. With `stay`, the portal stays open until cancelled."""
    with TemporaryDirectory(prefix="alongside-demo-") as folder:
        async with scenery(Path(folder), port) as stage:
            for line in stage.portal.splitlines():
                teller.note(line)
            await play(stage, teller, hurried=hurried)
            return record(stage.db)


async def play(on: Scenery, teller: Teller, *, hurried: bool) -> None:
    """Play the day."""
    witness = Witness(on.db, LIFE, teller.news)
    numbers = {name: address.to for name, one in on.household.people.items() for address in one.addresses}
    people = People(on.db, on.clock, on.text, numbers)

    async def do(act: Does) -> None:
        alarm = witness.latest(act.alarm)
        people.do(act, alarm or 0)

    stage = Stage(show=on.house.show, do=do, until=witness.until, title=teller.title, tell=teller.tell)
    async with beside(witness.run(), on.house.chatter(on.clock)):
        await Player(stage, on.clock, story.STARTS, hurried=hurried).play(story.DAY)
    people.close()


def record(db: Path) -> Record:
    """What happened, from the database."""
    engine = reader_engine(db, BUSY_S)
    with engine.connect() as connection:
        found = report(connection, story.DAY)
    engine.dispose()
    return found


@contextlib.asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Let this go on beside the block, and end with it; what fails in it is raised."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
