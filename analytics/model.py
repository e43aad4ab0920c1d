"""The vocabulary of noticing: findings, detectors, and what a detector knows of the home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from devices.model import Observation, Quantity, Reading, SampleBlock, TriggerKind


class FindingKind(StrEnum):
    """What can be noticed. The names are those of the `[alarms]` table of home.toml."""

    PANIC = "panic"
    FALL = "fall"
    WANDERING = "wandering"
    ABNORMAL_PULSE = "abnormal_pulse"
    ABNORMAL_SPO2 = "abnormal_spo2"
    EARLY_WARNING = "early_warning"
    IRREGULAR_PULSE = "irregular_pulse"
    UNUSUAL_VITALS = "unusual_vitals"
    INACTIVITY = "inactivity"
    HOME_DANGER = "home_danger"
    HOME_CLIMATE = "home_climate"
    ROUTINE_CHANGE = "routine_change"
    FAULT = "fault"
    HUB_OFFLINE = "hub_offline"


class Answer(StrEnum):
    """What a press on a button means to the resident."""

    HELP = "help"
    FINE = "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingValue:
    """A setting as a detector sees it; `version` says which decision it came from (0: the shipped default)."""

    value: float | str | bool
    version: int = 0


Settings = Mapping[str, SettingValue]
"""Every setting in force, by key (`inactivity.longest_silence_min`); defaults: `analytics.settings.DEFAULTS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One observation that a finding rests on. `id` is the store's number of it; None before it is stored."""

    device: str
    what: str
    value: float | None
    at: datetime
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector noticed, and why.

    `because` is one sentence that the resident's daughter understands. `episode` is the same for every finding about
    the same happening, so that a restart which replays the past finds it again and does not raise it twice;
    (`detector`, `episode`) is unique. `severity` is 1 (note) to 10 (life). `settings` are the
    values it used, with their versions. `window` is the movement it rests on, to be kept beside it.
    A `note` only adds to an alarm that is open already (what speaks against it, who came): it never opens one.
    """

    kind: FindingKind
    severity: int
    at: datetime
    because: str
    detector: str
    detector_version: int
    episode: str
    room: str | None = None
    evidence: tuple[Evidence, ...] = ()
    settings: Settings = field(default_factory=dict)
    window: SampleBlock | None = field(default=None, compare=False)
    note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What a detector needs to know of one device."""

    device: str
    kind: str
    name: str
    room: str | None = None
    person: str | None = None
    outer_door: bool = False
    bed: bool = False  # lies in or under the bed: occupied means in bed
    answers: Mapping[TriggerKind, Answer] = field(default_factory=dict)

    def means(self, trigger: TriggerKind) -> Answer:
        """What this press means; a press that nobody has given a meaning calls for help."""
        return self.answers.get(trigger, Answer.HELP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One resident's home as the detectors see it."""

    id: str
    tz: ZoneInfo
    resident: str
    resident_name: str
    sensors: Mapping[str, Sensor]
    occupants: int = 1


Interest = Quantity | TriggerKind | type[Observation]


class Detector(Protocol):
    """Notices one thing. Streaming and pure: time comes only from observations and `tick`.

    `listens_to` names what `update` is called with, so that nothing else costs anything. `due` is the next time at
    which `tick` could have something to say, None if never; the engine calls `tick` with exactly that time, live and
    in replay alike, so that both find the same. `lookback_s` is how much of the past rebuilds its state.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    listens_to: ClassVar[frozenset[Interest]]
    lookback_s: float

    @property
    def due(self) -> datetime | None:
        """When `tick` next has something to decide."""
        ...

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        """Take one observation, in the order in which the hub heard it.

        `number` is the store's number of it, to be carried into the evidence of any finding that rests on it.
        """
        ...

    def tick(self, now: datetime) -> Iterable[Finding]:
        """Decide what the passing of time alone decides."""
        ...


@runtime_checkable
class Deriver(Protocol):
    """A detector that also makes readings: what it learns of raw samples, or of very many readings.

    The engine lets every detector that listens hear them, as it does when they are replayed from the store. Samples are
    not stored themselves. `raw` names the readings that it makes others of: of those only so many seconds of the past
    rebuild its state, instead of `lookback_s`.
    """

    raw: Mapping[Quantity, float]

    def derived(self) -> list[Reading]:
        """The readings made since this was asked last."""
        ...
