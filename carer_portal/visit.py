"""One visit to a Streamlit page: who looks, at which home, what a page may do. Each page is a row of `pages.PAGES`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from carer_portal.database import Database
from carer_portal.sight import Look
from hub.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Asks the hub, in the viewer's name. `slow_after`: how long an answer may take before a page says so."""

    home: Database
    by: str
    clock: Callable[[], datetime]
    slow_after: timedelta

    def __call__(self, kind: str, payload: Mapping[str, object]) -> None:
        """Ask now."""
        self.home.ask(kind, payload, self.by, self.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What a page is given. `hub_patience` is how long the hub may say nothing, in the home's time."""

    home: Database
    look: Look
    asking: Asking
    hub_patience: timedelta

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read-only connection that sees one state of the home."""
        with self.home.reading() as connection:
            yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a page says of itself: what was looked at (an alarm's number), and whether it waits for the hub."""

    subject: str | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its address, its title, who may open it, what draws it.

    `personal`: it shows something about the resident, so that looking at it is written down for the resident to see.
    `listed`: it stands in the menu; otherwise other pages lead to it.
    """

    path: str
    title: str
    roles: frozenset[Role]
    draw: Callable[[Visit], Drawn]
    personal: bool = True
    listed: bool = True
