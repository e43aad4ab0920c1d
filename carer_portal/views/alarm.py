"""One open alarm: what it is, what can be done, who knows, what comes next."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import streamlit as st

from carer_portal import times, wording, wording_alarm
from carer_portal.model import Answered, Asked, OpenAlarm, Today, Told
from carer_portal.views import markup
from carer_portal.visit import Asking
from hub.intents import REFUSED, IntentKind, Said
from hub.model import AlarmState

OFFERED: Final[Mapping[AlarmState, tuple[Said, ...]]] = MappingProxyType(
    {
        AlarmState.CHECKIN: (Said.GOING, Said.CANNOT),
        AlarmState.ESCALATING: (Said.GOING, Said.CANNOT),
        AlarmState.EXHAUSTED: (Said.GOING, Said.CANNOT),
        AlarmState.ACKNOWLEDGED: (Said.GOING, Said.CANNOT),
        AlarmState.ATTENDING: (),
    }
)
"""What somebody who is not going may say; whoever goes may say that they are there, or that they cannot after all."""
OFFERED_TO_OWNER: Final[Mapping[AlarmState, tuple[Said, ...]]] = MappingProxyType(
    {AlarmState.ACKNOWLEDGED: (Said.ARRIVED, Said.CANNOT)}
)
BUTTONS: Final[Mapping[Said, str]] = MappingProxyType(
    {Said.GOING: wording.GOING, Said.CANNOT: wording.CANNOT, Said.ARRIVED: wording.ARRIVED}
)


def show(one: OpenAlarm, today: Today, asked: tuple[Asked, ...], asking: Asking) -> None:
    """Draw it."""
    kind = "equipment" if one.equipment else "person"
    with st.container(border=True, key=f"alarm-{kind}-{one.id}"):
        st.html(_what(one, today))
        if today.helps:
            _buttons(one, today, asked, asking)
            st.html(_who_knows(one, today))


def _what(one: OpenAlarm, today: Today) -> str:
    who = today.resident or wording.capital(wording.SOMEBODY)
    state = wording.ALARM_STATES[one.state].format(name=who)
    if one.owner is not None and one.state in wording.OWNED:
        state = wording.OWNED[one.state].format(who=one.owner.display)
    parts = [markup.tag("h2", markup.text(one.title)), markup.paragraph(state, "al-state")]
    if one.because is not None:
        parts.append(markup.paragraph(one.because, "al-because"))
    if one.opened_at is not None:
        parts.append(markup.paragraph(wording.since(times.past(one.opened_at, today.now, today.tz)), "al-quiet"))
    if one.next_at is not None:
        step = wording.NEXT_STEPS[one.state].format(when=times.ahead(one.next_at, today.now))
        parts.append(markup.paragraph(step, "al-next"))
    return "".join(parts)


def _buttons(one: OpenAlarm, today: Today, asked: tuple[Asked, ...], asking: Asking) -> None:
    waiting = any(answer.result is None for answer in asked)
    mine = one.owner is not None and one.owner.key == asking.by
    offered = OFFERED_TO_OWNER.get(one.state, ()) if mine else OFFERED[one.state]
    with st.container(horizontal=True, key=f"buttons-{one.id}"):
        for number, said in enumerate(offered):
            st.button(
                BUTTONS[said],
                key=f"{said}-{one.id}",
                type="primary" if number == 0 else "secondary",
                disabled=waiting,
                on_click=asking,
                args=(IntentKind.ACKNOWLEDGE, {"alarm_id": one.id, "said": said}),
            )
        _closing(one, today, asking, waiting=waiting)
    if asked:
        st.html(_answer(asked[0], today, asking))


def _closing(one: OpenAlarm, today: Today, asking: Asking, *, waiting: bool) -> None:
    with st.popover(wording.is_safe(today.resident), disabled=waiting, key=f"closing-{one.id}"):
        outcome = st.radio(wording.HOW_ENDED, wording.OUTCOMES, key=f"outcome-{one.id}")
        more = st.text_input(wording.MORE_WORDS, key=f"more-{one.id}", max_chars=200)
        st.button(
            wording.CLOSE,
            key=f"close-{one.id}",
            type="primary",
            on_click=asking,
            args=(IntentKind.CLOSE, {"alarm_id": one.id, "outcome": f"{outcome}. {more}".strip()}),
        )


def _answer(latest: Asked, today: Today, asking: Asking) -> str:
    if latest.result is None:
        slow = today.now - latest.at > asking.slow_after
        return markup.tag("p", markup.text(wording.HUB_SLOW if slow else wording.WAITING), "al-answer", role="status")
    said = wording.capital(latest.result.removeprefix(REFUSED))
    return markup.tag("p", markup.text(said), "al-answer", role="status")


def _who_knows(one: OpenAlarm, today: Today) -> str:
    told = [_told(message, today) for message in one.told]
    answered = [_answered(answer, today) for answer in one.answers]
    items = markup.words(told + answered, "al-people")
    content = items if told or answered else markup.paragraph(wording.NOBODY_TOLD, "al-quiet")
    whole = markup.link(wording_alarm.WHOLE_STORY, f"/alarms?alarm={one.id}")
    return markup.tag("h3", markup.text(wording.WHO_KNOWS)) + content + whole


def _told(message: Told, today: Today) -> str:
    return wording.TOLD.format(
        who=message.person.display,
        purpose=wording.PURPOSES[message.purpose],
        channel=wording.CHANNELS.get(message.channel, message.channel),
        state=wording.DELIVERY[message.state],
        when=times.moment(message.at, today.now, today.tz),
    )


def _answered(answer: Answered, today: Today) -> str:
    said = wording.SAID_WORDS.get(answer.said, wording.SAID_OTHER).format(who=answer.person.display)
    return f"{said} ({times.moment(answer.at, today.now, today.tz)})"
