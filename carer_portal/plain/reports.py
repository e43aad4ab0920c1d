"""Sheets to print: the handover for a clinician, and the letter of the month."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from carer_portal import queries, queries_reports, times, views_log, wording
from carer_portal import wording_access as access
from carer_portal import wording_days as words
from carer_portal.model import OpenAlarm
from carer_portal.plain import render
from carer_portal.plain.calls import Call
from carer_portal.queries_reports import Handover, Letter
from carer_portal.queries_story import Listed
from carer_portal.sight import Look
from carer_portal.views.health import score_line, value_row


def handover(call: Call) -> Response:
    """`/handover`: situation, background, assessment, who is next; on one sheet."""
    look = look_of(call)
    if look is None or not look.sight.person:
        return not_shared()
    with call.house.home.reading() as connection:
        found = queries_reports.handover(connection, look)
    views_log.note(call.house.home, look, "handover")
    return render.page("handover.html", w=words, **_handover(found, look))


def _handover(found: Handover, look: Look) -> dict[str, Any]:
    name = found.name or wording.capital(wording.SOMEBODY)
    when = f"{times.day(look.now, look.tz)}, {times.clock(look.now, look.tz)}"
    about = [
        "" if found.born is None else words.BORN.format(year=found.born),
        "" if found.address is None else words.LIVES_AT.format(address=found.address),
    ]
    health = found.health
    return {
        "title": words.HANDOVER_OF.format(name=name, when=when),
        "about": [line for line in about if line],
        "open": [_open(one, look, name) for one in found.open],
        "lately": [_past(one, look, name) for one in found.lately],
        "score": words.NOT_SHARED if health.score is None else score_line(health.score),
        "values": None if health.values is None else [value_row(one, look) for one in health.values],
        "on_call": found.on_call,
    }


def _open(one: OpenAlarm, look: Look, name: str) -> str:
    state = wording.ALARM_STATES[one.state].format(name=name)
    since = "" if one.opened_at is None else f", {times.moment(one.opened_at, look.now, look.tz)}"
    because = "" if one.because is None else f" {one.because}"
    return f"{one.title}{since}: {state}.{because}"


def _past(one: Listed, look: Look, name: str) -> str:
    when = "" if one.opened_at is None else f", {times.moment(one.opened_at, look.now, look.tz)}"
    return f"{one.title}{when}: {wording.ALARM_STATES[one.state].format(name=name)}"


def letter(call: Call) -> Response:
    """`/letter?month=2026-11`: how the month went."""
    look = look_of(call)
    if look is None or not look.sight.person:
        return not_shared()
    month = _month(call.query.get("month", ""), look)
    with call.house.home.reading() as connection:
        found = queries_reports.letter(connection, look, month)
    views_log.note(call.house.home, look, "letter", f"{month:%Y-%m}")
    return render.page("letter.html", w=words, **_letter(found))


def _letter(found: Letter) -> dict[str, Any]:
    earlier = (found.month - timedelta(days=1)).replace(day=1)
    return {
        "title": words.LETTER_OF.format(month=f"{times.MONTH_NAMES[found.month.month - 1]} {found.month.year}"),
        "alarms": None if found.alarms is None else [_alarm_line(*one) for one in found.alarms],
        "movement": _movement(found),
        "asked": [words.LETTER_ASKED.format(who=who, n=n) for who, n in found.asked],
        "earlier": f"/letter?month={earlier:%Y-%m}",
    }


def _alarm_line(title: str, number: int, wrong: int) -> str:
    return words.LETTER_ALARM.format(title=title, n=number, wrong=wrong)


def _movement(found: Letter) -> list[str]:
    if found.signs is None or found.nights is None:
        return []
    first = words.LETTER_MEAN_FIRST if found.signs_before is None else words.LETTER_MEAN
    said = first.format(now=found.signs, before=found.signs_before or 0)
    return [said, words.LETTER_NIGHTS.format(now=found.nights)]


def _month(wanted: str, look: Look) -> date:
    """The month that was asked for; the present one where that is none, or lies ahead."""
    present = look.now.astimezone(look.tz).date().replace(day=1)
    try:
        asked = date.fromisoformat(f"{wanted}-01")
    except ValueError:
        return present
    return asked if date(2000, 1, 1) <= asked <= present else present


def look_of(call: Call) -> Look | None:
    """How whoever is signed in sees the home."""
    if call.session is None:
        return None
    with call.house.home.reading() as connection:
        return queries.look(connection, call.session.person, call.home_now)


def not_shared() -> Response:
    """Nothing of it may be seen."""
    return render.message(access.NOT_HERE, words.NOT_SHARED, HTTPStatus.FORBIDDEN, link="/", link_text=access.BACK)
