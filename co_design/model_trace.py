"""What a trace shows: the chain as its reader may see it, from what was said to what came of it and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from co_design.model import EffectKind, Medium
from hub.model import Provenance, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedUtterance:
    """An utterance: who by pseudonym and role, what, when, about which alarm."""

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
class TracedStep:
    """A theme, a need or an idea on the way; `marked`: some of what it rests on was taken back."""

    id: int
    words: str
    marked: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEffect:
    """One measure before and after, in words, with the interval where there is one."""

    measure: str
    words: str
    kind: EffectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedChange:
    """What was changed, in which homes, whether it was taken back, and what it did."""

    id: int
    setting: str
    value: float | str | bool | None
    version: int
    at: datetime
    homes: tuple[str, ...]
    effect: EffectKind
    effects: tuple[TracedEffect, ...]
    reverted_at: datetime | None
    reverted_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedReply:
    """What somebody was told, whether they agree, and what they answered."""

    pseudonym: str
    told: str
    at: datetime
    agrees: bool | None
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedDecision:
    """What was decided and why: the options, how each role spoke, who thought otherwise, and what came of it."""

    id: int
    question: str
    options: tuple[str, ...]
    chosen: str
    tallies: Mapping[str, Mapping[str, Mapping[str, int | str]]]
    dissent: tuple[str, ...]
    reasons: str
    right: str
    at: datetime
    marked: bool
    changes: tuple[TracedChange, ...]
    replies: tuple[TracedReply, ...]
    no_change_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """From an alarm, a setting or an utterance to all that it is linked to, both ways."""

    subject: str
    about: str
    settings: tuple[TracedSetting, ...]
    utterances: tuple[TracedUtterance, ...]
    themes: tuple[TracedStep, ...]
    needs: tuple[TracedStep, ...]
    ideas: tuple[TracedStep, ...]
    decisions: tuple[TracedDecision, ...]
