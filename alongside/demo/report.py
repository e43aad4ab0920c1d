"""What happened, as one JSON object, read from the hub's database."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, func, select

from alongside.demo.model import Day
from alongside.demo.witness import HANDED_OVER, everything, happened
from co_design.schema import utterance
from hub.store.schema import alarm, device, finding, frame_count, from_us, notification, observation, transition

Record = dict[str, Any]


def report(connection: Connection, day: Day) -> Record:
    """The whole day; `ok` says whether all that the story waits for came to pass, and every frame could be read."""
    devices = _devices(connection)
    news = [one for _, one in everything(connection)]
    awaited = [beat.after for scene in day for beat in scene.beats if beat.after is not None]
    missing = [f"{one.alarm}: {one.state}" for one in awaited if not happened(news, one)]
    return {
        "observations": connection.execute(select(func.count()).select_from(observation)).scalar_one(),
        "devices": devices,
        "findings": _findings(connection),
        "alarms": _alarms(connection),
        "messages": _messages(connection),
        "heard": list(connection.execute(select(utterance.c.words).order_by(utterance.c.id)).scalars()),
        "missing": missing,
        "ok": not missing and all(one["frames"] and not one["malformed"] for one in devices),
    }


def _devices(connection: Connection) -> list[Record]:
    counted = select(device.c.name, device.c.kind, frame_count.c.good, frame_count.c.malformed)
    rows = connection.execute(counted.outerjoin(frame_count, frame_count.c.device == device.c.name)).all()
    return [
        {"device": row.name, "kind": row.kind, "frames": row.good or 0, "malformed": row.malformed or 0} for row in rows
    ]


def _findings(connection: Connection) -> list[Record]:
    rows = connection.execute(select(finding).order_by(finding.c.id)).all()
    return [
        {"kind": row.kind, "at": _iso(row.at), "room": row.room, "because": row.because, "detector": row.detector}
        for row in rows
    ]


def _alarms(connection: Connection) -> list[Record]:
    states: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(select(transition).order_by(transition.c.id)):
        if row.to_state != row.from_state:
            states[row.alarm_id].append({"state": row.to_state, "at": _iso(row.at), "cause": row.cause, "by": row.by})
    rows = connection.execute(select(alarm).order_by(alarm.c.id)).all()
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "because": row.because,
            "states": states[row.id],
            "owner": row.owner,
            "outcome": row.outcome,
        }
        for row in rows
    ]


def _messages(connection: Connection) -> list[Record]:
    handed = select(notification).where(notification.c.state.in_(HANDED_OVER)).order_by(notification.c.id)
    return [
        {
            "to": row.person,
            "channel": row.channel,
            "address": row.to,
            "text": row.text,
            "purpose": row.purpose,
            "state": row.state,
        }
        for row in connection.execute(handed)
    ]


def _iso(us: int) -> str:
    return from_us(us).isoformat()
