"""A channel that does what a test or a rehearsal tells it to, and keeps what it was given."""

import asyncio
from collections import deque
from datetime import datetime

from hub.model import ChannelError, Evidence, Inbound, Message, NotificationState

ACCEPTED = Evidence(state=NotificationState.ACCEPTED)


class SimulatedChannel:
    """Takes every message, unless told otherwise.

    `then` holds what the next calls of `send` do, one each: an `Evidence` is given back, an exception raised (after
    taking the message, where it is ambiguous), an `asyncio.Event` waited for first.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.then: deque[Evidence | Exception | asyncio.Event] = deque()
        self.calls: list[Message] = []
        self.taken: list[Message] = []
        self.replies: list[Inbound] = []
        self.reports: dict[str, Evidence] = {}
        self.looks: list[Message] = []
        self.broken: Exception | None = None
        self.forgets = False

    async def send(self, message: Message) -> Evidence:
        """Take a message, or do what was ordered."""
        self.calls.append(message)
        order = self.then.popleft() if self.then else ACCEPTED
        if isinstance(order, asyncio.Event):
            await order.wait()
            order = ACCEPTED
        if isinstance(order, Exception):
            if isinstance(order, ChannelError) and order.ambiguous and not self.forgets:
                self.taken.append(message)
            raise order
        self.taken.append(message)
        return Evidence(
            state=order.state,
            provider_id=order.provider_id or self._number(message),
            negative=order.negative,
            detail=order.detail,
        )

    async def find(self, message: Message) -> Evidence | None:
        """Whether a message with this reference was taken."""
        self.looks.append(message)
        self._raise_if_broken()
        known = [one for one in self.taken if (one.to, one.reference) == (message.to, message.reference)]
        return Evidence(state=NotificationState.ACCEPTED, provider_id=self._number(known[0])) if known else None

    async def status(self, provider_id: str) -> Evidence | None:
        """What was ordered for this message."""
        self._raise_if_broken()
        return self.reports.get(provider_id)

    async def inbound(self, since: datetime) -> list[Inbound]:
        """What was put into `replies`."""
        self._raise_if_broken()
        return [one for one in self.replies if one.at >= since]

    def answer(self, sender: str, text: str, at: datetime) -> None:
        """Somebody sends something back."""
        number = f"{self.name}-in-{len(self.replies) + 1}"
        self.replies.append(Inbound(provider_id=number, channel="sms", sender=sender, text=text, at=at))

    def _number(self, message: Message) -> str:
        return f"{self.name}-{message.reference}-{message.notification_id}"

    def _raise_if_broken(self) -> None:
        if self.broken is not None:
            raise self.broken
