"""Only one hub may work on a database: two would each send every message."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hub.store.twin import own_folder, twin_of

_DISK = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What is wrong with a disk, not with the permission to use it."""


class AlreadyRunningError(Exception):
    """Another hub works on this database. Passing: until that one stops."""


@contextmanager
def only_hub(db: Path) -> Iterator[None]:
    """Be the only hub on this database. The kernel lets go of the lock with the process, however that ends.

    Raises `AlreadyRunningError`, and `OSError` where the folder cannot be written.
    """
    db.parent.mkdir(parents=True, exist_ok=True)
    with _opened(db) as file:
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


def _opened(db: Path) -> TextIO:
    """The lock's file; on a disk that takes none it may be read, or lies in memory. Raises `OSError`."""
    try:
        return _lock_file(db).open("a")
    except OSError as error:
        if error.errno not in _DISK:
            raise
    if _lock_file(db).exists():
        return _lock_file(db).open()
    return (own_folder() / f"{twin_of(db).name}.lock").open("a")


def _lock_file(db: Path) -> Path:
    return db.with_name(f"{db.name}.lock")
