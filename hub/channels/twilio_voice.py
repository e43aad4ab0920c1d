"""Calls by Twilio: the text is said twice, and only a key press counts as an answer.

Keys are heard where Twilio can report them, on a public address. Behind a home router there is none: then a call says
what is wrong and asks for an answer by text. Twilio keeps no reference with a call: a doubtful one is found again by
its number and the moment at which it was ordered.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

from hub.channels import twilio_script as script
from hub.channels.twilio_account import Account, Line
from hub.channels.twilio_webhooks import key_path
from hub.household.model import Household
from hub.model import Evidence, Inbound, Message, NotificationState

NAME = "voice"
LOOKED_THROUGH = 20
"""A doubtful call is looked for among so many of the latest to its number."""
EARLIER, LATER = timedelta(seconds=2), timedelta(seconds=30)
"""So far Twilio's time of a call may be from ours; a clock that is further out costs a second call, never the first."""

NO_KEY = "no key was pressed"
STATUSES = {
    "queued": (NotificationState.ACCEPTED, ""),
    "initiated": (NotificationState.ACCEPTED, ""),
    "ringing": (NotificationState.SENT, ""),
    "in-progress": (NotificationState.SENT, ""),
    "busy": (NotificationState.ACCEPTED, "engaged"),
    "no-answer": (NotificationState.ACCEPTED, "no answer"),
    "canceled": (NotificationState.ACCEPTED, "cancelled"),
    "failed": (NotificationState.ACCEPTED, "the call could not be made"),
}
"""Twilio's words: how far, and what speaks against it."""


class TwilioVoice:
    """The channel `voice` by way of Twilio, which rings for `ring`."""

    name = NAME

    def __init__(self, account: Account, ring: timedelta) -> None:
        self._account = account
        self._ring = ring
        self._line = Line(account)

    @classmethod
    def from_secrets(cls, household: Household) -> Self:
        """With the account that the secrets name. Raises `SecretError`."""
        sms = household.sms
        account = Account.from_secrets(sms.accept_by, sms.validity, household.twilio.public_url)
        return cls(account, household.voice.ring)

    async def send(self, message: Message) -> Evidence:
        """Ring somebody up. Raises `ChannelError`."""
        words = {
            "to": message.to,
            "from_": self._account.number,
            "twiml": script.call(message.text, self._action(message)),
            "timeout": int(self._ring.total_seconds()),
        }
        return self._evidence(await self._line.send(lambda client: client.calls.create(**words)))

    async def find(self, message: Message) -> Evidence | None:
        """Look for a call to this number, ordered when this one was. Raises `ChannelError`."""
        latest = await self._line.ask(
            lambda client: client.calls.list(to=message.to, limit=LOOKED_THROUGH, page_size=LOOKED_THROUGH)
        )
        return next((self._evidence(one) for one in latest if _is_of(one, message)), None)

    async def status(self, provider_id: str) -> Evidence | None:
        """How far a call has got by now. Raises `ChannelError`."""
        return self._evidence(await self._line.ask(lambda client: client.calls(provider_id).fetch()))

    async def inbound(self, since: datetime) -> list[Inbound]:  # noqa: ARG002 -- the protocol's argument
        """A key that was pressed is reported, not fetched."""
        return []

    def close(self) -> None:
        """Let go of the threads."""
        self._line.close()

    def _action(self, message: Message) -> str | None:
        """Where a key that is pressed is reported to."""
        base = self._account.public_url
        return None if base is None else base + key_path(message.notification_id, message.reference)

    def _evidence(self, call: Any) -> Evidence:
        """How far; a call that is over counts as unanswered, unless the key press has been reported meanwhile.

        Where no key can be reported, that it was heard to the end says nothing either way.
        """
        if call.status == "completed":
            negative = self._account.public_url is not None
            detail = NO_KEY if negative else ""
            return Evidence(state=NotificationState.SENT, provider_id=call.sid, negative=negative, detail=detail)
        state, against = STATUSES.get(call.status, (NotificationState.ACCEPTED, ""))
        return Evidence(state=state, provider_id=call.sid, negative=bool(against), detail=against)


def _is_of(call: Any, message: Message) -> bool:
    """Whether this is the call that was ordered for a message; a call that came to nothing was one, too."""
    made: datetime | None = call.date_created
    asked = message.claimed_at
    if made is None or asked is None or call.direction != "outbound-api":
        return False
    made = made if made.tzinfo else made.replace(tzinfo=UTC)
    return asked - EARLIER <= made <= asked + LATER
