"""What Twilio posts to a page of ours: whether it is really from Twilio, and what it says. Pure.

Nothing here is believed before `verify`. Reports come in any order, and more than once: what they are about is in them,
so that whoever takes them in can count each once.
"""

from collections.abc import Mapping
from datetime import datetime

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from hub.escalation.keys import Pressed
from hub.model import Evidence, Inbound, NotificationState

PREFIX = "/hooks/twilio"
STATUS_PATH = f"{PREFIX}/status"
TEXT_PATH = f"{PREFIX}/text"
KEY_PATH = f"{PREFIX}/key"

STATUSES = {
    "accepted": (NotificationState.ACCEPTED, False),
    "scheduled": (NotificationState.ACCEPTED, False),
    "queued": (NotificationState.ACCEPTED, False),
    "sending": (NotificationState.ACCEPTED, False),
    "sent": (NotificationState.SENT, False),
    "delivered": (NotificationState.DELIVERED, False),
    "read": (NotificationState.READ, False),
    "undelivered": (NotificationState.SENT, True),
    "failed": (NotificationState.ACCEPTED, True),
    "canceled": (NotificationState.ACCEPTED, True),
}
"""Twilio's words: how far, and whether that speaks against it. A word that is not here says no more than accepted."""


class ForgedError(ValueError):
    """Not signed with this account's token."""


class UnreadableError(ValueError):
    """Signed, but without what such a report holds."""


def verify(token: str, url: str, form: Mapping[str, str], signature: str) -> None:
    """Believe what Twilio has signed: the address that it was told to call, and the form. Raises `ForgedError`."""
    if not RequestValidator(token).validate(url, dict(form), signature):
        raise ForgedError("the signature is not right")


def text_evidence(number: str | None, status: str, error: str) -> Evidence:
    """How far a text has got, by Twilio's word for it and the number of its error, if there is one."""
    state, negative = STATUSES.get(status, (NotificationState.ACCEPTED, False))
    return Evidence(state=state, provider_id=number, negative=negative, detail=error)


def status(form: Mapping[str, str]) -> Evidence:
    """A report about a text that was sent. Raises `UnreadableError`."""
    return text_evidence(_needed(form, "MessageSid"), _needed(form, "MessageStatus"), form.get("ErrorCode", ""))


def text(form: Mapping[str, str], now: datetime) -> Inbound:
    """A text that somebody sent. Raises `UnreadableError`."""
    sender, number = _needed(form, "From"), _needed(form, "MessageSid")
    return Inbound(provider_id=number, channel="sms", sender=sender, text=form.get("Body", ""), at=now)


def key(form: Mapping[str, str], message: int, reference: str) -> Pressed:
    """A key that was pressed in the call about this message. Raises `UnreadableError`."""
    call, digits = _needed(form, "CallSid"), _needed(form, "Digits")
    return Pressed(call=call, message=message, reference=reference, key=digits)


def key_path(message: int, reference: str) -> str:
    """Where a key that is pressed in the call about this message is reported to."""
    return f"{KEY_PATH}/{message}/{reference}"


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise UnreadableError(f"there is no {name}")
    return form[name]
