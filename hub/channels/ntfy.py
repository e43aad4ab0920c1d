"""Push by ntfy: a server that anybody can run (https://ntfy.sh), and an app that listens to one topic.

Whoever knows a topic can read it: it is a secret, kept as one, and home.toml names only the device. It is published
in the body, so that it stands in no log of requests.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from hub.channels.http import Asker, Request
from hub.household.model import PushPolicy
from hub.model import ChannelError, Evidence, Inbound, Message, NotificationState, Purpose
from hub.secrets import SecretError, need_secret, read_secret

NAME = "push"
AT_ONCE = 4
TIMEOUT_S = 8.0
LOOKED_BACK = "10m"
BY_SEVERITY = ((8, 5), (5, 4), (0, 3))
"""Calls for help: from this severity, that priority. What is grave breaks through "do not disturb"."""
BY_PURPOSE = {
    Purpose.REPLY: 3,
    Purpose.BACKUP: 3,
    Purpose.STAND_DOWN: 3,
    Purpose.CLOSED: 2,
}
"""Everything else, on ntfy's scale: 5 breaks through "do not disturb", 2 makes no sound."""


class Ntfy:
    """The channel `push`."""

    name = NAME

    def __init__(self, policy: PushPolicy, token: str | None = None) -> None:
        self._policy = policy
        self._token = token
        self._asker = Asker("ntfy", AT_ONCE, TIMEOUT_S)

    @classmethod
    def from_secrets(cls, policy: PushPolicy) -> Self:
        """With the token of a server that asks for one: the secret `ntfy-token`."""
        return cls(policy, read_secret("ntfy-token"))

    async def send(self, message: Message) -> Evidence:
        """Publish it: accepted, which is all that ntfy can say. Raises `ChannelError`."""
        body: dict[str, Any] = {
            "topic": _topic(message.to),
            "message": message.text,
            "priority": priority(message),
        }
        if self._policy.click is not None:
            body["click"] = self._policy.click
        answer = await self._ask(self._policy.server, json.dumps(body).encode())
        return _accepted(next(_messages(answer), {}))

    async def find(self, message: Message) -> Evidence | None:
        """Look for it among the topic's latest. Raises `ChannelError`."""
        url = f"{self._policy.server}/{quote(_topic(message.to), safe='')}/json?poll=1&since={LOOKED_BACK}"
        answer = await self._ask(url)
        return next((_accepted(one) for one in _messages(answer) if message.reference in str(one.get("message"))), None)

    async def status(self, provider_id: str) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """A server does not hear whether a telephone showed it."""
        return None

    async def inbound(self, since: datetime) -> list[Inbound]:  # noqa: ARG002 -- the protocol's argument
        """Nobody answers a push."""
        return []

    def close(self) -> None:
        """Let go of the threads."""
        self._asker.close()

    async def _ask(self, url: str, body: bytes | None = None) -> bytes:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        return await self._asker.ask(Request(url=url, headers=headers, body=body))


def priority(message: Message) -> int:
    """How loudly a push is announced; a call for help of which nobody knows how grave it is counts as grave."""
    quiet = BY_PURPOSE.get(message.purpose)
    if quiet is not None:
        return quiet
    severity = BY_SEVERITY[0][0] if message.severity is None else message.severity
    return next(loud for least, loud in BY_SEVERITY if severity >= least)


def _topic(device: str) -> str:
    """The topic of a device, the secret `ntfy-DEVICE`. Raises `ChannelError` where nobody has set it."""
    try:
        return need_secret(f"ntfy-{device}")
    except SecretError as error:
        raise ChannelError(f"no push can be sent: {error}", permanent=True) from None


def _messages(answer: bytes) -> Iterator[dict[str, Any]]:
    """The messages of an answer, one a line. Raises `ChannelError`: what was asked may have been done all the same."""
    try:
        lines = [json.loads(line) for line in answer.splitlines() if line.strip()]
    except ValueError:
        raise ChannelError("the answer cannot be read", ambiguous=True) from None
    yield from (one for one in lines if isinstance(one, dict) and one.get("event", "message") == "message")


def _accepted(message: dict[str, Any]) -> Evidence:
    number = message.get("id")
    return Evidence(state=NotificationState.ACCEPTED, provider_id=f"ntfy-{number}" if number else None)
