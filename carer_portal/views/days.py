"""Days and trends."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from carer_portal import times
from carer_portal import wording_days as words
from carer_portal.queries_days import Changed, Day, Days, Hour, Measured
from carer_portal.sight import Look
from carer_portal.views import charts, markup, parts
from devices.model import Quantity


def show(found: Days, look: Look) -> None:
    """Draw them."""
    parts.title(words.PAGE)
    if found.activity is None:
        parts.section(words.ACTIVITY, markup.quiet(words.NOT_SHARED))
    elif not found.activity:
        parts.section(words.ACTIVITY, markup.quiet(words.NOTHING_YET))
    else:
        _movement(found, found.activity)
    if found.measured is None:
        parts.section(words.MEASURED, markup.quiet(words.NOT_SHARED))
    elif found.measured:
        parts.section(words.MEASURED, "")
        for quantity in dict.fromkeys(one.quantity for one in found.measured):
            _measured(quantity, [one for one in found.measured if one.quantity is quantity])
    if look.sight.person:
        st.html(markup.link(words.LETTER, "/letter"))


def _movement(found: Days, activity: tuple[Day, ...]) -> None:
    parts.section(words.ACTIVITY, markup.paragraph(_change(found.changed)))
    heads, rows = words.ACTIVITY_HEADS, [(_day(one.day), str(one.signs), str(one.at_night)) for one in activity]
    charts.show(charts.bars(_bars([(one.day, one.signs) for one in activity]), heads), heads, rows, words.ACTIVITY)
    parts.section(words.NIGHTS, "")
    nights = [(one.day, one.at_night) for one in activity]
    charts.show(charts.bars(_bars(nights), heads), heads, rows, words.NIGHTS)
    if found.hours:
        parts.section(words.USUAL, "")
        rows = [(f"{one.hour}:00", f"{one.usual:.1f}", str(one.today)) for one in found.hours]
        charts.show(charts.beside(_hours(found.hours), words.USUAL_HEADS), words.USUAL_HEADS, rows, words.USUAL)


def _change(changed: Changed | None) -> str:
    if changed is None:
        return words.AS_BEFORE
    said = words.LESS if changed.percent < 100 else words.MORE
    chance = max(1.0, 100 * (1 - changed.confidence))
    return f"{said.format(day=_day(changed.since), percent=changed.percent)} {words.HOW_SURE.format(chance=chance)}"


def _measured(quantity: Quantity, found: Sequence[Measured]) -> None:
    heads, title = words.MEASURED_HEADS, words.QUANTITIES[quantity]
    rows = [
        (_day(one.day), title, f"{one.mean:.1f}", f"{one.lowest:g}", f"{one.highest:g}", str(one.times))
        for one in found
    ]
    values = [
        {"day": charts.on(one.day), "mean": one.mean, "lowest": one.lowest, "highest": one.highest} for one in found
    ]
    charts.show(charts.spread(values, heads[0], title), heads, rows, title)


def _bars(rows: Sequence[tuple[date, int]]) -> list[dict[str, Any]]:
    return [{"day": charts.on(day), "value": value} for day, value in rows]


def _hours(hours: tuple[Hour, ...]) -> list[dict[str, Any]]:
    pairs = ((words.USUAL_HEADS[1], "usual"), (words.USUAL_HEADS[2], "today"))
    return [{"hour": one.hour, "what": title, "value": getattr(one, name)} for one in hours for title, name in pairs]


def _day(day: date) -> str:
    return f"{times.DAY_NAMES[day.weekday()]} {day.day} {times.MONTH_NAMES[day.month - 1]}"
