"""Charts, each with the same as a table beside it. They are Vega-Lite, as altair would write it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from carer_portal import wording_alarm as words
from carer_portal.views import markup

HEIGHT: Final = 220
MOST_ROWS: Final = 400
"""A table with more rows than this is cut."""

GREY: Final = "#7d878d"
"""To be seen on either ground."""
UNSPOKEN: Final[Mapping[str, bool]] = MappingProxyType({"aria": False})
"""A screen reader is told what the chart is, and reads the table; hundreds of nameless marks help nobody."""

Rows = Sequence[dict[str, Any]]
Spec = dict[str, Any]


def local(at: datetime, tz: ZoneInfo) -> str:
    """A time on the home's clock, as a chart takes it: without a zone, so that no browser shifts it."""
    return at.astimezone(tz).replace(tzinfo=None).isoformat(timespec="seconds")


def on(day: date) -> str:
    """A day, as a chart takes it: its beginning, wherever the browser is."""
    return f"{day.isoformat()}T00:00:00"


def show(spec: Spec, heads: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> None:
    """The chart, and its table folded away below it."""
    st.vega_lite_chart(spec=spec, width="stretch", alt=title)
    with st.expander(words.AS_TABLE):
        st.html(markup.table(heads, list(rows)[:MOST_ROWS], title))


def strip(rows: Rows, heads: Sequence[str]) -> Spec:
    """Marks of movement by room along the time."""
    time = _time("at", heads[0]) | {"axis": {"format": "%H:%M"}}
    encoding = {"x": time, "y": {"field": "what", "type": "nominal", "title": heads[1]}}
    return _chart({"type": "tick", "thickness": 2}, encoding, rows)


def lines(rows: Rows, heads: Sequence[str]) -> Spec:
    """Measured values along the time, each kind with a shape and a dash of its own."""
    value = {"field": "value", "type": "quantitative", "title": heads[2], "scale": {"zero": False}}
    kind = {"field": "what", "type": "nominal", "title": heads[1]}
    encoding = {"x": _time("at", heads[0]), "y": value, "shape": kind, "color": kind, "strokeDash": kind}
    return _chart({"type": "line", "point": dict(UNSPOKEN)}, encoding, rows)


def bars(rows: Rows, heads: Sequence[str]) -> Spec:
    """A number a day."""
    encoding = {"x": _time("day", heads[0]), "y": {"field": "value", "type": "quantitative", "title": heads[1]}}
    return _chart({"type": "bar"}, encoding, rows)


def beside(rows: Rows, heads: Sequence[str]) -> Spec:
    """Two rows of numbers by the hour, one beside the other."""
    hour = {"field": "hour", "type": "ordinal", "title": heads[0]}
    kind = {"field": "what", "type": "nominal", "title": None, "sort": [heads[1], heads[2]]}
    value = {"field": "value", "type": "quantitative", "title": None}
    return _chart({"type": "bar"}, {"x": hour, "y": value, "color": kind, "xOffset": kind}, rows)


def spread(rows: Rows, time_title: str, title: str) -> Spec:
    """The mean of each day, and from where to where it went."""
    day = _time("day", time_title)
    whole = {"field": "lowest", "type": "quantitative", "title": title, "scale": {"zero": False}}
    area = {
        "mark": {"type": "rule", "color": GREY, **UNSPOKEN},
        "encoding": {"x": day, "y": whole, "y2": {"field": "highest"}},
    }
    mean = {"field": "mean", "type": "quantitative", "title": title}
    line = {"mark": {"type": "line", "point": dict(UNSPOKEN), **UNSPOKEN}, "encoding": {"x": day, "y": mean}}
    return {"data": {"values": list(rows)}, "layer": [area, line], "height": HEIGHT}


def _time(field: str, title: str) -> Spec:
    return {"field": field, "type": "temporal", "title": title}


def _chart(mark: Spec, encoding: Spec, rows: Rows) -> Spec:
    return {
        "data": {"values": list(rows)},
        "mark": mark,
        "encoding": encoding,
        "height": HEIGHT,
        "config": dict(UNSPOKEN),
    }
