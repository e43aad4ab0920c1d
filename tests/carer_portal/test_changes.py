"""A waiting browser is told of a change soon, and costs next to nothing until then."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from analytics.model import FindingKind
from carer_portal.changes import HELD_S, LOOK_EVERY_S, NOTHING, PATH, Watch, due_at, route
from carer_portal.database import Database
from devices.model import Quantity
from hub.model import AlarmState
from hub.store.schema import to_us
from tests.carer_portal.home import MadeHome
from tests.fakes import START, FakeClock, settle

FAR_AHEAD = START + timedelta(days=1)


def never() -> bool:
    return False


async def waiting(watch: Watch, seen: int) -> asyncio.Task[bool]:
    task = asyncio.create_task(watch.moves(seen, never))
    await settle()
    assert not task.done()
    return task


async def test_a_change_is_told_at_the_next_look(home: MadeHome) -> None:
    home.all_is_well()
    clock = FakeClock()
    watch = Watch(Database(home.path), clock, never)
    task = await waiting(watch, watch.version())
    home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    await clock.advance(LOOK_EVERY_S)
    assert await task


async def test_without_a_change_the_request_ends_and_is_asked_again(home: MadeHome) -> None:
    home.all_is_well()
    clock = FakeClock()
    watch = Watch(Database(home.path), clock, never)
    task = await waiting(watch, watch.version())
    home.reads("kitchen", Quantity.MOTION, 1, ago=0)
    await clock.advance(HELD_S + LOOK_EVERY_S)
    assert not await task


async def test_a_page_that_is_behind_is_told_at_once(home: MadeHome) -> None:
    home.all_is_well()
    watch = Watch(Database(home.path), FakeClock(), never)
    assert await watch.moves(watch.version() - 1, never)


async def test_a_page_that_is_due_is_told_without_a_change(home: MadeHome) -> None:
    home.all_is_well()
    watch = Watch(Database(home.path), FakeClock(), never)
    assert await watch.moves(watch.version(), lambda: True)


async def test_a_server_that_stops_lets_everybody_go(home: MadeHome) -> None:
    home.all_is_well()
    watch = Watch(Database(home.path), FakeClock(), lambda: True)
    assert not await watch.moves(watch.version(), never)


async def test_many_viewers_look_only_once(home: MadeHome) -> None:
    home.all_is_well()
    clock = FakeClock()
    watch = Watch(Database(home.path), clock, never)
    first = watch.version()
    home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    assert watch.version() == first
    await clock.advance(LOOK_EVERY_S)
    assert watch.version() == first + 1


def test_a_database_that_cannot_be_read_has_no_version(tmp_path: Path) -> None:
    assert Watch(Database(tmp_path / "none.sqlite3"), FakeClock(), never).version() == NOTHING


@pytest.fixture
def client(home: MadeHome) -> httpx.AsyncClient:
    home.all_is_well()
    clock = FakeClock()
    served = Starlette(routes=[route(Watch(Database(home.path), clock, never), clock)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=served), base_url="http://home")


@pytest.mark.parametrize(("seen", "until"), [(-1, FAR_AHEAD), (0, START)])
async def test_the_route_tells_of_a_new_version_and_of_a_page_that_is_due(
    client: httpx.AsyncClient, seen: int, until: datetime
) -> None:
    answer = await client.get(PATH, params={"seen": seen, "until": to_us(until)})
    assert answer.json() == {"moved": True}
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("given", [{}, {"seen": "1"}, {"seen": "x", "until": "1"}, {"seen": "1", "until": "9" * 40}])
async def test_a_request_that_makes_no_sense_is_refused(client: httpx.AsyncClient, given: dict[str, str]) -> None:
    answer = await client.get(PATH, params=given)
    assert answer.status_code == 400
    assert "whole numbers" in answer.json()["error"]


@pytest.mark.parametrize(
    ("speed", "waits", "seconds"),
    [(1.0, False, 60), (1.0, True, 10), (300.0, False, 600), (300.0, True, 600), (8.0, True, 16)],
)
def test_a_page_is_due_each_minute_or_sooner_and_never_more_than_every_two_real_seconds(
    speed: float, waits: bool, seconds: float
) -> None:
    assert due_at(START, speed, waiting=waits) == START + timedelta(seconds=seconds)
