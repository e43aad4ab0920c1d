"""Only one hub may work on a database: two would each send every message."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another hub works on this database. Passing: until that one stops."""


@contextmanager
def only_hub(db: Path) -> Iterator[None]:
    """Be the only hub on this database. The kernel lets go of the lock with the process, however that ends.

    Raises `AlreadyRunningError`, and `OSError` where the folder cannot be written.
    """
    db.parent.mkdir(parents=True, exist_ok=True)
    with _lock_file(db).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"another hub is running on {db}") from None
        yield


def is_running(db: Path) -> bool:
    """Whether a hub works on this database now. Raises `OSError` where its lock may not be read."""
    if not _lock_file(db).exists():
        return False
    with _lock_file(db).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock_file(db: Path) -> Path:
    return db.with_name(f"{db.name}.lock")
