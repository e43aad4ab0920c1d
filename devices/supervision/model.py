"""The vocabulary of supervision: what can be wrong with what the hub hears by, and what is concluded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from devices.kinds import DeviceKind


class Condition(StrEnum):
    """What can be wrong."""

    RECEIVER_DOWN = "receiver_down"
    RECEIVER_DEAF = "receiver_deaf"
    SIGNAL_FELL = "signal_fell"
    LOST = "lost"
    WEARABLE_SILENT = "wearable_silent"
    UNTESTED = "untested"
    UNREADABLE = "unreadable"
    BATTERY_LOW = "battery_low"
    BATTERY_DYING = "battery_dying"
    NOT_WORN = "not_worn"
    STUCK = "stuck"
    CLOCK_WRONG = "clock_wrong"


BLINDING = frozenset(Condition) - {
    Condition.SIGNAL_FELL,
    Condition.BATTERY_LOW,
    Condition.BATTERY_DYING,
    Condition.CLOCK_WRONG,
}
"""Those in which the device, or all that a receiver hears, cannot be relied on now. The others tell what may come."""
OF_RECEIVERS = frozenset({Condition.RECEIVER_DOWN, Condition.RECEIVER_DEAF, Condition.SIGNAL_FELL})
"""Those of a receiver; their subject is the subject of its link events. The subject of all others is a device."""
SAYS_ENOUGH = frozenset({Condition.BATTERY_LOW, Condition.BATTERY_DYING, Condition.CLOCK_WRONG})
"""Those that are told without what they mean: the device still works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One declared device: its key in home.toml, what people call it, and which receiver hears it.

    `receiver` is the subject of that receiver's own link events.
    """

    name: str
    title: str
    kind: DeviceKind
    receiver: str
    room: str | None = None
    person: str | None = None
    bed: bool = False
    outer_door: bool = False


Key = tuple[Condition, str]
"""What tells one conclusion from another: what is wrong, and with what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """Something is wrong, since when, why we think so, what it means for the resident, and what stands in meanwhile.

    `subject` is a device's name or a receiver's subject. `because` and `cover` are sentences; `means` is the end of
    one that began with "so". `grave`: help might not be called, or danger not be noticed.
    """

    condition: Condition
    subject: str
    since: datetime
    because: str
    means: str
    cover: str
    room: str | None = None
    grave: bool = False

    @property
    def key(self) -> Key:
        """What tells this conclusion from another."""
        return self.condition, self.subject

    @property
    def sentence(self) -> str:
        """What it is, and what cannot be told therefore, in one sentence."""
        return self.because if self.condition in SAYS_ENOUGH else f"{self.because.removesuffix('.')}, so {self.means}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is wrong now, and of what it is known that it is not, with how that ended. The rest nobody can tell."""

    conclusions: tuple[Conclusion, ...]
    fine: Mapping[Key, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A rule finds that something is wrong: since when, and why."""

    since: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fine:
    """A rule finds that all is well; `outcome` is how a trouble of this sort has ended."""

    outcome: str


Verdict = Bad | Fine | None
"""None: it cannot be told."""
