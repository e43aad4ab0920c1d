"""Earlier alarms: how they ended, and whether they were right."""

import streamlit as st

from carer_portal import times, wording, wording_alarm
from carer_portal.model import Asked, Labelled, PastAlarm, Today
from carer_portal.views import labelling, markup
from carer_portal.visit import Asking


def show(today: Today, alarms: tuple[PastAlarm, ...], asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw them."""
    st.html(markup.tag("section", markup.tag("h2", markup.text(wording.PAST_TITLE)), "al-section"))
    if not alarms:
        st.html(markup.paragraph(wording.NO_PAST, "al-quiet"))
    for one in alarms:
        with st.container(border=True, key=f"past-{one.id}"):
            st.html(_what(one, today))
            if today.helps:
                labelling.label(one.id, (), asked, asking)


def _what(one: PastAlarm, today: Today) -> str:
    ended = wording.ALARM_STATES[one.state].format(name=today.resident or wording.capital(wording.SOMEBODY))
    if one.closed_at is not None:
        ended = f"{ended}, {times.moment(one.closed_at, today.now, today.tz)}"
    parts = [markup.tag("h3", markup.text(one.title)), markup.paragraph(ended, "al-quiet")]
    parts += [markup.paragraph(words) for words in (one.because, one.outcome) if words]
    if one.labels:
        parts.append(markup.words(map(_label, one.labels), "al-people"))
    parts.append(markup.link(wording_alarm.WHOLE_STORY, f"/alarms?alarm={one.id}"))
    return "".join(parts)


def _label(label: Labelled) -> str:
    because = f": “{label.because}”" if label.because else ""
    return f"{label.person.display}: {wording.VERDICTS[label.verdict]}{because}"
