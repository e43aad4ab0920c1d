"""The resident's own pages: large print, no script; all that the others can see, and can be stopped."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from starlette.responses import Response

from carer_portal import queries, queries_resident, times, wording
from carer_portal import wording_access as access
from carer_portal import wording_resident as words
from carer_portal.hub_requests import PageKind
from carer_portal.judgement import HUB_SILENT_AFTER
from carer_portal.model import Asked, OpenAlarm, Today
from carer_portal.plain import render
from carer_portal.plain.calls import AskedHub, Call
from carer_portal.sight import Look
from hub import pauses
from hub.intents import REFUSED, IntentKind, ResidentSaid
from hub.wishes import Length, Wish

MAIN: Final = "/me"
MORE: Final = (
    ("/me/sharing", words.SHARING),
    ("/me/looked", words.LOOKED),
    ("/me/noticed", words.NOTICED),
    ("/me/moment", words.MOMENT),
    ("/me/data", words.DATA),
    ("/me/paper", words.PAPER),
    ("/", wording.PAGE_TODAY),
    ("/account", access.ACCOUNT),
)
"""Where the main page leads."""
KINDS: Final = frozenset({IntentKind.RESIDENT, Wish.PAUSE, Wish.RESUME})

Wanted = tuple[str, Mapping[str, object]]
ACTS: Final[Mapping[str, Wanted]] = MappingProxyType(
    {
        "fine": (IntentKind.RESIDENT, {"said": ResidentSaid.FINE}),
        "help": (IntentKind.RESIDENT, {"said": ResidentSaid.HELP}),
        "resume": (Wish.RESUME, {}),
        **{length.value: (Wish.PAUSE, {"length": length.value}) for length in Length},
    }
)
"""What the buttons of the main page ask for."""

Answer = Response | AskedHub


def main(call: Call) -> Answer:
    """`/me`: I'm fine, I need help; what is going on; let the sensors rest."""
    if call.posted and call.form.get("act", "") in ACTS:
        return _ask(call, *ACTS[call.form["act"]], MAIN)
    return _for_the_resident(call, _main)


def _main(call: Call, look: Look) -> Response:
    speed = call.house.home_clock.speed
    with call.house.home.reading() as connection:
        today = queries.today(connection, look, HUB_SILENT_AFTER * speed)
        pause = pauses.current(connection, look.now)
        asked = queries.asked(connection, look.viewer.key, look.now)
    until = None if pause is None or pause.until is None else times.moment(pause.until, look.now, look.tz)
    resting = words.PAUSED if until is None else words.PAUSED_UNTIL.format(when=until)
    shown: dict[str, Any] = {
        "hello": words.HELLO.format(name=look.household.person.first_name),
        "when": f"{times.day(look.now, look.tz)}, {times.clock(look.now, look.tz)}",
        "answer": _answer(asked, KINDS),
        "alarms": [_alarm(one, today, look) for one in today.shown.alarms],
        "cannot_see": [line.text for line in today.cannot_see],
        "resting": None if pause is None else resting,
        "lengths": list(words.LENGTHS.items()),
        "more": MORE,
    }
    return _page(call, "resident_main.html", **shown)


def _alarm(one: OpenAlarm, today: Today, look: Look) -> Mapping[str, str]:
    state = wording.ALARM_STATES[one.state].format(name=look.household.person.first_name)
    if one.owner is not None and one.state in wording.OWNED:
        state = wording.OWNED[one.state].format(who=one.owner.display)
    then = wording.NEXT_STEPS[one.state].format(when=times.ahead(one.next_at, today.now)) if one.next_at else ""
    return {"title": one.title, "state": state, "because": one.because or "", "then": then}


def sharing(call: Call) -> Answer:
    """`/me/sharing`: who may see what, each group by itself."""
    role = next((one for one in words.GROUPS if one == call.form.get("role")), None)
    if call.posted and role is not None:
        ticked = [field for field in words.FIELDS if f"may-{field}" in call.form]
        return _ask(call, Wish.SHARE, {"fields": {role: ticked}}, "/me/sharing")
    return _for_the_resident(call, _sharing)


def _sharing(call: Call, look: Look) -> Response:
    with call.house.home.reading() as connection:
        groups = queries_resident.sharing(connection, look)
        asked = queries.asked(connection, look.viewer.key, look.now)
    return _page(call, "resident_sharing.html", groups=groups, answer=_answer(asked, {Wish.SHARE}))


def stop(call: Call) -> Answer:
    """`/me/stop`: share nothing any more, asked once more."""
    if call.posted:
        nothing: dict[str, list[str]] = {role: [] for role in words.GROUPS}
        return _ask(call, Wish.SHARE, {"fields": nothing}, "/me/sharing")
    return _for_the_resident(call, lambda call, _look: _page(call, "resident_stop.html"))


def looked(call: Call) -> Answer:
    """`/me/looked`: who looked at what, and when."""
    return _for_the_resident(call, _looked)


