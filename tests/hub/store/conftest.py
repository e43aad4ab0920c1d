"""A real store in a real file, and a way to wait for what its thread does."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.clock import SystemClock
from hub.store.connect import writer_engine
from hub.store.writer import Store
from tests.hub.blank import blank_database


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(blank_database(tmp_path / "home.sqlite3"), flush_s=0.02, busy_s=0.05)
    yield store
    store.shut()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Connections to a migrated file, for the modules of functions."""
    engine = writer_engine(blank_database(tmp_path / "home.sqlite3"), 1.0)
    yield engine
    engine.dispose()


async def until(condition: Callable[[], bool], deadline_s: float = 10.0) -> None:
    """Wait until something is so; fail after the deadline."""
    clock = SystemClock()
    async with asyncio.timeout(deadline_s):
        while not condition():
            await clock.sleep(0.005)
