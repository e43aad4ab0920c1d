"""What people said and what came of it, for everybody of the home; and what each may do with their own words."""

from collections.abc import Iterable, Iterator

import streamlit as st

from carer_portal import co_design_pages_wording as words
from carer_portal import times
from carer_portal.sight import Look
from carer_portal.views import markup, parts
from carer_portal.visit import Asking
from co_design.boards import Desk, thanks
from co_design.graph import Kind, backwards, numbers, reached
from co_design.model_deciding import Decision, Feedback
from co_design.model_trace import TracedChange, TracedDecision
from co_design.requests import KIND

QUOTES = 6
"""So many sentences are shown above a decision; all of them are in its trace."""


def show(at: Desk, me: int | None, look: Look, asking: Asking) -> None:
    """Draw the page."""
    parts.title(words.CAME_TITLE)
    behind = backwards(at.chain)
    decided = sorted(at.chain.decisions.values(), key=lambda one: one.at, reverse=True)
    if not decided:
        st.html(markup.quiet(words.NOTHING_YET))
    for one in decided:
        said = numbers(reached(behind, [(Kind.DECISION, one.id)]), Kind.UTTERANCE)
        _decision(at, one, said, look)
        _answering((told for told in at.chain.feedback.values() if told.decision_id == one.id), at, me, asking)
    if named := [str(one["thank you"]) for one in thanks(at)]:
        parts.section(words.THANKS, markup.paragraph(words.THANKS_HELP.format(names=", ".join(named))))
    _own(at, me, asking)


def _decision(at: Desk, one: Decision, said: list[int], look: Look) -> None:
    told = at.view.decision(one)
    quotes = [f"{spoken.pseudonym}: {spoken.words}" for spoken in at.view.utterances(said)[:QUOTES]]
    marked = markup.quiet(words.TAKEN_BACK) if told.marked else ""
    content = markup.paragraph(words.YOU_SAID, "al-state") + markup.words(quotes, "al-people") + marked
    parts.section(told.question, content + "".join(_outcome(told, look)))


def _outcome(told: TracedDecision, look: Look) -> Iterator[str]:
    yield markup.paragraph(words.WE_DECIDED.format(chosen=told.chosen), "al-state")
    yield markup.paragraph(words.BECAUSE.format(reasons=told.reasons))
    yield markup.quiet(words.BY_RIGHT.format(right=told.right))
    yield markup.paragraph(words.OTHERWISE, "al-state")
    yield markup.words(told.dissent, "al-people") if told.dissent else markup.quiet(words.NOBODY_OTHERWISE)
    if told.no_change_because is not None:
        yield markup.paragraph(words.NO_CHANGE.format(because=told.no_change_because))
    for change in told.changes:
        yield from _change(change, look)
    if told.replies:
        yield markup.paragraph(words.TOLD, "al-state")
        yield markup.words(_replies(told), "al-people")


def _change(change: TracedChange, look: Look) -> Iterator[str]:
    when = times.day(change.at, look.tz)
    yield markup.paragraph(words.WE_DID.format(setting=change.setting, value=change.value, when=when), "al-state")
    if change.reverted_at is not None:
        undone = times.day(change.reverted_at, look.tz)
        yield markup.paragraph(words.WE_UNDID.format(when=undone, because=change.reverted_because))
    yield markup.paragraph(f"{words.IT_DID}: {words.EFFECTS[change.effect]}", "al-state")
    yield markup.words([effect.words for effect in change.effects], "al-people")


def _replies(told: TracedDecision) -> Iterator[str]:
    for one in told.replies:
        answer = f": “{one.answer}”" if one.answer else ""
        yield words.REPLY.format(who=one.pseudonym, told=one.told, agrees=words.AGREES[one.agrees], answer=answer)


def _answering(told: Iterable[Feedback], at: Desk, me: int | None, asking: Asking) -> None:
    """Whoever was told answers here, once."""
    for one in told:
        if one.participant_id == me and one.agrees is None:
            with st.form(f"reply-{one.id}"):
                st.html(markup.paragraph(words.YOUR_ANSWER.format(told=at.view.text(one.told)), "al-state"))
                agrees = st.radio(words.YOUR_ANSWER, [words.YES, words.NO], key=f"agrees-{one.id}",
                                  label_visibility="collapsed", horizontal=True)  # fmt: skip
                why = st.text_area(words.WHY, key=f"why-{one.id}", max_chars=1000, height=80)
                if st.form_submit_button(words.SEND, type="primary"):
                    given = {"feedback": one.id, "agrees": agrees == words.YES, "words": why.strip() or None}
                    asking(KIND, {"act": "answer", "given": given})


def _own(at: Desk, me: int | None, asking: Asking) -> None:
    parts.section(words.YOUR_WORDS)
    mine = [] if me is None else [one for one in at.chain.utterances.values() if one.participant_id == me]
    for one in (one for one in mine if one.redacted_at is None):
        st.html(markup.paragraph(at.view.text(f"[u{one.id}]")))
        if st.button(words.TAKE_BACK, key=f"back-{one.id}"):
            asking(KIND, {"act": "take_back", "given": {"utterance": one.id}})
    if not mine:
        st.html(markup.quiet(words.NOT_SPOKEN))
    with st.expander(words.SAY), st.form("say", border=False, clear_on_submit=True):
        said = st.text_area(words.SAY, key="said", max_chars=1000, height=80)
        st.html(markup.quiet(words.SAY_HELP))
        if st.form_submit_button(words.SEND, type="primary") and said.strip():
            asking(KIND, {"act": "utter", "given": {"words": said, "medium": "portal"}})
    if mine:
        _leaving(asking)


def _leaving(asking: Asking) -> None:
    with st.expander(words.WITHDRAW), st.form("withdraw", border=False):
        st.html(markup.paragraph(words.WITHDRAW_HELP))
        if st.form_submit_button(words.WITHDRAW_SURE):
            asking(KIND, {"act": "withdraw", "given": {}})
