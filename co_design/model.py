"""The vocabulary of the co-design chain: from a sentence somebody said to what it changed, and what they were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model import Provenance, Role


class SessionForm(StrEnum):
    """How people met. Every form counts the same."""

    WORKSHOP = "workshop"
    ONE_TO_ONE = "one_to_one"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    PAPER = "paper"


class Participation(StrEnum):
    """How far people shared in a decision."""

    INFORM = "inform"
    CONSULT = "consult"
    MINIMAL = "minimal_co_production"
    FULL = "full_co_production"


class Medium(StrEnum):
    """How the words reached the record."""

    SPOKEN = "spoken"
    PHONE = "phone"
    PAPER = "paper"
    SMS = "sms"
    PORTAL = "portal"
    BUTTON = "button"
    PHOTO = "photo"
    OBSERVED = "observed"


class ConsentScope(StrEnum):
    """How far somebody's words may travel, each scope including those before it."""

    HOME = "home"
    PROJECT = "project"
    PUBLIC = "public"


class LinkKind(StrEnum):
    """What in the living system an utterance is about."""

    ALARM = "alarm"
    SETTING = "setting"


class EffectKind(StrEnum):
    """What a measurement of a change said; a null result is a result."""

    NOT_YET = "not_yet"
    BETTER = "better"
    NO_DIFFERENCE = "no_difference"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """One session of people thinking together, in a hall, by phone or on paper."""

    id: int
    title: str
    purpose: str
    form: SessionForm
    participation: Participation
    facilitator: str
    method: str
    language: str
    held_at: datetime
    place: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody whose words are kept, under a pseudonym.

    `person` is their key in home.toml where they belong to this household; it leaves the home with nothing and is
    cleared when they withdraw. Nothing is kept of a participant beyond their `consent_scope`.
    """

    id: int
    pseudonym: str
    role: Role
    consent_scope: ConsentScope
    consented_at: datetime
    person: str | None = None
    access_needs: str | None = None
    consent_until: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What somebody said. `verbatim`: their own words, or else somebody's note of them.

    `source` names what it came from (`label:12`), so that the same thing said is recorded once; `redacted_at` says when
    the words were taken back.
    """

    id: int
    participant_id: int
    at: datetime
    medium: Medium
    language: str
    words: str
    verbatim: bool
    consent_scope: ConsentScope
    workshop_id: int | None = None
    source: str | None = None
    redacted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """A moment where somebody met the system, and how it felt. `step` is where on their journey."""

    id: int
    utterance_id: int
    step: str
    emotion: str
    coder: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What several utterances have in common, as coders named it. `merged_into` keeps its lineage."""

    id: int
    name: str
    meaning: str
    by: str
    at: datetime
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What people need, in their terms, and by when they are owed an answer."""

    id: int
    statement: str
    by: str
    at: datetime
    answer_by: datetime
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """What might meet a need, and whose it was."""

    id: int
    statement: str
    at: datetime
    participant_id: int | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, among which options, by whom, why, and who thought otherwise.

    `tallies` counts voices by role, never weighted; `dissent` stays beside the decision for good; `right` says by what
    right these people decided it (the resident first in their own home).
    """

    id: int
    question: str
    options: tuple[str, ...]
    chosen: str
    tallies: Mapping[str, Mapping[str, int]]
    dissent: tuple[str, ...]
    reasons: str
    right: str
    at: datetime
    workshop_id: int | None = None
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting's version that a decision made: in which homes, since when, and what came of it."""

    id: int
    decision_id: int
    setting_key: str
    setting_version: int
    homes: tuple[str, ...]
    at: datetime
    effect: EffectKind
    effect_note: str | None = None
    measured_at: datetime | None = None
    reverted_at: datetime | None = None
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Who was told what became of it, how, and whether they agree."""

    id: int
    change_id: int
    participant_id: int
    medium: Medium
    told: str
    at: datetime
    agrees: bool | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedUtterance:
    """An utterance as a trace shows it: who by pseudonym and role, what, when, about which alarm."""

    id: int
    pseudonym: str
    role: Role
    at: datetime
    medium: Medium
    words: str
    alarms: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedSetting:
    """One version of a setting, where it came from, and what was said of it. Version 0 is the shipped default.

    Who chose it is not here: a name beside a pseudonym would tell whose it is.
    """

    key: str
    version: int
    value: float | str | bool
    provenance: Provenance
    because: str
    utterances: tuple[TracedUtterance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """From an alarm or a setting to the people who spoke about it."""

    subject: str
    about: str
    settings: tuple[TracedSetting, ...]
    utterances: tuple[TracedUtterance, ...]
