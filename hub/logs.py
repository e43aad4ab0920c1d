"""What a process writes in its log, for people or, line by line as JSON, for programs; without personal detail."""

import json
import logging
from datetime import UTC, datetime
from pathlib import PurePath

FOR_PEOPLE = "%(levelname)s %(name)s: %(message)s"
OURS = frozenset({"alongside", "analytics", "carer_portal", "co_design", "devices", "hub"})
"""Whose sentences are known to name nobody: they hold ids, kinds and counts. Others may log a number or a text."""


class AsJson(logging.Formatter):
    """One object a line. Of what others log, and of errors, it is said where and which, never in their own words."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "part": record.name,
            "where": f"{PurePath(record.pathname).name}:{record.lineno}",
        }
        if record.name.split(".", 1)[0] in OURS:
            said["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
        return json.dumps(said)


def begin(level: int, *, as_json: bool) -> None:
    """Write the log of this process to its standard error from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(AsJson() if as_json else logging.Formatter(FOR_PEOPLE))
    logging.basicConfig(level=level, handlers=[handler])
