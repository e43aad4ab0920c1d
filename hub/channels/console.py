"""The embedded default channel: says on the terminal what would be said or sent, to whom."""

import sys
from collections import deque
from datetime import datetime
from typing import TextIO

from hub.model import ChannelError, Evidence, Inbound, Message, NotificationState

KEPT = 1000
"""So many messages and answers are remembered."""


class Console:
    """Writes each message to a stream and keeps it; `hear` is how somebody at the terminal answers."""

    name = "console"

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._heard: deque[Inbound] = deque(maxlen=KEPT)
        self._count = 0
        self.messages: deque[Message] = deque(maxlen=KEPT)

    async def send(self, message: Message) -> Evidence:
        """Write it out. Raises `ChannelError` where the terminal is gone."""
        try:
            self._out.write(f"[{message.channel} to {message.person}] {message.text}\n")
            self._out.flush()
        except (OSError, ValueError) as error:  # ValueError: a stream that was closed
            raise ChannelError(f"the terminal cannot be written: {error}", permanent=True) from error
        self.messages.append(message)
        return Evidence(state=NotificationState.DELIVERED, provider_id=self._number(message))

    async def find(self, message: Message) -> Evidence | None:
        """Only what this process has written is known."""
        if all(one.reference != message.reference for one in self.messages):
            return None
        return Evidence(state=NotificationState.DELIVERED, provider_id=self._number(message))

    async def status(self, provider_id: str) -> Evidence | None:  # noqa: ARG002 -- the protocol's argument
        """What has been written is as far as it gets."""
        return None

    async def inbound(self, since: datetime) -> list[Inbound]:
        """What was answered at the terminal since then."""
        return [one for one in self._heard if one.at >= since]

    def hear(self, sender: str, text: str, at: datetime) -> None:
        """Somebody at the terminal answers in the name of this address."""
        self._count += 1
        number = f"console-in-{self._count}-{at.isoformat()}"
        self._heard.append(Inbound(provider_id=number, channel="sms", sender=sender, text=text, at=at))

    @staticmethod
    def _number(message: Message) -> str:
        return f"console-{message.notification_id}"
