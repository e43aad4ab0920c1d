"""The facilitator's page: every board and register, a trace, loose ends, and a session as it is held."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import streamlit as st

from carer_portal import co_design_pages_wording as words
from carer_portal.sight import Look
from carer_portal.views import markup, parts
from carer_portal.visit import Asking
from co_design.at_the_table import SINCE, sides
from co_design.boards import BOARDS, Desk
from co_design.model_deciding import Ballot, Method, Stance
from co_design.orphans import orphans
from co_design.requests import KIND
from co_design.rows import told
from co_design.told import lines
from co_design.trace import NothingToTraceError, trace


def show(at: Desk, look: Look, asking: Asking) -> None:
    """Draw the page."""
    parts.title(words.WORKBENCH_TITLE)
    board = st.selectbox(words.BOARD, list(BOARDS), key="board")
    st.html(_board(at, board))
    _trace(at, look)
    found = orphans(at.chain, at.now)
    loose = [f"{one.rule}: {one.subject}: {one.because}" for one in found]
    parts.section(words.CHECK, markup.words(loose, "al-people") if loose else markup.quiet(words.NO_ORPHANS))
    _take_down(at, asking)
    _make_sense(at, asking)
    _voice(at, asking)
    _anything(asking)


def _board(at: Desk, name: str) -> str:
    rows = BOARDS[name](at)
    if not rows:
        return markup.quiet(words.NOTHING_ON_IT)
    return "".join(markup.tag("dl", _fields(row), "al-board") for row in rows)


def _fields(row: Mapping[str, Any]) -> str:
    return "".join(
        markup.tag("dt", markup.text(name)) + markup.tag("dd", markup.text(value)) for name, value in told(row)
    )


def _trace(at: Desk, look: Look) -> None:
    parts.section(words.TRACE)
    subject = st.text_input(words.TRACE_HELP, key="subject").strip()
    if not subject:
        return
    try:
        found = trace(at.connection, subject, at.now)
    except NothingToTraceError as error:
        st.html(markup.tag("p", markup.text(str(error)), "al-answer", role="alert"))
        return
    st.html(markup.words((line.strip() for line in lines(found, look.tz) if line.strip()), "al-people"))


K = TypeVar("K")


def _choose(label: str, options: Mapping[K, str], key: str) -> K | None:
    """One of these, shown by its words."""
    return st.selectbox(label, list(options), format_func=lambda one: options[one], key=key)


def _people(at: Desk) -> dict[int, str]:
    here = (one for one in at.chain.participants.values() if one.withdrawn_at is None)
    return {one.id: f"{one.pseudonym} ({one.role})" for one in here}


def _take_down(at: Desk, asking: Asking) -> None:
    people = _people(at)
    sessions: dict[int | None, str] = {
        None: words.NO_SESSION,
        **{one.id: one.title for one in at.chain.workshops.values()},
    }
    with st.expander(words.TAKE_DOWN), st.form("utter", border=False, clear_on_submit=True):
        who = _choose(words.WHO, people, "who")
        session = _choose(words.SESSION, sessions, "session")
        medium = _choose(words.MEDIUM, words.MEDIA, "medium")
        said = st.text_area(words.WORDS, key="words", max_chars=4000)
        verbatim = st.checkbox(words.VERBATIM, value=True, key="verbatim")
        if st.form_submit_button(words.SEND, type="primary") and said.strip() and who is not None:
            given = {"participant": who, "workshop": session, "medium": medium, "words": said, "verbatim": verbatim}
            asking(KIND, {"act": "utter", "given": given})


def _make_sense(at: Desk, asking: Asking) -> None:
    spoken = {one.id: at.view.text(f"[u{one.id}]") for one in at.chain.utterances.values() if one.redacted_at is None}
    themes = {one.id: one.name for one in at.chain.themes.values() if one.merged_into is None}
    with st.expander(words.MAKE_SENSE), st.form("code", border=False):
        utterance = _choose(words.UTTERANCE, spoken, "utterance")
        theme = _choose(words.THEME, themes, "theme")
        coder = st.text_input(words.CODER, value=asking.by, key="coder")
        if st.form_submit_button(words.SEND, type="primary") and None not in (utterance, theme):
            asking(KIND, {"act": "code", "given": {"utterance": utterance, "theme": theme, "coder": coder}})


def _voice(at: Desk, asking: Asking) -> None:
    asked = {one.id: one for one in at.chain.ballots.values() if one.method is Method.CONSENT and one.closed_at is None}
    with st.expander(words.VOTE):
        if not asked:
            st.html(markup.quiet(words.NO_QUESTION))
            return
        number = _choose(words.QUESTION, {one.id: at.view.text(one.question) for one in asked.values()}, "ballot")
        if number is not None:
            _on_our_past(at, asked[number])
            _stances(at, asked[number], asking)


def _on_our_past(at: Desk, ballot: Ballot) -> None:
    """Each option on the home's own past; it takes some seconds, so only when somebody asks."""
    if ballot.setting_key is None or not st.button(words.ON_OUR_PAST, key="past"):
        return
    with st.spinner(words.ON_OUR_PAST):
        found = sides(at.connection, at.chain, ballot.id, at.now - SINCE, at.now)
    rows = [
        (one.option, str(one.alarms), str(one.gone), str(one.gone_wrong), str(one.new), f"{one.later_min:.0f}",
         str(one.woken))
        for one in found
    ]  # fmt: skip
    st.html(markup.table(words.PAST_HEADS, rows, words.PAST))


def _stances(at: Desk, ballot: Ballot, asking: Asking) -> None:
    people, stances = _people(at), words.STANCES
    with st.form("vote", border=False):
        who = _choose(words.WHO, people, "voice")
        choices = {
            str(one.id): st.radio(one.label, list(Stance), format_func=stances.__getitem__, key=f"stance-{one.id}")
            for one in at.chain.options.values()
            if one.ballot_id == ballot.id
        }
        why = st.text_area(words.WHY, key="because", max_chars=1000, height=80)
        if st.form_submit_button(words.SEND, type="primary") and who is not None:
            given = {"ballot": ballot.id, "participant": who, "choices": choices, "because": why.strip() or None}
            asking(KIND, {"act": "vote", "given": given})


def _anything(asking: Asking) -> None:
    with st.expander(words.ANY_ACT), st.form("act", border=False):
        st.html(markup.instructions(words.ANY_ACT_HELP.format(example=f"`{words.ACT_EXAMPLE}`")))
        typed = st.text_area(words.ANY_ACT, key="act", label_visibility="collapsed")
        if st.form_submit_button(words.SEND, type="primary"):
            try:
                given = dict(json.loads(typed))
                asking(KIND, {"act": str(given.pop("act")), "given": given})
            except (KeyError, TypeError, ValueError) as error:
                st.html(markup.tag("p", markup.text(words.NOT_JSON.format(why=error)), "al-answer", role="alert"))
