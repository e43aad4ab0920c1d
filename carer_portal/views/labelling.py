"""Saying whether an alarm was right, and contesting it."""

import streamlit as st

from carer_portal import times, wording
from carer_portal import wording_alarm as words
from carer_portal.hub_requests import PageKind
from carer_portal.model import Asked
from carer_portal.queries_resident import Case
from carer_portal.sight import Look
from carer_portal.views import markup
from carer_portal.visit import Asking
from hub.intents import REFUSED, IntentKind, Verdict


def label(number: int, siblings: tuple[int, ...], asked: tuple[Asked, ...], asking: Asking) -> None:
    """Right, wrong, not now, and why; for the other alarms of the same episode, too, if so wished."""
    with st.expander(wording.WAS_IT_RIGHT), st.form(f"label-{number}", border=False):
        verdict = st.radio(
            wording.WAS_IT_RIGHT,
            list(Verdict),
            format_func=lambda value: wording.VERDICTS[value],
            horizontal=True,
            index=None,
            label_visibility="collapsed",
            key=f"verdict-{number}",
        )
        because = st.text_area(wording.WHY, key=f"because-{number}", max_chars=500, height=80)
        others = st.checkbox(words.SAME_FOR.format(n=len(siblings)), key=f"same-{number}") if siblings else False
        st.html(markup.paragraph(wording.KEPT, "al-quiet"))
        if st.form_submit_button(wording.SEND, type="primary"):
            _send((number, *siblings) if others else (number,), verdict, because, asking)
    answer([one for one in asked if (one.kind, one.alarm_id) == (IntentKind.LABEL, number)])


def contest(number: int, asked: tuple[Asked, ...], asking: Asking) -> None:
    """Say that something about it is wrong: a case with an owner and a due date."""
    with st.expander(words.CONTEST), st.form(f"contest-{number}", border=False):
        said = st.text_area(words.CONTEST_WORDS, key=f"contested-{number}", max_chars=1000, height=80)
        st.html(markup.paragraph(words.CONTEST_HELP, "al-quiet"))
        if st.form_submit_button(wording.SEND, type="primary"):
            _say(PageKind.CONTEST, {"alarm_id": number}, said, asking)
    answer([one for one in asked if (one.kind, one.alarm_id) == (PageKind.CONTEST, number)])


def cases(found: tuple[Case, ...], look: Look, asking: Asking) -> None:
    """What was said against it, and the answers; whoever has to answer does so here."""
    for one in found:
        said = [words.CASE.format(who=one.by, words=one.words)]
        if one.answer is not None:
            said.append(words.CASE.format(who=one.owner or "", words=one.answer))
        st.html(markup.words(said, "al-people"))
        if one.answer is None and one.owner_key == look.viewer.key:
            _answering(one, look, asking)


def _answering(one: Case, look: Look, asking: Asking) -> None:
    with st.form(f"case-{one.id}"):
        st.html(markup.paragraph(words.YOURS.format(when=times.day(one.due_at, look.tz)), "al-state"))
        said = st.text_area(words.ANSWER, key=f"answer-{one.id}", max_chars=1000, height=80)
        if st.form_submit_button(wording.SEND, type="primary"):
            _say(PageKind.ANSWER, {"case_id": one.id}, said, asking)


def answer(asked: list[Asked]) -> None:
    """What the hub said to the latest of these requests."""
    if asked and asked[0].result is not None:
        said = wording.capital(asked[0].result.removeprefix(REFUSED))
        st.html(markup.tag("p", markup.text(said), "al-answer", role="status"))


def _say(kind: PageKind, payload: dict[str, object], said: str, asking: Asking) -> None:
    if not said.strip():
        st.html(markup.tag("p", markup.text(words.NO_WORDS), "al-answer", role="alert"))
        return
    asking(kind, {**payload, "words": said})
    st.html(markup.tag("p", markup.text(wording.WAITING), "al-answer", role="status"))


def _send(numbers: tuple[int, ...], verdict: Verdict | None, because: str, asking: Asking) -> None:
    if verdict is None:
        st.html(markup.tag("p", markup.text(wording.CHOOSE_ONE), "al-answer", role="alert"))
        return
    for number in numbers:
        asking(IntentKind.LABEL, {"alarm_id": number, "verdict": verdict, "because": because})
    st.html(markup.tag("p", markup.text(wording.WAITING), "al-answer", role="status"))
