"""One page drawn by Streamlit's own test harness, as somebody, on a real database."""

from typing import Any

from streamlit.testing.v1 import AppTest

from hub.clock import StoryClock
from tests.carer_portal.home import MadeHome

STANDING_STILL = 1e-9


def script(db: str, anchor: str, person: str, path: str) -> None:
    """What `page.py` does for one page, without its menu."""
    from datetime import timedelta  # noqa: PLC0415 -- Streamlit runs this function's text as a script of its own
    from pathlib import Path  # noqa: PLC0415

    from carer_portal.database import Database  # noqa: PLC0415
    from carer_portal.pages import of  # noqa: PLC0415
    from carer_portal.queries import look  # noqa: PLC0415
    from carer_portal.visit import Asking, Visit  # noqa: PLC0415
    from hub.clock import StoryClock  # noqa: PLC0415

    home, clock = Database(Path(db)), StoryClock(Path(anchor))
    with home.reading() as connection:
        seen = look(connection, person, clock.now())
    assert seen is not None
    asking = Asking(home=home, by=person, clock=clock.now, slow_after=timedelta(seconds=10))
    visit = Visit(home=home, look=seen, asking=asking, hub_patience=timedelta(minutes=1))
    [page] = [one for one in of(seen.viewer.role) if one.path == path]
    page.draw(visit)


def drawn(home: MadeHome, path: str, person: str = "priya", **query: str) -> AppTest:
    """The page, drawn."""
    anchor = home.path.with_name("drawn.json")
    StoryClock(anchor).set(home.now, STANDING_STILL)
    given = {"db": str(home.path), "anchor": str(anchor), "person": person, "path": path}
    page = AppTest.from_function(script, kwargs=given, default_timeout=30)
    for key, value in query.items():
        page.query_params[key] = value
    return page.run()


def said(page: AppTest) -> str:
    """All that the page says in its own HTML; nothing may have gone wrong on the way."""
    assert not page.exception, page.exception
    elements: list[Any] = list(page.get("html"))
    return "\n".join(element.proto.body for element in elements)
