"""The words of a story: scenes of beats, in which devices show something and people do something."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from devices.model import Quantity, TriggerKind
from hub.model import AlarmState


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """One device shows one thing: a value, or a trigger (whose value means nothing)."""

    device: str
    what: Quantity | TriggerKind
    value: float = 1.0


class Deed(StrEnum):
    """What a person can do about an alarm."""

    TEXTS = "texts"
    ARRIVES = "arrives"
    CLOSES = "closes"
    SAYS_WRONG = "says_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Does:
    """One person does something about the latest alarm of one kind; `words` is what they write."""

    who: str
    deed: Deed
    alarm: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """What the story waits for: an alarm of this kind in this state, and then somebody told by text."""

    alarm: str
    state: AlarmState
    texted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One moment of the story: at a clock time, or `after` something happened and `pause` later."""

    at: str | None = None
    after: Until | None = None
    pause: timedelta = timedelta(0)
    tells: str = ""
    acts: tuple[Shows | Does, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A part of the day. `told` and `hurried`: how many times faster than life, for people and for machines."""

    title: str
    told: float
    hurried: float
    beats: tuple[Beat, ...]


Day = tuple[Scene, ...]
"""A whole story."""
