"""The simulated carrier's messages: what is kept, how they travel, and how Twilio writes them down. Pure."""

import base64
import json
import re
import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
OPT_IN = frozenset({"START", "YES", "UNSTOP"})
LONGEST = 1600
PAGE_SIZE = 50
UNREACHABLE = 30003
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
"""E.164."""


class Direction(StrEnum):
    """Which way a text went."""

    OUTBOUND = "outbound-api"
    INBOUND = "inbound"


class Fate(StrEnum):
    """What becomes of a text that was taken."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SILENT = "silent"


class RefusedError(Exception):
    """An answer with an error in it, in Twilio's form."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code

    def body(self) -> str:
        """The answer's body."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return json.dumps({"code": self.code, "message": "simulated", "more_info": more, "status": self.status})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One text as the carrier keeps it."""

    sid: str
    sender: str
    to: str
    body: str
    direction: Direction
    fate: Fate
    at: datetime
    callback: str | None = None


def check(form: Mapping[str, str], opted_out: Set[str]) -> None:
    """Refuse what Twilio refuses. Raises `RefusedError`."""
    if not form.get("Body"):
        raise RefusedError(400, 21602)
    if not form.get("From"):
        raise RefusedError(400, 21603)
    if not is_number(form.get("To", "")):
        raise RefusedError(400, 21211)
    if len(form["Body"]) > LONGEST:
        raise RefusedError(400, 21617)
    if form["To"] in opted_out:
        raise RefusedError(400, 21610)


def is_number(text: str) -> bool:
    """Whether this is a telephone number with its country code.

    >>> is_number("+447700900123"), is_number("07700 900123")
    (True, False)
    """
    return _NUMBER.fullmatch(text) is not None


def status(stored: Stored, now: datetime, transit: timedelta) -> str:
    """How far a text has got by now."""
    if stored.direction is Direction.INBOUND:
        return "received"
    age = now - stored.at
    if age < transit / 2:
        return "queued"
    if age < transit or stored.fate is Fate.SILENT:
        return "sent"
    return stored.fate.value


def resource(stored: Stored, account: str, now: datetime, transit: timedelta) -> dict[str, Any]:
    """A text as Twilio writes it."""
    state = status(stored, now, transit)
    failed = state == Fate.UNDELIVERED
    uri = f"/2010-04-01/Accounts/{account}/Messages/{stored.sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": stored.body,
        "date_created": format_datetime(stored.at),
        "date_sent": None if state == "queued" else format_datetime(stored.at),
        "date_updated": format_datetime(now),
        "direction": stored.direction.value,
        "error_code": UNREACHABLE if failed else None,
        "error_message": "Unreachable destination handset" if failed else None,
        "from": stored.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(segments(stored.body)),
        "price": None,
        "price_unit": "USD",
        "sid": stored.sid,
        "status": state,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": stored.to,
        "uri": f"{uri}.json",
    }


def segments(body: str) -> int:
    """How many messages a text is charged as: 160 characters, or 153 each; 70 and 67 where it is not plain ASCII.

    >>> segments("x" * 160), segments("x" * 161)
    (1, 2)
    """
    one, each = (160, 153) if body.isascii() else (70, 67)
    return 1 if len(body) <= one else -(-len(body) // each)


def matches(stored: Stored, query: Mapping[str, str]) -> bool:
    """Whether a text is in the list that is asked for."""
    wanted = (
        ("To", lambda value: stored.to == value),
        ("From", lambda value: stored.sender == value),
        ("DateSent>", lambda value: stored.at >= _instant(value)),
        ("DateSent<", lambda value: stored.at <= _instant(value)),
        ("DateSent", lambda value: stored.at.date() == _instant(value).date()),
    )
    return all(holds(query[name]) for name, holds in wanted if name in query)


def page(
    path: str, query: Mapping[str, str], resources: Sequence[dict[str, Any]], what: str = "messages"
) -> dict[str, Any]:
    """One page of a list of these, as Twilio writes it."""
    size, number = int(query.get("PageSize", PAGE_SIZE)), int(query.get("Page", 0))
    start, end = number * size, (number + 1) * size
    more = {name: value for name, value in query.items() if name not in ("PageSize", "Page", "PageToken")}

    def uri(which: int) -> str:
        return f"{path}?{urlencode({'PageSize': size, 'Page': which, **more})}"

    shown = resources[start:end]
    return {
        what: list(shown),
        "start": start,
        "end": start + max(0, len(shown) - 1),
        "page": number,
        "page_size": size,
        "uri": uri(number),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(number - 1) if number else None,
        "next_page_uri": uri(number + 1) if end < len(resources) else None,
    }


def authorise(header: str | None, account: str, token: str) -> None:
    """Let in whoever shows this account's token. Raises `RefusedError`."""
    if header != "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode():
        raise RefusedError(401, 20003)


def new_sid() -> str:
    """A message's number."""
    return f"SM{uuid.uuid4().hex}"


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
