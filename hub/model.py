"""The hub's vocabulary: alarms and their life, notifications and their evidence, policies, people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from hub.people import Address, Contact, Responder, Role

__all__ = [
    "Address",
    "Contact",
    "Responder",
    "Role",
]  # people have a module of their own, and are part of the vocabulary


class AlarmState(StrEnum):
    """The life of an alarm. Only RESOLVED and CANCELLED are terminal: EXHAUSTED is loud, and goes on."""

    CHECKIN = "checking_in"
    ESCALATING = "escalating"
    ACKNOWLEDGED = "acknowledged"
    ATTENDING = "attending"
    EXHAUSTED = "exhausted"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


TERMINAL = frozenset({AlarmState.RESOLVED, AlarmState.CANCELLED})


class Cause(StrEnum):
    """Why an alarm changed state; one per row of the state table. The audit keeps it."""

    FINDING = "finding"
    RELATED_FINDING = "related_finding"
    SEVERITY_ROSE = "severity_rose"
    RESIDENT_FINE = "resident_fine"
    RESIDENT_HELP = "resident_help"
    RETURNED_HOME = "returned_home"
    REPEATED_CANCELS = "repeated_cancels"
    NO_MOVEMENT = "no_movement"
    CHECKIN_PROMPT = "checkin_prompt"
    CHECKIN_SILENCE = "checkin_silence"
    STEP_TIMEOUT = "step_timeout"
    EMPTY_STEP = "empty_step"
    NO_STEP_LEFT = "no_step_left"
    EXHAUSTED_RETRY = "exhausted_retry"
    GOING = "going"
    BACKUP_GOING = "backup_going"
    CANNOT = "cannot"
    ACK_TIMEOUT = "ack_timeout"
    ARRIVED = "arrived"
    ATTEND_TIMEOUT = "attend_timeout"
    CLOSED = "closed"
    TOO_LATE = "too_late"
    RESTARTED = "restarted"


class NotificationState(StrEnum):
    """Where one message is. ACCEPTED is the provider's word only: sent is not delivered, delivered is not read."""

    PENDING = "pending"
    CALLING = "calling"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    RETRY_WAIT = "retry_wait"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    SUPERSEDED = "superseded"


class Purpose(StrEnum):
    """What a message is for. Part of its idempotency key."""

    CHECK_IN = "check_in"
    ALARM = "alarm"
    STAND_DOWN = "stand_down"
    BACKUP = "backup"
    CLOSED = "closed"
    REPLY = "reply"
    EXHAUSTED = "exhausted"


class CancelRule(StrEnum):
    """Whether and how the resident may end a check-in."""

    BUTTON_OR_PHRASE = "button_or_phrase"
    RETURNED_HOME = "returned_home"
    ANNOTATE_ONLY = "annotate_only"
    ARC_ONLY = "arc_only"


class Provenance(StrEnum):
    """Where a setting's value came from."""

    DEFAULT = "default"
    RESIDENT = "resident"
    CLINICIAN = "clinician"
    DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A versioned value with its provenance. `reference` names the decision, the prescription or the utterance."""

    key: str
    version: int
    value: float | str | bool
    provenance: Provenance
    by: str
    because: str
    at: datetime
    reference: str | None = None
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Whom one step tells: exactly one of `who` (a person), `rota`, `role` or `tier`, and by which channels in order.

    The tier is that of the community responders; `competence` is what one of them must be able to do.
    """

    via: tuple[str, ...]
    who: str | None = None
    rota: str | None = None
    role: Role | None = None
    tier: str | None = None
    competence: str | None = None
    first_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a plan: tell these, wait this long. `when` is a condition on the finding's evidence, or None."""

    id: str
    wait: timedelta
    notify: tuple[Notify, ...]
    when: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """A plan as it was when the alarm opened: frozen then. Contacts, opt-outs and consent are read live."""

    name: str
    steps: tuple[Step, ...]
    rounds: int
    ack_timeout: timedelta
    attend_timeout: timedelta
    exhausted_retry: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """How the resident is asked first. A window of zero asks nobody and goes straight to people."""

    window: timedelta
    prompts: int = 1
    cancel: CancelRule = CancelRule.BUTTON_OR_PHRASE


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmPolicy:
    """What one kind of finding becomes: how grave, which plan, how the resident is asked.

    What `belongs_to` the family is no matter for clinicians, whoever the plan names; None: as is usual for the kind.
    """

    severity: int
    plan: EscalationPolicy
    check_in: CheckIn
    belongs_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A finding that people must deal with. `version` is the compare-and-swap counter; `code` the two-digit reply code.

    `next_boot_s` is `next_at` on the boot clock of boot `boot_id`: within that boot it alone decides, so that a clock
    that jumps moves no timer. Every alarm that is not terminal has `next_at` and `next_reason`.
    """

    id: int
    kind: str
    severity: int
    state: AlarmState
    policy: AlarmPolicy
    because: str
    room: str | None
    opened_at: datetime
    version: int
    code: str
    round: int = 0
    step: int = -1
    prompts_given: int = 0
    owner: str | None = None
    next_at: datetime | None = None
    next_reason: str | None = None
    next_boot_s: float | None = None
    boot_id: str | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text for one person by one channel. `reference` is in the text, to find it again at the provider.

    A call has no place for one: it is found by `claimed_at`, when it was decided to make this attempt. `severity` is
    the alarm's; None: it belongs to none.
    """

    notification_id: int
    person: str
    channel: str
    to: str
    text: str
    reference: str
    purpose: Purpose
    alarm_id: int | None = None
    claimed_at: datetime | None = None
    severity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a provider says of a message: how far it got, and whether anything spoke against it (sticky).

    Joined by highest positive rank and any negative flag, so the order and repetition of reports do not matter.
    """

    state: NotificationState
    provider_id: str | None = None
    negative: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Something a person sent back. `provider_id` makes it count once. `sender` is an address, not a name."""

    provider_id: str
    channel: str
    sender: str
    text: str
    at: datetime


class ChannelError(Exception):
    """A channel could not take a message.

    `permanent`: sending the same again fails again (a bad number). `ambiguous`: it may have been taken all the same, so
    the provider is asked (`find`) before it is sent again.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, ambiguous: bool = False, opted_out: bool = False
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.ambiguous = ambiguous
        self.opted_out = opted_out


class Channel(Protocol):
    """A way to reach people. Every method is bounded in time by the adapter itself."""

    name: str

    async def send(self, message: Message) -> Evidence:
        """Hand the message over; say how far it got. Raises `ChannelError`."""
        ...

    async def find(self, message: Message) -> Evidence | None:
        """Look for a message that may have been taken, by recipient and reference; None: not there."""
        ...

    async def status(self, provider_id: str) -> Evidence | None:
        """How far a message has got by now; None where the channel cannot tell."""
        ...

    async def inbound(self, since: datetime) -> list[Inbound]:
        """What people sent back since then; may repeat what was seen before."""
        ...
