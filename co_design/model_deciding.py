"""The second half of the chain's vocabulary: from options and voices to a change, its effect, and the reply."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from co_design.model import EffectKind, Medium, Participation

Tallies = Mapping[str, Mapping[str, Mapping[str, int]]]
"""By option (its number), then by role, how many voices said what. Never weighted, never added up over roles."""


class Method(StrEnum):
    """How people choose. Only consent can change a setting: a ranking tells what is liked, not what harms."""

    CONSENT = "consent"
    RANKING = "ranking"
    DOTS = "dots"


class Stance(StrEnum):
    """What somebody says to an option in consent voting."""

    AGREE = "agree"
    STAND_ASIDE = "stand_aside"
    OBJECT = "object"


class Mark(StrEnum):
    """What a mark is set on: everything that can rest on what somebody said."""

    THEME = "theme"
    NEED = "need"
    IDEA = "idea"
    DECISION = "decision"
    CHANGE = "change"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A question put to people. `setting_key` where its options are values of a setting."""

    id: int
    question: str
    method: Method
    at: datetime
    setting_key: str | None = None
    workshop_id: int | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer to the question, and what would follow from it, for whom. `value` is the setting's, if it is one."""

    id: int
    ballot_id: int
    label: str
    consequences: str
    value: float | str | bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One person's voice on one option: a stance, a rank, or a number of dots. Why is an utterance."""

    ballot_id: int
    participant_id: int
    option_id: int
    choice: str
    at: datetime
    utterance_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, by what right, why, and by when people hear of it. Dissent stays beside it for good.

    `no_change_because`: why nothing changes, where that was decided.
    """

    id: int
    ballot_id: int
    option_id: int
    tallies: Tallies
    reasons: str
    right: str
    participation: Participation
    at: datetime
    follow_up_by: datetime
    review_at: datetime | None = None
    no_change_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting's version that a decision made, and what came of it. `reverted_version`: which version took it back."""

    id: int
    decision_id: int
    setting_key: str
    setting_version: int
    at: datetime
    effect: EffectKind
    measured_at: datetime | None = None
    reverted_at: datetime | None = None
    reverted_version: int | None = None
    reverted_because: str | None = None
    review_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Which home lives with a change, since when, until when."""

    change_id: int
    home: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One measure before and after a change, with its uncertainty; kept whatever it says.

    `ratio` is after to before, per day where it is counted; `low` and `high` bound it with 95 % confidence. They are
    None where nothing could be compared.
    """

    id: int
    change_id: int
    measure: str
    before: float
    before_days: float
    after: float
    after_days: float
    kind: EffectKind
    at: datetime
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Who was told what became of it, how, and whether they agree. What they answered is an utterance."""

    id: int
    decision_id: int
    participant_id: int
    medium: Medium
    told: str
    at: datetime
    agrees: bool | None = None
    utterance_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Something that rests on words which were since taken back, and since when."""

    kind: Mark
    subject_id: int
    utterance_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A letter, report, export or pack that left the record, and whose words it holds; `recalled_at`: taken back."""

    id: int
    kind: str
    to: str
    sha256: str
    utterances: tuple[int, ...]
    at: datetime
    recalled_at: datetime | None = None
