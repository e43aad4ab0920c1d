"""Tells a server of the household's own, signed, so that it can tell the hub's messages from anybody else's.

The signature is HMAC-SHA256 over the time stamp, a full stop and the body. A message that is sent again bears the same
idempotency key: whoever receives it counts it once.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from devices.model import Clock
from hub.channels.http import Asker, Request
from hub.model import Evidence, Inbound, Message, NotificationState
from hub.secrets import need_secret

NAME = "webhook"
AT_ONCE = 4
TIMEOUT_S = 8.0
TOLERANCE = timedelta(minutes=5)
"""A receiver refuses what is older: somebody may have recorded it."""
TIMESTAMP, SIGNATURE, KEY = "Alongside-Timestamp", "Alongside-Signature", "Idempotency-Key"


class ForgedError(ValueError):
    """Not from this hub, or not from now."""


class Webhook:
    """The channel `webhook`; a person's address for it is the receiver's URL."""

    name = NAME

    def __init__(self, clock: Clock, secret: str) -> None:
        self._clock = clock
        self._secret = secret
        self._asker = Asker("webhook", AT_ONCE, TIMEOUT_S)

    @classmethod
    def from_secrets(cls, clock: Clock) -> Self:
        """With the secret `webhook-secret`, which the receiver has, too. Raises `SecretError`."""
        return cls(clock, need_secret("webhook-secret"))

    async def send(self, message: Message) -> Evidence:
        """Post it; the outbox sends it again where it was not taken. Raises `ChannelError`."""
        body = json.dumps(
            {
                "text": message.text,
                "purpose": message.purpose,
                "alarm": message.alarm_id,
                "reference": message.reference,
            }
        ).encode()
        headers = signed(self._secret, body, self._clock.now())
        headers |= {"Content-Type": "application/json", KEY: key(message)}
        await self._asker.ask(Request(url=message.to, headers=headers, body=body))
        return Evidence(state=NotificationState.ACCEPTED)

    async def find(self, message: Message) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """A receiver is not asked: it counts what comes twice once, by its key."""
        return None

    async def status(self, provider_id: str) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """That it was taken is as far as it gets."""
        return None

    async def inbound(self, since: datetime) -> list[Inbound]:  # noqa: ARG002 -- the protocol's argument
        """Nothing comes back this way."""
        return []

    def close(self) -> None:
        """Let go of the threads."""
        self._asker.close()


def key(message: Message) -> str:
    """What makes a message one of a kind, however often it is sent."""
    return f"{message.reference}-{message.notification_id}"


def signed(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove where a body comes from."""
    stamp = str(int(now.timestamp()))
    return {TIMESTAMP: stamp, SIGNATURE: _signature(secret, stamp, body)}


def verify(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """What a receiver does: raises `ForgedError` for what this hub did not send, or not within the tolerance."""
    stamp = headers.get(TIMESTAMP, "")
    if not hmac.compare_digest(_signature(secret, stamp, body).encode(), headers.get(SIGNATURE, "").encode()):
        raise ForgedError("the signature is not right")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise ForgedError("the time stamp is too far from now")


def _signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
