"""Where things are written down for whoever has to mend them."""

import os
from pathlib import Path


def log_folder() -> Path:
    """The service's log folder, else the user's own."""
    given = os.environ.get("LOGS_DIRECTORY") or os.environ.get("XDG_STATE_HOME")
    return (Path(given) if given else Path.home() / ".local" / "state") / "alongside"
