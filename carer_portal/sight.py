"""What one role may see of a home: the resident's consent, looked up once and asked everywhere.

What is not listed is denied. Consent concerns the resident: who among the helpers was told and who is going is
theirs to know, so it is shown to every role that helps.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, or_, select

from analytics.model import FindingKind
from carer_portal import wording
from carer_portal.model import Viewer
from hub.household.model import Household
from hub.model import Role
from hub.store.schema import consent, to_us

EQUIPMENT: Final = frozenset({FindingKind.FAULT, FindingKind.HUB_OFFLINE})
"""Findings about the system rather than about the person."""
VITAL: Final = frozenset(
    {
        FindingKind.ABNORMAL_PULSE,
        FindingKind.ABNORMAL_SPO2,
        FindingKind.EARLY_WARNING,
        FindingKind.IRREGULAR_PULSE,
        FindingKind.UNUSUAL_VITALS,
    }
)
HELPERS: Final = frozenset({Role.RESIDENT, Role.FAMILY, Role.NEIGHBOUR, Role.CLINICIAN, Role.ARC})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One role's view."""

    role: Role
    fields: frozenset[str]

    def may(self, *names: str) -> bool:
        """Whether every one of these fields may be seen. Residents see everything about themselves."""
        return self.role is Role.RESIDENT or self.fields.issuperset(names)

    @property
    def person(self) -> bool:
        """Whether anything about how the person is may be told at all."""
        return self.may("kind") or self.may("kind_plain")

    @property
    def helps(self) -> bool:
        """Whether this role answers alarms, and so knows who else was told."""
        return self.role in HELPERS and self.person

    @property
    def bands(self) -> bool:
        """Whether it may be told where a vital sign lies, if not its value."""
        return self.may("vitals_band") or self.may("vitals")

    @property
    def named(self) -> bool:
        """Whether it may be told what the resident is called."""
        return self.may("name") or self.may("first_name")

    def name(self, household: Household) -> str | None:
        """What the resident is called, if that may be told."""
        return household.person.first_name if self.named else None

    def alarm(self, kind: str) -> bool:
        """Whether an alarm of this kind is shown: the equipment's also to those who mend it."""
        return self.person or (self.role is Role.OPERATOR and kind in EQUIPMENT)

    def title(self, kind: str) -> str:
        """What an alarm is called: its kind, or only whether somebody may need help."""
        if self.may("kind") or kind in EQUIPMENT:
            return wording.ALARM_TITLES.get(kind, wording.PLAIN_PERSON)
        return wording.PLAIN_PERSON

    def because(self, kind: str, words: str) -> str | None:
        """Why there is an alarm: names, rooms, times and values stand in the sentence, so it needs consent for each."""
        if kind in EQUIPMENT:
            return self.fault(words)
        if not (self.may("kind", "room", "time") and self.named):
            return None
        return wording.PLAIN_BECAUSE[kind] if kind in VITAL and not self.may("vitals") else words

    def fault(self, words: str) -> str:
        """Why something is broken. The sentence names a device and so its room; whoever mends it needs that."""
        return words if self.role is Role.OPERATOR or self.may("room") else wording.PLAIN_EQUIPMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at which home, when, and what they may see: what every query of a page is given."""

    viewer: Viewer
    household: Household
    sight: Sight
    now: datetime

    @property
    def tz(self) -> ZoneInfo:
        """The home's zone."""
        return self.household.tz

    @property
    def own(self) -> bool:
        """Whether it is the resident who looks: at what is theirs to see, and theirs alone to decide."""
        return self.viewer.key == self.household.resident

    @property
    def resident(self) -> str:
        """What the resident is called, as far as this viewer may know."""
        return self.sight.name(self.household) or wording.SOMEBODY


def sight(connection: Connection, household: Household, role: Role, now: datetime) -> Sight:
    """What this role may see now: the consent in force, less what has expired."""
    in_force = or_(consent.c.expires_at.is_(None), consent.c.expires_at > to_us(now))
    rows = select(consent.c.field).where(
        consent.c.revision == household.consent.revision, consent.c.role == role, in_force
    )
    return Sight(role=role, fields=frozenset(connection.execute(rows).scalars()))
