"""A database's twin in memory: where a hub goes on when its disk does not let it, and from where it comes back.

The twin is a file on the memory file system, so that it outlives the hub's process, but not the machine's power.
"""

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from hashlib import blake2s
from pathlib import Path

from hub.store.upgrade import upgrade

log = logging.getLogger(__name__)

MEMORY = "ALONGSIDE_MEMORY"
"""The environment variable that names another folder for twins than the system's memory file system."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of our own is made in it, which nobody else may enter
BUSY_S = 5.0
SIDE_FILES = ("-wal", "-shm", "-journal")


class NoMemoryError(OSError):
    """There is no folder in memory that is ours alone."""


def twin_of(db: Path) -> Path:
    """Where the twin of this database lies, if there is one."""
    name = blake2s(str(db.absolute()).encode(), digest_size=8).hexdigest()
    return _folder() / f"{name}.sqlite3"


def _folder() -> Path:
    named = os.environ.get(MEMORY)
    base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    return (Path(named) if named else base) / f"alongside-{os.geteuid()}"


def own_folder() -> Path:
    """The folder of twins, made where it is missing. Raises `NoMemoryError` where it is somebody else's."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise NoMemoryError(f"{folder} belongs to somebody else")
    return folder


def make(db: Path) -> Path:
    """Copy a database that can be read and not written. Raises `OSError` or `sqlite3.Error`."""
    own_folder()
    twin = twin_of(db)
    forget(twin)
    try:
        with (
            closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(_open(twin)) as target,
        ):
            source.backup(target)
    except sqlite3.Error:  # not even that: its files themselves, whose log is read when they are opened
        forget(twin)
        _copy_files(db, twin)
    return twin


def salvage(db: Path, also: Sequence[Path]) -> Path:
    """A new database with every row of a damaged one that can be read. Raises `OSError` or `sqlite3.Error`."""
    own_folder()
    twin = twin_of(db)
    forget(twin)
    upgrade(twin, also, BUSY_S)
    with closing(_open(twin)) as target:
        target.execute("PRAGMA foreign_keys = OFF")
        for table in _tables(target):
            log.info("%s: %d rows saved of a damaged database", table, _save(db, target, table))
    return twin


def write_back(twin: Path, db: Path) -> None:
    """Put the twin in the database's place, whole or not at all. Raises `sqlite3.Error` where it cannot be written."""
    with closing(sqlite3.connect(twin)) as source, closing(_open(db)) as target:
        _take_requests(source, target)
        source.backup(target)


def set_aside(db: Path, mark: str) -> None:
    """Give a damaged database another name: nothing of it is lost. Raises `OSError`."""
    for suffix in ("", *SIDE_FILES):
        file = db.with_name(db.name + suffix)
        if file.exists():
            file.rename(db.with_name(f"{db.name}.damaged-{mark}{suffix}"))


def forget(twin: Path) -> None:
    """There is no twin any more."""
    for suffix in ("", *SIDE_FILES):
        twin.with_name(twin.name + suffix).unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _copy_files(db: Path, twin: Path) -> None:
    for suffix in ("", "-wal"):
        file = db.with_name(db.name + suffix)
        if file.exists():
            shutil.copyfile(file, twin.with_name(twin.name + suffix))
    with closing(_open(twin)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _tables(connection: sqlite3.Connection) -> list[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'version_%'"
    )
    return [name for (name,) in connection.execute(query)]


def _save(db: Path, target: sqlite3.Connection, table: str) -> int:
    """Copy what can be read of one table; how many rows."""
    saved = 0
    try:
        with closing(sqlite3.connect(f"{db.absolute().as_uri()}?mode=ro", uri=True)) as source:
            cursor = source.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- a name of our own schema
            columns = [description[0] for description in cursor.description]
            known = {row[1] for row in target.execute(f'PRAGMA table_info("{table}")')}
            if not set(columns) <= known:
                return 0
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            target.execute("BEGIN")
            for row in cursor:
                target.execute(f'INSERT OR REPLACE INTO "{table}" ({names}) VALUES ({marks})', row)  # noqa: S608 -- as above
                saved += 1
    except sqlite3.DatabaseError as error:
        log.warning("%s ends after %d rows: %s", table, saved, getattr(error, "sqlite_errorname", "no table"))
    if target.in_transaction:
        target.execute("COMMIT")
    return saved


def _take_requests(twin: sqlite3.Connection, db: sqlite3.Connection) -> None:
    """What pages asked for on the disk meanwhile is kept."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'intent'").fetchone():
        return
    newest = twin.execute("SELECT coalesce(max(id), 0) FROM intent").fetchone()[0]
    cursor = db.execute("SELECT * FROM intent WHERE id > ?", (newest,))
    marks = ", ".join("?" * len(cursor.description))
    twin.executemany(f"INSERT INTO intent VALUES ({marks})", cursor.fetchall())  # noqa: S608 -- question marks
    twin.commit()
