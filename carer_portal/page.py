"""Draws the page for whoever looks: finds out who that is and what there is to show, or says what is missing."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import streamlit as st

from carer_portal import queries, wording
from carer_portal.changes import NOTHING, due_at
from carer_portal.database import Database
from carer_portal.judgement import HUB_SILENT_AFTER
from carer_portal.model import Viewer
from carer_portal.views import live, markup, today
from carer_portal.views.asking import Asking
from hub.clock import StoryClock, SystemClock
from hub.store.errors import StoreError

log = logging.getLogger(__name__)

STYLE: Final = Path(__file__).with_name("style.css")
ICON: Final = Path(__file__).with_name("icon.svg")
ANSWER_WITHIN: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What the page is about: which home, who looks, on which clock."""

    db: Path
    viewer: str
    clock: SystemClock | StoryClock


@st.cache_resource(show_spinner=False)
def database(path: Path) -> Database:
    """The home's database, opened once for all viewers."""
    return Database(path)


def draw(portal: Portal) -> None:
    """Draw the page; whatever happens, a person reads a sentence and never a traceback."""
    st.set_page_config(page_title=wording.TITLE, page_icon=str(ICON), layout="centered")
    st.html(STYLE)
    try:
        seen, waiting = _draw(portal)
    except StoreError:
        log.warning("the home's database cannot be read", exc_info=True)
        _nothing(wording.NO_DATABASE, wording.NO_DATABASE_HELP)
        seen, waiting = NOTHING, True
    except Exception:
        log.exception("the page could not be drawn")
        _nothing(wording.BROKEN_WORD, wording.BROKEN)
        seen, waiting = NOTHING, False
    live.watch(seen, due_at(portal.clock.now(), portal.clock.speed, waiting=waiting))


def _draw(portal: Portal) -> tuple[int, bool]:
    """Draw what there is; the version it shows, and whether an answer of the hub is awaited."""
    home = database(portal.db)
    with home.reading() as connection:
        seen = queries.version(connection)
        people = queries.viewers(connection)
        viewer = people.get(portal.viewer)
        if viewer is None:
            _nobody(portal.viewer, people)
            return seen, False
        now, speed = portal.clock.now(), portal.clock.speed
        page = queries.today(connection, viewer.role, now, HUB_SILENT_AFTER * speed)
        asked = queries.asked(connection, viewer.key, now)
    asking = Asking(ask=home.ask, by=viewer.key, now=portal.clock.now, slow_after=ANSWER_WITHIN * speed)
    today.show(page, asked, asking)
    st.html(markup.paragraph(_who_looks(viewer), "al-foot"))
    return seen, any(one.result is None for one in asked)


def _nobody(key: str, people: Mapping[str, Viewer]) -> None:
    if not people:
        _nothing(wording.NO_HOUSEHOLD, wording.NO_HOUSEHOLD_HELP)
        return
    _nothing(wording.NOBODY.format(name=key), wording.NOBODY_HELP.format(names=", ".join(sorted(people))))


def _nothing(what: str, what_to_do: str) -> None:
    """An empty page says what to do."""
    said = markup.tag("h1", markup.text(what)) + markup.tag("p", markup.instructions(what_to_do))
    st.html(markup.tag("section", said, "al-empty", role="status"))


def _who_looks(viewer: Viewer) -> str:
    return wording.NO_SIGN_IN.format(who=viewer.display, role=wording.ROLES[viewer.role])
