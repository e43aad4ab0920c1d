"""A real PostgreSQL for the centre's tests, started once a process; each test has its own database in it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, create_engine, text

from hub.centre import schema
from hub.simulated.postgres import Postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with TemporaryDirectory() as folder:  # not pytest's, which shuts PostgreSQL's own user out
        Path(folder).chmod(0o755)
        with Postgres(Path(folder) / "cluster") as running:
            yield running


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The address of a new and empty database."""
    name = f"centre_{next(_NUMBERS)}"
    own = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    own.dispose()
    return postgres.url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    made = create_engine(database)
    with made.begin() as connection:
        schema.create(connection)
    yield made
    made.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "centre"
