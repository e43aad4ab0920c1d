"""The simulated carrier's telephone calls: who picks up, what is said to them, how Twilio writes it down. Pure."""

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from hub.simulated.carrier_messages import RefusedError, is_number

QUEUED = timedelta(seconds=1)
"""So long it takes until the telephone rings."""
PICKED_UP = timedelta(seconds=5)
MACHINE_AFTER = timedelta(seconds=15)
"""So long a voicemail lets it ring."""
LETTERS_A_SECOND = 15.0
RING_S = 60


class Fate(StrEnum):
    """What becomes of a call."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    UNREACHABLE = "failed"


@dataclass(slots=True, kw_only=True)
class Call:
    """One call as the carrier keeps it; `script` is what is being said, `hung_up_at` when somebody hung up."""

    sid: str
    sender: str
    to: str
    script: str
    ring: timedelta
    fate: Fate
    at: datetime
    hung_up_at: datetime | None = None


def placed(form: Mapping[str, str], fate: Fate, now: datetime) -> Call:
    """A call as it was ordered. Raises `RefusedError` where Twilio would."""
    if not form.get("From"):
        raise RefusedError(400, 21213)
    if not is_number(form.get("To", "")):
        raise RefusedError(400, 21211)
    if not form.get("Twiml"):
        raise RefusedError(400, 21205)
    return Call(
        sid=f"CA{uuid.uuid4().hex}",
        sender=form["From"],
        to=form["To"],
        script=form["Twiml"],
        ring=timedelta(seconds=int(form.get("Timeout", RING_S))),
        fate=fate,
        at=now,
    )


def said(script: str) -> list[str]:
    """What is said, in order."""
    return [one.text or "" for one in _read(script).iter("Say")]


def asks(script: str) -> str | None:
    """Where a key that is pressed is reported to; None: no key is asked for, or nobody would hear it."""
    gather = _read(script).find(".//Gather")
    return None if gather is None else gather.get("action")


def status(call: Call, now: datetime) -> str:
    """How far a call has got by now."""
    rings = _rings(call)
    if now < call.at + QUEUED:
        return "queued"
    if now < call.at + QUEUED + rings:
        return "ringing"
    if call.fate in (Fate.BUSY, Fate.UNREACHABLE, Fate.NO_ANSWER) or rings >= call.ring:
        return call.fate.value if call.fate is not Fate.VOICEMAIL else Fate.NO_ANSWER.value
    ends = call.hung_up_at or call.at + QUEUED + rings + _length(call.script)
    return "in-progress" if now < ends else "completed"


def resource(call: Call, account: str, now: datetime) -> dict[str, Any]:
    """A call as Twilio writes it."""
    state = status(call, now)
    over = state not in ("queued", "ringing", "in-progress")
    uri = f"/2010-04-01/Accounts/{account}/Calls/{call.sid}"
    return {
        "account_sid": account,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": format_datetime(call.at),
        "date_updated": format_datetime(now),
        "direction": "outbound-api",
        "duration": str(int((now - call.at).total_seconds())) if state == "completed" else None,
        "end_time": format_datetime(now) if over else None,
        "forwarded_from": None,
        "from": call.sender,
        "from_formatted": call.sender,
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": None if state == "queued" else format_datetime(call.at + QUEUED),
        "status": state,
        "subresource_uris": {"events": f"{uri}/Events.json"},
        "to": call.to,
        "to_formatted": call.to,
        "trunk_sid": None,
        "uri": f"{uri}.json",
    }


def matches(call: Call, query: Mapping[str, str]) -> bool:
    """Whether a call is in the list that is asked for."""
    return query.get("To", call.to) == call.to and query.get("From", call.sender) == call.sender


def _rings(call: Call) -> timedelta:
    """How long the telephone rings."""
    lengths = {Fate.ANSWERED: PICKED_UP, Fate.VOICEMAIL: MACHINE_AFTER, Fate.BUSY: QUEUED, Fate.UNREACHABLE: QUEUED}
    return min(call.ring, lengths.get(call.fate, call.ring))


def _length(script: str) -> timedelta:
    """How long a script takes to the end, with nobody pressing anything."""
    root = _read(script)
    letters = sum(len(text) for text in said(script))
    waits = sum(float(one.get("timeout", 5)) for one in root.iter("Gather"))
    pauses = sum(float(one.get("length", 1)) for one in root.iter("Pause"))
    return timedelta(seconds=letters / LETTERS_A_SECOND + waits + pauses)


def _read(script: str) -> ET.Element:
    return ET.fromstring(script)  # noqa: S314 -- the hub wrote it itself
