"""People and plan."""

from collections.abc import Iterator
from datetime import timedelta

import streamlit as st

from analytics.model import FindingKind
from carer_portal import queries_plan, times, wording
from carer_portal import wording_plan as words
from carer_portal.queries_plan import DayTurns, Helper, Plan, Said
from carer_portal.sight import Look
from carer_portal.views import markup, parts
from hub.model import AlarmState
from hub.rehearse import ANSWERS, Answer, Line, RehearsalError, Scenario, Word, rehearse


def show(plan: Plan, look: Look) -> None:
    """Draw it."""
    parts.title(words.PEOPLE)
    if plan.helpers is None:
        st.html(markup.quiet(words.NOT_SHARED))
        return
    rows = [_helper(one) for one in plan.helpers]
    parts.section(words.CONTACTS, markup.table(words.CONTACT_HEADS, rows, words.CONTACTS))
    start, end = look.household.night
    st.html(markup.quiet(words.QUIET.format(start=f"{start:%H:%M}", end=f"{end:%H:%M}")))
    for name, calendar in plan.rotas:
        title = words.ROTA.format(rota=name.replace("_", " "))
        parts.section(title, markup.table(words.ROTA_HEADS, map(_turns, calendar), title))
    if plan.kinds:
        _what_if(plan.kinds, look)


def _helper(one: Helper) -> tuple[str, ...]:
    who = words.KEY_HOLDER.format(who=one.display) if one.key_holder else one.display
    ways = ", ".join(wording.CHANNELS.get(way, way) for way in one.ways)
    on_now = words.YES if one.on_now else ""
    messages, nights = _of(one.messages, one.messages_agreed), _of(one.nights, one.nights_agreed)
    return who, wording.ROLES[one.role], ways, on_now, messages, nights


def _of(number: int, agreed: int | None) -> str:
    return str(number) if agreed is None else words.AGREED.format(n=number, agreed=agreed)


def _turns(one: DayTurns) -> tuple[str, str]:
    turns = ", ".join(words.TURN.format(who=who, clock=f"{at:%H:%M}") for who, at in one.turns)
    return f"{times.DAY_NAMES[one.day.weekday()]} {one.day.day} {times.MONTH_NAMES[one.day.month - 1]}", turns


def _what_if(kinds: tuple[FindingKind, ...], look: Look) -> None:
    parts.section(words.TEXTS, markup.quiet(words.TEXTS_HELP))
    kind = st.selectbox(words.WHAT_HAPPENS, kinds, format_func=lambda one: wording.ALARM_TITLES[one], key="kind")
    rows = [_said(one) for one in queries_plan.texts(look, kind)]
    st.html(markup.table(words.TEXT_HEADS, rows, words.TEXTS))
    parts.section(words.REHEARSE, markup.quiet(words.REHEARSE_HELP))
    _rehearsal(kind, look)


def _said(one: Said) -> tuple[str, str, str, str]:
    text = words.NOT_TOLD.format(why=one.not_told) if one.not_told else one.text or words.NOT_YOURS
    return one.step, one.who, wording.CHANNELS.get(one.channel, one.channel), text


def _rehearsal(kind: FindingKind, look: Look) -> None:
    helpers = [key for key in look.household.people if key != look.household.resident]
    names: dict[str | None, str] = {None: words.NOBODY}
    names |= {key: look.household.people[key].display for key in helpers}
    with st.form("rehearsal"):
        who = st.selectbox(words.WHO_ANSWERS, [None, *helpers], format_func=lambda key: names[key], key="who")
        minutes = st.number_input(words.ANSWERS_AFTER, min_value=0, max_value=120, value=1, key="after")
        if st.form_submit_button(words.REHEARSE, type="primary"):
            with st.spinner(words.REHEARSE):
                st.html(_played(kind, who, timedelta(minutes=float(minutes)), look))


def _played(kind: FindingKind, who: str | None, after: timedelta, look: Look) -> str:
    answers = () if who is None else (Answer(person=who, word=Word.GOING, after=after),)
    try:
        played = rehearse(look.household, Scenario(kind=kind, at=look.now, answers=answers))
    except RehearsalError as error:
        return markup.tag("p", markup.text(words.CANNOT_REHEARSE.format(why=error)), "al-answer", role="alert")
    rows = list(dict.fromkeys(_lines(played.lines, look)))
    return markup.table(words.REHEARSE_HEADS, rows, words.REHEARSED)


def _lines(lines: tuple[Line, ...], look: Look) -> Iterator[tuple[str, str]]:
    for line in lines:
        passed = (line.at - look.now).total_seconds()
        when = words.IN_MINUTES.format(minutes=passed // 60, seconds=passed % 60)
        yield when, _line(line, look)


def _line(line: Line, look: Look) -> str:
    contact = look.household.people.get(line.person or "")
    name = look.resident if line.person == look.household.resident else contact.display if contact else ""
    if line.state == ANSWERS:
        return words.REHEARSED_SAYS.format(who=name)
    if line.person is not None:
        channel = wording.CHANNELS.get(line.channel or "", line.channel or "")
        return wording.capital(words.REHEARSED_TOLD.format(who=name, channel=channel))
    state = wording.ALARM_STATES[AlarmState(line.state)].format(name=wording.capital(look.resident))
    return words.REHEARSED_STATE.format(state=state)
