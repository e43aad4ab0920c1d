"""People, as the hub knows them: who they are to the resident, how they are reached, what they have agreed to."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """Who a person is to the resident."""

    RESIDENT = "resident"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    CLINICIAN = "clinician"
    FACILITATOR = "facilitator"
    OPERATOR = "operator"
    ARC = "arc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to reach a person: channel `sms`, `voice`, `push`, `speaker`, `button`, `console`, `scaip`, and where."""

    channel: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """A neighbour who has agreed to be called to somebody in need: since when, for what, and how far they would go."""

    consented: date
    competence: frozenset[str]
    distance_m: int
    radius_m: int

    def answers(self, competence: str | None) -> bool:
        """Whether this is one to call: near enough, and able to do what is asked for."""
        return self.distance_m <= self.radius_m and (competence is None or competence in self.competence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person of the household. `name` is their key in home.toml until `display` says otherwise."""

    name: str
    role: Role
    display: str
    addresses: tuple[Address, ...] = ()
    key_holder: bool = False
    responder: Responder | None = None
