"""`/a/{token}`: the link in a text. GET shows what the text said, POST answers, once; nobody need sign in for it."""

import re
from http import HTTPStatus
from typing import Any, Final

from starlette.responses import Response

from carer_portal import queries, queries_link, times, views_log, wording
from carer_portal import wording_access as words
from carer_portal.plain import render
from carer_portal.plain.calls import AskedHub, Call
from carer_portal.queries_link import Sent
from carer_portal.sight import Look
from hub import ack_links
from hub.intents import REFUSED, IntentKind, Said

OFFERED: Final = ((Said.GOING, wording.GOING), (Said.CANNOT, wording.CANNOT))
TO_SIGN_IN: Final[dict[str, Any]] = {"link": "/sign-in", "link_text": words.SIGN_IN}
_LINK: Final = re.compile(r"\s*https?://\S+$")


def answering(call: Call) -> Response | AskedHub:
    """Show the message, or take the answer to it."""
    found = _found(call)
    if found is None:
        return render.message(words.LINK_OLD, words.LINK_OLD_HELP, HTTPStatus.NOT_FOUND, **TO_SIGN_IN)
    look, one = found
    said = call.form.get("said", "")
    if call.posted and not one.over and said in (Said.GOING, Said.CANNOT):
        return _answer(call, look, one, said)
    views_log.note(call.house.home, look, "link", str(one.alarm_id))
    if one.used is not None:
        return _used(call, look, one)
    if one.over:
        return render.message(words.LINK_OVER, words.LINK_OVER_HELP)
    when = words.LINK_SENT.format(when=times.past(one.at, look.now, look.tz))
    return render.page("ack.html", w=words, when=when, text=_LINK.sub("", one.text), offered=OFFERED)


def _found(call: Call) -> tuple[Look, Sent] | None:
    key = ack_links.key()
    with call.house.home.reading() as connection:
        household = queries.home_of(connection)
        if key is None or household is None:
            return None
        reference = ack_links.reference_of(key, household.id, call.path["token"])
        people = {name: one.role for name, one in household.people.items()}
        one = None if reference is None else queries_link.sent(connection, reference, call.home_now, people)
        look = None if one is None else queries.look(connection, one.person, call.home_now)
    return None if one is None or look is None else (look, one)


def _answer(call: Call, look: Look, one: Sent, said: str) -> Response | AskedHub:
    with call.house.home.writing() as connection:
        first = queries_link.use(connection, one, said, look.now)
    if not first:
        return _used(call, look, one)
    payload = {"alarm_id": one.alarm_id, "said": said}
    number = call.house.home.ask(IntentKind.ACKNOWLEDGE, payload, one.person, look.now)
    return AskedHub(number=number, then=f"{ack_links.PATH}{call.path['token']}")


def _used(call: Call, look: Look, one: Sent) -> Response:
    """What the hub said to the answer, as it would say in a text; that it is used up."""
    with call.house.home.reading() as connection:
        asked = queries.asked(connection, look.viewer.key, look.now)
    latest = next((answer for answer in asked if answer.alarm_id == one.alarm_id), None)
    if latest is None:
        return render.message(words.LINK_USED, words.LINK_USED_HELP, **TO_SIGN_IN)
    said = wording.WAITING if latest.result is None else wording.capital(latest.result.removeprefix(REFUSED))
    return render.message(said, words.LINK_USED_HELP, **TO_SIGN_IN)
