"""Where a hub keeps its files."""

import os
from collections.abc import Mapping
from pathlib import Path

DATABASE = "ALONGSIDE_DB"
"""The environment variable that names the database; an option of the command comes first."""

_FILE = "home.sqlite3"
_SERVICE = Path("/var/lib/alongside")


def database_path(option: Path | None = None) -> Path:
    """The database: the option, else `ALONGSIDE_DB`, else the service's folder, else the user's own."""
    if option is not None:
        return option
    if named := os.environ.get(DATABASE):
        return Path(named)
    return data_folder(os.environ, root=os.geteuid() == 0) / _FILE


def data_folder(environment: Mapping[str, str], *, root: bool) -> Path:
    """What systemd gives the service (`StateDirectory=`); root's own without it; a person's data folder."""
    if given := environment.get("STATE_DIRECTORY"):
        return Path(given.partition(":")[0])
    if root:
        return _SERVICE
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "alongside"
