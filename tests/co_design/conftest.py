"""One home for each test, and a label in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.carer_portal.home import MadeHome, make_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[MadeHome]:
    made = make_home(tmp_path / "home.sqlite3")
    made.set_up()
    yield made
    made.engine.dispose()
