"""One home for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carer_portal.doors import Doors, doors_of
from tests.carer_portal.home import MadeHome, make_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[MadeHome]:
    made = make_home(tmp_path / "home.sqlite3")
    yield made
    made.engine.dispose()


@pytest.fixture
def doors(home: MadeHome, tmp_path: Path) -> Iterator[Doors]:
    home.all_is_well()
    with doors_of(home, tmp_path) as opened:
        yield opened
