"""Brings a database to the newest revision when it is opened.

Each room that has tables keeps its own folder of migrations, with its revisions in `versions/` (`0001_what_it_does.py`,
the number being the revision) and its own version table, so that one room's history never waits for another's. Whether
there is anything to do is one SELECT a folder; Alembic is imported only when there is.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from hub.store.connect import driver, writer_engine
from hub.store.errors import StoreTooNewError, store_error

OWN = Path(__file__).parent / "migrations"


def newest(folder: Path) -> str:
    """The newest revision in a folder of migrations, read from its file names."""
    return _revisions(folder)[-1]


def version_table(folder: Path) -> str:
    """Where the database keeps which revision of this folder it is at."""
    return f"version_{folder.parent.name}"


def upgrade(path: Path, also: Sequence[Path], busy_s: float) -> None:
    """Create the file or bring it up to date. Raises `StoreError`, and `DBAPIError` for what a migration did wrong."""
    engine = writer_engine(path, busy_s)
    try:
        with engine.connect() as connection:
            if behind := [folder for folder in (OWN, *also) if _revision(connection, folder) != newest(folder)]:
                _carry_out(connection, behind)
    finally:
        engine.dispose()


def _carry_out(connection: Connection, folders: Sequence[Path]) -> None:
    """Migrate in one transaction; another process that does the same at this moment is waited for."""
    driver(connection).execute("PRAGMA foreign_keys = OFF")  # a rebuilt table is dropped for a moment
    with connection.begin():
        for folder in folders:
            revision = _revision(connection, folder)
            if revision not in (None, *_revisions(folder)):
                raise StoreTooNewError(
                    f"the database is at revision {revision} of {version_table(folder)}, which this version of"
                    " Alongside does not know: update Alongside, or open another database"
                )
            if revision != newest(folder):
                _migrate(connection, folder)


def _revisions(folder: Path) -> list[str]:
    return sorted(file.stem.partition("_")[0] for file in (folder / "versions").glob("[0-9]*_*.py"))


def _revision(connection: Connection, folder: Path) -> str | None:
    query = f"SELECT version_num FROM {version_table(folder)}"  # noqa: S608 -- a folder's name, not input
    try:
        found = driver(connection).execute(query).fetchone()  # takes no lock, unlike a transaction of ours
    except sqlite3.OperationalError as error:
        if (trouble := store_error(error)) is not None:
            raise trouble from error
        return None  # no such table: a new database
    return None if found is None else str(found[0])


def _migrate(connection: Connection, folder: Path) -> None:
    from alembic import command  # noqa: PLC0415 -- costs 0.1 s, and is needed only here
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection, "version_table": version_table(folder)})
    config.set_main_option("script_location", str(OWN))
    config.set_main_option("version_locations", str(folder / "versions"))
    config.set_main_option("path_separator", "newline")
    command.upgrade(config, "head")
