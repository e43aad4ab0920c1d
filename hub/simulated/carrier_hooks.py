"""What Twilio posts to a server of ours: signed forms about texts that were sent, texts that came, keys pressed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import requests
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from hub.simulated.carrier_calls import Call
from hub.simulated.carrier_messages import UNREACHABLE, Stored

TIMEOUT_S = 15.0
"""After so long Twilio gives up on a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    text: str


def status_form(stored: Stored, status: str, account: str) -> dict[str, str]:
    """That a text has got so far."""
    form = {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "From": stored.sender,
        "MessageSid": stored.sid,
        "MessageStatus": status,
        "SmsSid": stored.sid,
        "SmsStatus": status,
        "To": stored.to,
    }
    return form | {"ErrorCode": str(UNREACHABLE)} if status == "undelivered" else form


def text_form(stored: Stored, account: str) -> dict[str, str]:
    """That a text has come in."""
    return {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "Body": stored.body,
        "From": stored.sender,
        "MessageSid": stored.sid,
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": stored.sid,
        "SmsSid": stored.sid,
        "SmsStatus": "received",
        "To": stored.to,
    }


def key_form(call: Call, digits: str, account: str) -> dict[str, str]:
    """That keys were pressed during a call."""
    return {
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "CallSid": call.sid,
        "CallStatus": "in-progress",
        "Called": call.to,
        "Caller": call.sender,
        "Digits": digits,
        "Direction": "outbound-api",
        "From": call.sender,
        "FinishedOnKey": "",
        "To": call.to,
        "msg": "Gather End",
    }


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """What Twilio signs a form for this address with."""
    return str(RequestValidator(token).compute_signature(url, dict(form)))


async def post(url: str, form: Mapping[str, str], token: str) -> Answer:
    """Post a form, signed."""
    headers = {"X-Twilio-Signature": signature(url, form, token), "User-Agent": "TwilioProxy/1.1"}
    made = await asyncio.to_thread(requests.post, url, data=dict(form), headers=headers, timeout=TIMEOUT_S)
    return Answer(status=made.status_code, text=made.text)
