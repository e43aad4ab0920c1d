"""The worked example: three workshops, fourteen people, from a sentence about snooker to a changed setting and a reply.

It is played through the same door as everything else (`perform`), in a database of its own that lasts as long as
somebody looks at it. What happened in the made-up home (who was asked when) is written down beforehand.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from co_design.acts.perform import perform, play
from co_design.example.history import asked
from co_design.schema import MIGRATIONS
from hub import household
from hub.store.writer import Store

T = TypeVar("T")

FACILITATOR = "maya"
ASKED = "asked"
"""What happened in the home stands among the acts, in its place in time."""


def document() -> Mapping[str, Any]:
    """The example as it lies in its file."""
    text = resources.files("co_design.example").joinpath("record.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def ends() -> datetime:
    """The moment up to which the example tells."""
    return datetime.fromisoformat(document()["ends"])


def fill(connection: Connection) -> dict[str, int]:
    """Play the example into a database that has no household yet; gives the numbers of all that was named."""
    home = resources.files("co_design.example").joinpath("home.toml").read_text(encoding="utf-8")
    acts = document()["acts"]
    household.apply(connection, home, datetime.fromisoformat(acts[0]["at"]), FACILITATOR)

    def do(name: str, given: Mapping[str, Any], entry: Mapping[str, Any]) -> int:
        at = datetime.fromisoformat(entry["at"])
        return asked(connection, given, at) if name == ASKED else perform(connection, name, given, FACILITATOR, at)

    return play(acts, do)


def look(job: Callable[[Connection, datetime], T]) -> T:
    """Look at the example, as it stands at its end."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "example.sqlite3", also=[MIGRATIONS])
        try:
            store.run(fill)
            with store.reading() as connection:
                return job(connection, ends())
        finally:
            store.shut()
