"""An empty database of the newest revision: migrated once a test process, then copied."""

import tempfile
from functools import cache
from pathlib import Path

from hub.store.upgrade import upgrade


def blank_database(path: Path) -> Path:
    """Lay an empty, up-to-date database at this path."""
    path.write_bytes(_content())
    return path


@cache
def _content() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.sqlite3"
        upgrade(path, (), 1.0)
        return path.read_bytes()
