import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.store.writer import Store
from tests.hub.escalation.desk import Desk


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without content, made once: tests copy it."""
    path = tmp_path_factory.mktemp("empty") / "home.sqlite3"
    Store.open(path).shut()
    return path


@pytest.fixture
def new_store(empty_database: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the test's own database, as often as the test restarts its hub."""
    path = tmp_path / "home.sqlite3"
    shutil.copy(empty_database, path)
    opened: list[Store] = []

    def open_store() -> Store:
        opened.append(Store.open(path))
        return opened[-1]

    yield open_store
    for store in opened:
        store.shut()


@pytest.fixture
def desk(new_store: Callable[[], Store]) -> Desk:
    return Desk(new_store())
