"""The operators' page: how the homes are, what is wrong and since when, which batteries to change. Plain HTML."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import Connection, Engine, Row, TextClause, text
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from hub.centre.overview import Home, HomeState, homes
from hub.store.columns import from_us, to_us

LOW_PERCENT = 20.0
FALSE_SINCE_DAYS = 30
SHAPES = {
    HomeState.ALARM: "▲ alarm",
    HomeState.SILENT: "◆ silent",
    HomeState.FAULT: "■ fault",
    HomeState.WELL: "● well",
    HomeState.NEVER: "○ not heard yet",
    HomeState.OUT: "✕ shut out",
}
"""Colour is never the only sign."""

_INCIDENTS = text(
    "SELECT because, opened_at, closed_at, cardinality(hubs) AS count FROM incident ORDER BY id DESC LIMIT 20"
)
_FAULTS = text(
    "SELECT hub.name AS home, fault.kind, fault.subject, fault.owner, fault.opened_at, fault.due_at FROM fault"
    " JOIN hub ON hub.id = fault.hub_id WHERE fault.closed_at IS NULL ORDER BY fault.opened_at LIMIT 200"
)
_BATTERIES = text(
    "SELECT hub.name AS home, device.name AS device, latest.last AS percent FROM ("
    "SELECT DISTINCT ON (hub_id, device_id) hub_id, device_id, last FROM rollup_hour WHERE (hub_id, quantity_id) IN"
    " (SELECT hub_id, id FROM quantity WHERE name = 'battery_percent') ORDER BY hub_id, device_id, hour DESC) AS latest"
    " JOIN hub ON hub.id = latest.hub_id LEFT JOIN device ON device.hub_id = latest.hub_id"
    " AND device.id = latest.device_id WHERE latest.last < :low ORDER BY hub.name, latest.last LIMIT 200"
)
_FALSE = text(
    "SELECT finding.detector, finding.detector_version AS version, count(DISTINCT (alarm.hub_id, alarm.id)) AS alarms,"
    " count(DISTINCT (label.hub_id, label.alarm_id)) FILTER (WHERE label.verdict = 'wrong') AS wrong FROM alarm"
    " JOIN alarm_finding ON alarm_finding.hub_id = alarm.hub_id AND alarm_finding.alarm_id = alarm.id"
    " JOIN finding ON finding.hub_id = alarm.hub_id AND finding.id = alarm_finding.finding_id"
    " LEFT JOIN label ON label.hub_id = alarm.hub_id AND label.alarm_id = alarm.id"
    " WHERE alarm.opened_at > :since GROUP BY 1, 2 ORDER BY 3 DESC"
)
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1b1b;"
    "background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #767676}h2{margin-top:2rem}@media(prefers-color-scheme:dark){body{color:#f2f2f2;"
    "background:#161616}}.wide{overflow-x:auto}"
)


def page(engine: Engine, now: Callable[[], datetime]) -> Starlette:
    """The application; it is for operators, and must be served to them alone."""

    def rendered() -> str:
        with engine.connect() as connection:
            return render(connection, now())

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(await run_in_threadpool(rendered), headers={"Cache-Control": "no-store", "Refresh": "15"})

    return Starlette(routes=[Route("/", show)])


def render(connection: Connection, now: datetime) -> str:
    """The whole page."""
    found = homes(connection, now)
    since = to_us(now) - FALSE_SINCE_DAYS * 86_400_000_000
    parts = [
        f"<p>{escape(_sentence(found))} It is {now:%Y-%m-%d %H:%M:%S} UTC.</p>",
        _table("Homes", ("Home", "State", "What is known"), map(_home, found), "No home has joined yet."),
        _table("Incidents", ("Since", "What", "Hubs", "Over"), _incidents(connection), "No hub has fallen silent."),
        _table("Faults, the oldest first", ("Home", "What", "Owner", "Since", "Due"), _faults(connection), "None."),
        _table(
            f"Batteries to change (below {LOW_PERCENT:g} %)",
            ("Home", "Device", "Percent"),
            (
                (row.home, row.device or "a device", f"{row.percent:g}")
                for row in _run(connection, _BATTERIES, low=LOW_PERCENT)
            ),
            "None.",
        ),
        _table(
            f"Alarms of {FALSE_SINCE_DAYS} days by rule, and how many people called wrong",
            ("Rule", "Version", "Alarms", "Wrong"),
            ((row.detector, row.version, row.alarms, row.wrong) for row in _run(connection, _FALSE, since=since)),
            "No alarms.",
        ),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Alongside: homes</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><h1>Homes</h1>{''.join(parts)}</main></body></html>"
    )


def _sentence(found: Sequence[Home]) -> str:
    counts = [(state, sum(one.state is state for one in found)) for state in HomeState]
    said = ", ".join(f"{count} {SHAPES[state].split(' ', 1)[1]}" for state, count in counts if count)
    return f"{len(found)} homes: {said}." if found else "There are no homes yet."


def _home(one: Home) -> tuple[str, str, str]:
    return one.name, SHAPES[one.state], one.sentence()


def _incidents(connection: Connection) -> Iterable[Sequence[object]]:
    for row in _run(connection, _INCIDENTS):
        yield _when(row.opened_at), row.because, row.count, _when(row.closed_at) if row.closed_at else "not yet"


def _faults(connection: Connection) -> Iterable[Sequence[object]]:
    for row in _run(connection, _FAULTS):
        what = f"{row.kind} {row.subject or ''}".strip()
        yield row.home, what, row.owner or "nobody", _when(row.opened_at), _when(row.due_at) if row.due_at else "none"


def _run(connection: Connection, query: TextClause, **values: object) -> Iterable[Row[Any]]:
    return connection.execute(query, values)


def _when(us: int) -> str:
    return f"{from_us(us):%Y-%m-%d %H:%M}"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    table = f'<div class="wide" tabindex="0"><table><tr>{head}</tr>{body}</table></div>' if body else f"<p>{empty}</p>"
    return f"<h2>{escape(title)}</h2>{table}"
