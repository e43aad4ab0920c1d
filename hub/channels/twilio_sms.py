"""Texts by Twilio.

A hub behind a home router cannot be called back: how far a message has got, and what people sent back, is asked for.
Where there is a public address Twilio reports to it as well, and what is heard twice counts once. Twilio has no
idempotency key for messages; the short reference in each text is how a doubtful one is found again.
"""

from datetime import UTC, datetime
from typing import Any, Self

from hub.channels.twilio_account import Account, Line
from hub.channels.twilio_webhooks import STATUS_PATH, text_evidence
from hub.household.model import Household
from hub.model import Evidence, Inbound, Message

__all__ = ["Account", "TwilioSms"]

LOOKED_THROUGH = 50
"""A doubtful message is looked for among so many of the latest to its number."""
MOST_REPLIES = 200
SHORTEST_VALIDITY_S, LONGEST_VALIDITY_S = 1, 36_000


class TwilioSms:
    """The channel `sms` by way of Twilio."""

    name = "twilio"

    def __init__(self, account: Account) -> None:
        self._account = account
        self._line = Line(account)

    @classmethod
    def from_secrets(cls, household: Household) -> Self:
        """With the account that the secrets name. Raises `SecretError`."""
        sms = household.sms
        return cls(Account.from_secrets(sms.accept_by, sms.validity, household.twilio.public_url))

    async def send(self, message: Message) -> Evidence:
        """Hand a text over. Raises `ChannelError`."""
        validity_s = int(self._account.validity.total_seconds())
        words = {
            "to": message.to,
            "from_": self._account.number,
            "body": message.text,
            "validity_period": min(max(validity_s, SHORTEST_VALIDITY_S), LONGEST_VALIDITY_S),
        }
        if self._account.public_url is not None:
            words["status_callback"] = self._account.public_url + STATUS_PATH
        return _evidence(await self._line.send(lambda client: client.messages.create(**words)))

    async def find(self, message: Message) -> Evidence | None:
        """Look for a text among the latest to its number. Raises `ChannelError`."""
        latest = await self._line.ask(
            lambda client: client.messages.list(to=message.to, limit=LOOKED_THROUGH, page_size=LOOKED_THROUGH)
        )
        return next((_evidence(one) for one in latest if message.reference in (one.body or "")), None)

    async def status(self, provider_id: str) -> Evidence | None:
        """How far a text has got by now. Raises `ChannelError`."""
        return _evidence(await self._line.ask(lambda client: client.messages(provider_id).fetch()))

    async def inbound(self, since: datetime) -> list[Inbound]:
        """What people sent to the hub's number since then, the oldest first. Raises `ChannelError`."""
        number = self._account.number
        latest = await self._line.ask(
            lambda client: client.messages.list(to=number, date_sent_after=since, limit=MOST_REPLIES)
        )
        return [_inbound(one) for one in reversed(latest) if one.direction == "inbound"]

    def close(self) -> None:
        """Let go of the threads."""
        self._line.close()


def _evidence(sent: Any) -> Evidence:
    return text_evidence(sent.sid, str(sent.status), str(sent.error_code or ""))


def _inbound(received: Any) -> Inbound:
    at = received.date_sent or received.date_created
    return Inbound(
        provider_id=received.sid,
        channel="sms",
        sender=received.from_,
        text=received.body or "",
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
    )
