"""Earlier alarms: how they ended, and whether they were right."""

import streamlit as st

from carer_portal import times, wording
from carer_portal.model import Asked, Labelled, PastAlarm, Today
from carer_portal.views import markup
from carer_portal.visit import Asking
from hub.intents import REFUSED, IntentKind, Verdict


def show(today: Today, alarms: tuple[PastAlarm, ...], asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw them."""
    st.html(markup.tag("section", markup.tag("h2", markup.text(wording.PAST_TITLE)), "al-section"))
    if not alarms:
        st.html(markup.paragraph(wording.NO_PAST, "al-quiet"))
    for one in alarms:
        with st.container(border=True, key=f"past-{one.id}"):
            st.html(_what(one, today))
            if today.helps:
                mine = [answer for answer in asked if (answer.kind, answer.alarm_id) == (IntentKind.LABEL, one.id)]
                _labelling(one, mine, asking)


def _what(one: PastAlarm, today: Today) -> str:
    ended = wording.ALARM_STATES[one.state].format(name=today.resident or wording.capital(wording.SOMEBODY))
    if one.closed_at is not None:
        ended = f"{ended}, {times.moment(one.closed_at, today.now, today.tz)}"
    parts = [markup.tag("h3", markup.text(one.title)), markup.paragraph(ended, "al-quiet")]
    parts += [markup.paragraph(words) for words in (one.because, one.outcome) if words]
    if one.labels:
        parts.append(markup.words(map(_label, one.labels), "al-people"))
    return "".join(parts)


def _label(label: Labelled) -> str:
    because = f": “{label.because}”" if label.because else ""
    return f"{label.person.display}: {wording.VERDICTS[label.verdict]}{because}"


def _labelling(one: PastAlarm, asked: list[Asked], asking: Asking) -> None:
    with st.expander(wording.WAS_IT_RIGHT), st.form(f"label-{one.id}", border=False):
        verdict = st.radio(
            wording.WAS_IT_RIGHT,
            list(Verdict),
            format_func=lambda value: wording.VERDICTS[value],
            horizontal=True,
            index=None,
            label_visibility="collapsed",
            key=f"verdict-{one.id}",
        )
        because = st.text_area(wording.WHY, key=f"because-{one.id}", max_chars=500, height=80)
        st.html(markup.paragraph(wording.KEPT, "al-quiet"))
        if st.form_submit_button(wording.SEND, type="primary"):
            _send(one, verdict, because, asking)
    if asked and asked[0].result is not None:
        st.html(markup.paragraph(wording.capital(asked[0].result.removeprefix(REFUSED)), "al-answer"))


def _send(one: PastAlarm, verdict: Verdict | None, because: str, asking: Asking) -> None:
    if verdict is None:
        st.html(markup.tag("p", markup.text(wording.CHOOSE_ONE), "al-answer", role="alert"))
        return
    asking(IntentKind.LABEL, {"alarm_id": one.id, "verdict": verdict, "because": because})
    st.html(markup.tag("p", markup.text(wording.WAITING), "al-answer", role="status"))
