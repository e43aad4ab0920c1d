"""Draws the page for whoever looks: finds out who that is and what there is to show, or says what is missing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import streamlit as st

from carer_portal import queries, views_log, wording
from carer_portal.changes import NOTHING, due_at
from carer_portal.database import Database
from carer_portal.judgement import HUB_SILENT_AFTER
from carer_portal.model import Viewer
from carer_portal.pages import of
from carer_portal.plain.render import ICON
from carer_portal.signin import sessions
from carer_portal.views import live, markup
from carer_portal.visit import Asking, Drawn, Page, Visit
from hub.clock import StoryClock, SystemClock
from hub.store.errors import StoreError

log = logging.getLogger(__name__)

STYLE: Final = Path(__file__).with_name("style.css")

ANSWER_WITHIN: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What the page is about: which home, on which clock."""

    db: Path
    clock: SystemClock | StoryClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was drawn: the database's version that it shows, and whether an answer of the hub is awaited."""

    version: int
    waiting: bool


@st.cache_resource(show_spinner=False)
def database(path: Path) -> Database:
    """The home's database, opened once for all viewers."""
    return Database(path)


def draw(portal: Portal, token: object) -> None:
    """Draw the page for whoever holds this session; whatever happens, a person reads a sentence, never a traceback."""
    st.set_page_config(page_title=wording.TITLE, page_icon=str(ICON), layout="centered")
    st.html(STYLE)
    try:
        shown = _draw(portal, token if isinstance(token, str) else "")
    except StoreError:
        log.warning("the home's database cannot be read", exc_info=True)
        _nothing(wording.NO_DATABASE, wording.NO_DATABASE_HELP)
        shown = Shown(version=NOTHING, waiting=True)
    except Exception:
        log.exception("the page could not be drawn")
        _nothing(wording.BROKEN_WORD, wording.BROKEN)
        shown = Shown(version=NOTHING, waiting=False)
    live.watch(shown.version, due_at(portal.clock.now(), portal.clock.speed, waiting=shown.waiting))


def _draw(portal: Portal, token: str) -> Shown:
    home, now, speed = database(portal.db), portal.clock.now(), portal.clock.speed
    with home.reading() as connection:
        version = queries.version(connection)
        session = sessions.find(connection, token, SystemClock().now())
        look = None if session is None else queries.look(connection, session.person, now)
        set_up = queries.home_of(connection) is not None
    if look is None:
        _nothing(*_nobody(signed_in=session is not None, set_up=set_up))
        return Shown(version=version, waiting=False)
    asking = Asking(home=home, by=look.viewer.key, clock=portal.clock.now, slow_after=ANSWER_WITHIN * speed)
    drawn = _show(Visit(home=home, look=look, asking=asking, hub_patience=HUB_SILENT_AFTER * speed))
    st.html(_foot(look.viewer))
    return Shown(version=version, waiting=drawn.waiting)


def _show(visit: Visit) -> Drawn:
    """Draw the page that was asked for, of those that this role may open."""
    offered = of(visit.look.viewer.role)
    drawn: list[Drawn] = []
    chosen = st.navigation([_page(page, visit, drawn, first=page is offered[0]) for page in offered], position="top")
    chosen.run()
    return drawn[0]


def _page(page: Page, visit: Visit, drawn: list[Drawn], *, first: bool) -> st.Page:
    return st.Page(
        _drawing(page, visit, drawn),
        title=page.title,
        url_path=page.path,
        default=first,
        visibility="visible" if page.listed else "hidden",
    )


def _drawing(page: Page, visit: Visit, drawn: list[Drawn]) -> Callable[[], None]:
    def drawing() -> None:
        drawn.append(page.draw(visit))
        if page.personal:
            views_log.note(visit.home, visit.look, page.path, drawn[0].subject)

    return drawing


def _nobody(*, signed_in: bool, set_up: bool) -> tuple[str, str]:
    if not set_up:
        return wording.NO_HOUSEHOLD, wording.NO_HOUSEHOLD_HELP
    return (
        (wording.NOT_A_MEMBER, wording.NOT_A_MEMBER_HELP) if signed_in else (wording.SIGNED_OUT, wording.SIGN_IN_AGAIN)
    )


def _nothing(what: str, what_to_do: str) -> None:
    """An empty page says what to do."""
    said = markup.tag("h1", markup.text(what)) + markup.tag("p", markup.instructions(what_to_do))
    to_door = markup.tag("p", markup.tag("a", markup.text(wording.TO_SIGN_IN), href="/sign-in", target="_self"))
    st.html(markup.tag("section", said + to_door, "al-empty", role="status"))


def _foot(viewer: Viewer) -> str:
    """Who looks, and the way to the account."""
    who = wording.WHO_LOOKS.format(who=viewer.display, role=wording.ROLES[viewer.role])
    account = markup.tag("a", markup.text(wording.TO_ACCOUNT), href="/account", target="_self")
    return markup.tag("footer", f"{markup.text(who)} {account}", "al-foot")
