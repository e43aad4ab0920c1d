"""What an entry of each register says. An entry is written in versions; none is overwritten."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, PlainSerializer, model_validator

from co_design.acts.base import Name, Payload, Text
from hub.model import Role


class Register(StrEnum):
    """Which register an entry belongs to."""

    ASSUMPTION = "assumption"
    RIGHT = "right"
    NUDGE = "nudge"
    BURDEN = "burden"
    COMMITMENT = "commitment"
    HARM_REVIEW = "harm_review"
    DONATION = "donation"
    SERVED = "served"
    METHOD = "method"
    NO_THANKS = "no_thanks"


Moment = Annotated[AwareDatetime, PlainSerializer(lambda at: at.isoformat(), when_used="json")]


class Assumption(Payload):
    """What a rule takes for granted, why, who debated it, who thought otherwise, and what it does not know."""

    claim: Text
    rationale: Text
    setting: Name | None = None
    debated_by: tuple[Name, ...] = ()
    dissent: tuple[int, ...] = ()
    not_known: Text
    owner: Name
    review_at: Moment


class RightEntry(Payload):
    """Who must agree, and must not object, before settings with such keys are changed."""

    pattern: Name
    roles: tuple[Role, ...] = Field(min_length=1)
    words: Text

    @model_validator(mode="after")
    def _resident_first(self) -> Self:
        """In a resident's own home nothing is decided over their head."""
        if Role.RESIDENT not in self.roles:
            raise ValueError("the resident is always among those who decide about their own home")
        return self


class Nudge(Payload):
    """Something that is meant to move people to do something: openly, with consent, and with a way to switch it off."""

    what: Text
    purpose: Text
    author: Name
    consent: Text
    off_switch: Text
    effect: Text | None = None
    retired: bool = False


class Burden(Payload):
    """What taking part, or living with the system, cost somebody."""

    participant: int
    what: Text
    minutes: int = Field(default=0, ge=0)
    nights_woken: int = Field(default=0, ge=0)
    pence: int = Field(default=0, ge=0)


class Commitment(Payload):
    """What was promised, by whom, and how often they say that it still holds. A later version with `beat` says so."""

    what: Text
    steward: Name
    every_days: int = Field(gt=0, le=366)
    ended: Text | None = None


class HarmReview(Payload):
    """A look back at what a change did to people, 3, 12 and 36 months on: drawbacks can take years to be seen."""

    change: int
    months: int
    due_at: Moment
    owner: Name
    found: Text | None = None


class Donation(Payload):
    """Data that somebody gives for one purpose, until a day. The receipt is for them to keep."""

    participant: int
    purpose: Name
    data: Text
    expires_at: Moment
    ended: bool = False


class Served(Payload):
    """How many people the service is for, by role and by access need: what reach is measured against."""

    roles: dict[Role, int] = Field(default_factory=dict)
    access_needs: dict[Name, int] = Field(default_factory=dict)


class Method(Payload):
    """A form, a codebook or a way of working of this module itself. It is changed by a decision of those who use it."""

    title: Name
    text: Text


class NoThanks(Payload):
    """Somebody would rather not be named where contributions are acknowledged."""

    participant: int


BODIES: dict[Register, type[Payload]] = {
    Register.ASSUMPTION: Assumption,
    Register.RIGHT: RightEntry,
    Register.NUDGE: Nudge,
    Register.BURDEN: Burden,
    Register.COMMITMENT: Commitment,
    Register.HARM_REVIEW: HarmReview,
    Register.DONATION: Donation,
    Register.SERVED: Served,
    Register.METHOD: Method,
    Register.NO_THANKS: NoThanks,
}
"""Every register and what its entries say."""
BY_DECISION = frozenset({Register.RIGHT, Register.METHOD})
"""What only a decision changes."""
