"""The vocabulary of the co-design chain: from a sentence somebody said to what it changed, and what they were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model import Role


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


class Activity(StrEnum):
    """What people do together in a session."""

    VIGNETTE = "vignette"
    TOUCHPOINT_MAP = "touchpoint_map"
    STORYBOARD = "storyboard"
    DOT_VOTING = "dot_voting"
    NOMINAL_GROUP = "nominal_group"
    CARD_SORT = "card_sort"
    HOME_WALK = "home_walk"
    CONVERSATION = "conversation"


class Response(StrEnum):
    """What became of an invitation. To decline is an answer, not a fault."""

    CAME = "came"
    INVITED = "invited"
    DECLINED = "declined"


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
    recruitment: str | None = None
    access: str | None = None
    agenda: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody whose words are kept, under a pseudonym.

    `person` is their key in home.toml where they belong to this household: it leaves the home with nothing, and stays
    after a withdrawal only so that no later word of theirs is kept. `consent_scope` bounds every utterance of theirs.
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
    participation: Participation | None = None


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
    """What people need, in their terms, and by when they are owed an answer.

    It is answered by a decision on an idea that meets it, or by `answer`: why it will not be met.
    """

    id: int
    statement: str
    by: str
    at: datetime
    answer_by: datetime
    merged_into: int | None = None
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea:
    """What might meet a need, whose it was, and by what it came. `merged_into` and `split_from` keep its lineage."""

    id: int
    statement: str
    at: datetime
    medium: Medium = Medium.SPOKEN
    participant_id: int | None = None
    merged_into: int | None = None
    split_from: int | None = None
