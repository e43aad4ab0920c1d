"""Rooms and devices, faults as cases, gaps."""

from collections import defaultdict

import streamlit as st

from carer_portal import times, wording
from carer_portal import wording_plan as words
from carer_portal.model import Asked
from carer_portal.queries_things import Broken, Thing, Things
from carer_portal.sight import Look
from carer_portal.views import labelling, markup, parts
from carer_portal.visit import Asking
from hub.fitting.standing import signal_words
from hub.intents import IntentKind


def show(found: Things, look: Look, asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw them."""
    parts.title(words.HOME)
    parts.section(words.FAULTS, "" if found.broken else markup.quiet(words.NO_FAULTS))
    for one in found.broken:
        _fault(one, look, asking, mends=found.mends)
    labelling.answer([one for one in asked if one.kind == IntentKind.CLOSE_FAULT])
    parts.section(words.DEVICES, _rooms(found.things, look))
    if found.gaps is not None:
        gaps = [words.GAP.format(room=room) for room in found.gaps]
        parts.section(words.GAPS, markup.words(gaps, "al-people") if gaps else markup.quiet(words.NO_GAPS))
    st.html(markup.tag("p", markup.instructions(words.ADD_HELP), "al-quiet") + markup.quiet(words.PAUSE))


def _rooms(things: tuple[Thing, ...], look: Look) -> str:
    """One table a room, as a plan in words: each room, and what is in it."""
    if not things:
        return markup.quiet(words.NO_DEVICES)
    rooms: dict[str, list[Thing]] = defaultdict(list)
    for one in things:
        rooms[(one.room or words.ELSEWHERE).replace("_", " ")].append(one)
    return "".join(
        markup.table(words.DEVICE_HEADS, [_thing(one, look) for one in there], wording.capital(room), shown=True)
        for room, there in sorted(rooms.items())
    )


def _thing(one: Thing, look: Look) -> tuple[str, str, str, str, str]:
    heard = words.NEVER if one.heard_at is None else times.past(one.heard_at, look.now, look.tz)
    return one.name, heard, signal_words(one.signal_dbm), one.battery, one.state or ""


def _fault(one: Broken, look: Look, asking: Asking, *, mends: bool) -> None:
    with st.container(border=True, key=f"fault-{one.id}"):
        because = one.because if one.owner is None else words.FAULT_OWNER.format(because=one.because, owner=one.owner)
        lines = [markup.paragraph(because, "al-because")]
        if one.due_at is not None:
            due = times.moment(one.due_at, look.now, look.tz)
            lines.append(markup.quiet(words.FAULT_DUE.format(when=due)))
        if one.cover:
            lines.append(markup.quiet(words.FAULT_COVER.format(cover=one.cover)))
        st.html("".join(lines))
        if mends:
            _mending(one, asking)


def _mending(one: Broken, asking: Asking) -> None:
    with st.expander(words.MENDED), st.form(f"mended-{one.id}", border=False):
        how = st.text_input(words.MENDED_HOW, key=f"how-{one.id}", max_chars=200)
        if st.form_submit_button(words.MENDED, type="primary"):
            if not how.strip():
                st.html(markup.tag("p", markup.text(words.NO_WORDS), "al-answer", role="alert"))
                return
            asking(IntentKind.CLOSE_FAULT, {"fault_id": one.id, "outcome": how})
            st.html(markup.tag("p", markup.text(wording.WAITING), "al-answer", role="status"))