def _looked(call: Call, look: Look) -> Response:
    with call.house.home.reading() as connection:
        found = queries_resident.looks(connection, look)
    lines = [
        words.LOOK_LINE.format(
            who=one.who,
            role=wording.ROLES[one.role],
            what=words.SEEN.get(one.page, words.SEEN_OTHER.format(page=one.page)),
            when=words.times_looked(one.times, times.moment(one.last, look.now, look.tz)),
        )
        for one in found
    ]
    return _page(call, "resident_looked.html", lines=lines, days=queries_resident.LOOKS_FOR.days)


def noticed(call: Call) -> Answer:
    """`/me/noticed`: what was inferred about me, and "that's not right"."""
    said = call.form.get("words", "").strip()
    if call.posted and said and call.form.get("alarm", "").isdecimal():
        return _ask(call, PageKind.CONTEST, {"words": said, "alarm_id": int(call.form["alarm"])}, "/me/noticed")
    return _for_the_resident(call, _noticed)


def _noticed(call: Call, look: Look) -> Response:
    with call.house.home.reading() as connection:
        found = queries_resident.noticed(connection, look)
        asked = queries.asked(connection, look.viewer.key, look.now)
    rows = [
        {
            "id": one.alarm_id,
            "title": wording.ALARM_TITLES.get(one.kind, wording.PLAIN_PERSON),
            "when": times.moment(one.at, look.now, look.tz),
            "because": one.because,
            "said": [line for said in one.cases for line in _case(said, look)],
        }
        for one in found
    ]
    answer = words.NO_WORDS if call.posted else _answer(asked, {PageKind.CONTEST})
    days = queries_resident.NOTICED_FOR.days
    return _page(call, "resident_noticed.html", rows=rows, days=days, answer=answer)


def _case(said: queries_resident.Case, look: Look) -> tuple[str, str]:
    mine = words.SAID_OF_IT.format(words=said.words)
    if said.answer is not None:
        return mine, words.CASE_ANSWERED.format(owner=said.owner, answer=said.answer)
    open_ = words.CASE_OPEN_NOBODY if said.owner is None else words.CASE_OPEN
    return mine, open_.format(owner=said.owner, when=times.day(said.due_at, look.tz))


def moment(call: Call) -> Answer:
    """`/me/moment`: remember this."""
    said = call.form.get("words", "").strip()
    if call.posted and said:
        return _ask(call, PageKind.MOMENT, {"words": said}, "/me/moment")
    return _for_the_resident(call, _moment)


def _moment(call: Call, look: Look) -> Response:
    with call.house.home.reading() as connection:
        kept = queries_resident.moments(connection, look)
        asked = queries.asked(connection, look.viewer.key, look.now)
    rows = [(times.moment(at, look.now, look.tz), said) for at, said in kept]
    answer = words.NO_WORDS if call.posted else _answer(asked, {PageKind.MOMENT})
    return _page(call, "resident_moment.html", rows=rows, answer=answer)


def data(call: Call) -> Answer:
    """`/me/data`: everything, to take away."""
    return _for_the_resident(call, lambda call, _look: _page(call, "resident_data.html"))


def paper(call: Call) -> Answer:
    """`/me/paper`: how things stand, on one sheet to put on the fridge."""
    return _for_the_resident(call, _paper)


def _paper(call: Call, look: Look) -> Response:
    with call.house.home.reading() as connection:
        groups = queries_resident.sharing(connection, look)
    person = look.household.person
    helpers = [one.display for key, one in look.household.people.items() if key != look.household.resident]
    presses = any(one.answers for one in look.household.home.sensors.values())
    fine = words.PAPER_CALL.format(fine=words.PAPER_FINE_BUTTON if presses else words.PAPER_FINE_PAGE)
    title = words.PAPER_TITLE.format(name=person.first_name, when=times.day(look.now, look.tz))
    return _page(call, "resident_paper.html", title=title, helpers=helpers, groups=groups, fine=fine)


def _for_the_resident(call: Call, show: Callable[[Call, Look], Response]) -> Response:
    """Show it to the resident; to nobody else."""
    look = _look(call)
    if look is None or not look.own:
        return render.message(access.NOT_HERE, access.ONLY_RESIDENT, HTTPStatus.FORBIDDEN)
    return show(call, look)


def _look(call: Call) -> Look | None:
    if call.session is None:
        return None
    with call.house.home.reading() as connection:
        return queries.look(connection, call.session.person, call.home_now)


def _ask(call: Call, kind: str, payload: Mapping[str, object], then: str) -> Answer:
    look = _look(call)
    if look is None or not look.own:
        return render.message(access.NOT_HERE, access.ONLY_RESIDENT, HTTPStatus.FORBIDDEN)
    return AskedHub(number=call.house.home.ask(kind, payload, look.viewer.key, look.now), then=then)


def _answer(asked: tuple[Asked, ...], kinds: frozenset[str] | set[str]) -> str | None:
    """What the hub said to the latest of these requests; that it has not, where it has not."""
    latest = next((one for one in asked if one.kind in kinds), None)
    if latest is None:
        return None
    return words.ASKED if latest.result is None else wording.capital(latest.result.removeprefix(REFUSED))


def _page(call: Call, template: str, **shown: Any) -> Response:
    fixed: dict[str, Any] = {"w": words, "form_token": call.form_token, "groups_called": words.GROUPS}
    return render.page(template, **({"answer": None} | fixed | shown))
