"""Folders under /tmp that are gone with their process: those of killed ones are cleared away by the next that comes.

A folder holds a lock for as long as its process lives; the kernel lets go of it however that ends.
"""

import fcntl
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

LOCK = "lock"
_PART = "lock.part"


class OwnFolder:
    """A folder of this process, until it is closed. `prefix` begins its name."""

    def __init__(self, prefix: str) -> None:
        sweep(prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        # Locked before it has its name, so that nobody takes a folder for left behind that is just being made.
        self._lock = (self.path / _PART).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        (self.path / _PART).rename(self.path / LOCK)

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep(prefix: str, where: Path | None = None) -> int:
    """Remove every such folder that nobody holds any more; how many that were."""
    folders = (where or Path(tempfile.gettempdir())).glob(f"{prefix}*")
    return sum(_removed(folder) for folder in folders)


def _removed(folder: Path) -> bool:
    """Another's folder, or one that has gone meanwhile, is left alone."""
    with suppress(OSError), (folder / LOCK).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
        return True
    return False
