"""The vocabulary of finding devices: what was heard somewhere, and what kind it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.kinds import Path
from devices.model import Frame, Quantity, TriggerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that was heard.

    `address` is what home.toml would say; `count` how often it spoke; `frames` the latest different things that it
    said; `services` the Bluetooth services that it offers (`180d`, or a full UUID). `options` are those that home.toml
    would need besides; `tells` is what its own system says that it can tell.
    """

    path: Path
    address: str
    count: int
    frames: tuple[Frame, ...] = ()
    name: str | None = None
    signal_dbm: int | None = None
    services: frozenset[str] = frozenset()
    options: Mapping[str, str] = field(default_factory=dict)
    tells: frozenset[Quantity | TriggerKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A kind that it may be, and why we think so. `general`: one that fits many devices."""

    kind: str
    because: str
    general: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What receivers heard, in a sentence each what cannot be listened to, and how many could be listened with."""

    found: tuple[Found, ...] = ()
    troubles: tuple[str, ...] = ()
    listened: int = 0
