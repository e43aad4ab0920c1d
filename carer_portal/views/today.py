"""The page Today: the answer first, then what is open, why we think so, what we cannot see, what was."""

import streamlit as st

from carer_portal import times, wording
from carer_portal.model import Asked, Today
from carer_portal.views import alarm, markup, past
from carer_portal.visit import Asking


def show(today: Today, asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw the page."""
    st.html(_top(today))
    st.html(_hero(today))
    for one in today.shown.alarms:
        alarm.show(one, today, tuple(answer for answer in asked if answer.alarm_id == one.id), asking)
    if today.status is not None:
        st.html(_section(wording.WHY_TITLES[today.status], markup.lines(today.why)))
    st.html(_section(wording.BLIND_TITLE, _blind(today)))
    if today.past is not None:
        past.show(today, today.past, asked, asking)


def _top(today: Today) -> str:
    who = today.resident or wording.capital(wording.SOMEBODY)
    when = f"{times.day(today.now, today.tz)}, {times.clock(today.now, today.tz)}"
    return markup.tag(
        "header", markup.tag("span", markup.text(who), "al-who") + markup.tag("span", markup.text(when)), "al-top"
    )


def _hero(today: Today) -> str:
    mark = "none" if today.status is None else today.status
    shape = markup.tag("span", "", f"al-shape al-shape-{mark}", aria_hidden="true")
    word = wording.STATUS_WORDS[today.status] if today.status is not None else wording.NOT_SHARED_WORD
    said = markup.paragraph(word, "al-word") + markup.tag("h1", markup.text(today.sentence))
    return markup.tag("section", shape + markup.tag("div", said), f"al-hero al-is-{mark}", role="status")


def _blind(today: Today) -> str:
    if not today.cannot_see:
        return markup.paragraph(wording.NO_BLIND, "al-quiet")
    return markup.lines(today.cannot_see)


def _section(title: str, content: str) -> str:
    return markup.tag("section", markup.tag("h2", markup.text(title)) + content, "al-section")
