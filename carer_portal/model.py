"""What a page shows, cut down to what the viewer may see: a field that is not theirs to see is None or empty."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from devices.model import Quantity
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Purpose, Role


class Status(StrEnum):
    """Is the resident all right? The four answers."""

    WELL = "well"
    LOOK = "look"
    ALARM = "alarm"
    UNKNOWN = "cannot_tell"


class Band(StrEnum):
    """Where a vital sign lies in this person's own range."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"


class Tone(StrEnum):
    """How a line speaks: for all being well, against it, or neither."""

    GOOD = "good"
    ATTENTION = "attention"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence of a list, and how it speaks."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the plan: their key in home.toml and how they are called. Never a number or an address."""

    key: str
    display: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The last sign of somebody moving."""

    at: datetime | None
    room: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """The last value of a vital sign: the value itself, or only where it lies."""

    quantity: Quantity
    at: datetime | None
    value: float | None
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """An outer door or a window, and since when it is so."""

    name: str
    open: bool
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A sensor that has fallen silent; `since` is None where it was never heard at all.

    `at_will`: worn or used when somebody likes, so that its silence is no fault; `means` says what it may be.
    """

    name: str
    since: datetime | None
    at_will: bool
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLink:
    """A radio or a port that is down."""

    subject: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFault:
    """Something broken, whose it is, and by when."""

    because: str
    owner: Person | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Something that could not be seen for a while, and why."""

    because: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """What cannot be seen now. `hub_since` is None while the hub is alive.

    `unreliable` counts the sensors of which one of the faults says that they cannot be relied on. `lapses` are what
    could not be seen in the last day, and can again.
    """

    hub_since: datetime | None
    hub_ever: bool
    sensors: int
    unheard: tuple[Unheard, ...]
    links: tuple[LostLink, ...]
    faults: tuple[OpenFault, ...]
    unreliable: int
    lapses: tuple[Lapse, ...]
    unknown_senders: int
    malformed_frames: int

    @property
    def hub_alive(self) -> bool:
        """Whether the hub was heard from just now."""
        return self.hub_ever and self.hub_since is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message about an alarm: to whom, how, how far it got."""

    person: Person
    channel: str
    purpose: Purpose
    state: NotificationState
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody answered to an alarm."""

    person: Person
    said: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlarm:
    """An alarm that is not closed. `equipment`: about the system, not about the person."""

    id: int
    title: str
    equipment: bool
    severity: int
    state: AlarmState
    because: str | None
    room: str | None
    opened_at: datetime | None
    owner: Person | None
    answers: tuple[Answered, ...]
    told: tuple[Told, ...]
    next_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What somebody said of a past alarm."""

    person: Person
    verdict: Verdict
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlarm:
    """A closed alarm, how it ended, and what people said of it."""

    id: int
    title: str
    state: AlarmState
    because: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    labels: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something the viewer asked the hub for, and its answer; `result` is None while the hub has not answered."""

    id: int
    kind: str
    alarm_id: int | None
    at: datetime
    result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking."""

    key: str
    display: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """The resident lets the sensors rest; `until` is None until they say."""

    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What this viewer may know of now, from which everything is said."""

    resting: Resting | None

    movement: Movement | None
    vitals: tuple[Vital, ...]
    doors: tuple[Door, ...]
    blind: Blind
    alarms: tuple[OpenAlarm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The page. `status` and `past` are None for a role that is not told of them; `helps`: this role answers alarms."""

    now: datetime
    tz: ZoneInfo
    resident: str | None
    status: Status | None
    sentence: str
    why: tuple[Line, ...]
    cannot_see: tuple[Line, ...]
    shown: Shown
    past: tuple[PastAlarm, ...] | None
    helps: bool
