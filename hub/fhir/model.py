"""What goes into an export, and what the recipient may see of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from devices.model import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measurement. `value` is None where it is not to be believed; `absent` says why. `key` names it for good."""

    key: str
    device: str
    quantity: Quantity
    at: datetime
    value: float | None
    absent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One early-warning score; `total` is None where it is partial, and then it is at least `at_least`."""

    key: str
    at: datetime
    total: float | None
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An open alarm, in the words that the recipient may read."""

    number: int
    title: str
    because: str | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """A device that measured: what it is, and its own name, if that may be told."""

    key: str
    kind: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The resident, as far as the recipient may know who that is; None for what they may not."""

    household: str
    key: str
    full_name: str | None = None
    first_name: str | None = None
    birth_year: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Everything that one recipient is given. `times`: whether they may know when anything was."""

    subject: Subject
    at: datetime
    times: bool
    consent_revision: int
    appliances: Sequence[Appliance] = ()
    measured: Sequence[Measured] = ()
    scored: Sequence[Scored] = ()
    raised: Sequence[Raised] = ()
