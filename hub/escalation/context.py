"""What one transaction of the escalation works with."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.escalation.timers import Moment
from hub.household.model import Household
from hub.model import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something of ours that does not work. `subject` tells one fault from another; the same is raised once."""

    subject: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One message to hand to a channel, or to look up there."""

    message: Message
    adapter: str
    attempt: int


@dataclass(slots=True, kw_only=True)
class Context:
    """The transaction, the moment, the household as it is now, and the channels this hub has.

    `faults` are raised at the end of the transaction; `changed` says whether anything was written. Where `calls` is a
    list, messages are claimed as they are written, and the calls to be made after the commit collected there.
    """

    connection: Connection
    moment: Moment
    household: Household
    adapters: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    changed: bool = False
    calls: list[Call] | None = None

    @property
    def now(self) -> datetime:
        """The wall clock."""
        return self.moment.now

    def adapter(self, channel: str) -> str | None:
        """Which of the hub's channels carries this one; None: it has none."""
        name = self.household.sms.primary if channel == "sms" else channel
        return name if name in self.adapters else None
