"""One home for each test, a label in it, and the worked example played once for all that only look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from co_design import example
from co_design.chain import Chain, load
from co_design.model import ConsentScope
from co_design.schema import MIGRATIONS
from co_design.words import Reader
from hub.store.connect import reader_engine
from hub.store.writer import Store
from tests.carer_portal.home import MadeHome, make_home
from tests.co_design.record import Record, in_haste


@pytest.fixture
def home(tmp_path: Path) -> Iterator[MadeHome]:
    made = make_home(tmp_path / "home.sqlite3")
    event.listen(made.engine, "connect", in_haste)
    made.set_up()
    yield made
    made.engine.dispose()


@pytest.fixture
def record(home: MadeHome) -> Record:
    return Record(home=home)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The worked example at its end, to be looked at only."""

    path: Path
    named: dict[str, int]
    chain: Chain
    connection: Connection
    now: datetime

    def reader(self, audience: ConsentScope = ConsentScope.HOME) -> Reader:
        return Reader(audience=audience, now=self.now)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    path = tmp_path_factory.mktemp("example") / "example.sqlite3"
    store = Store.open(path, also=[MIGRATIONS])
    named = store.run(example.fill)
    store.shut()
    engine = reader_engine(path, 5.0)
    with engine.connect() as connection:
        yield Played(path=path, named=named, chain=load(connection), connection=connection, now=example.ends())
    engine.dispose()
