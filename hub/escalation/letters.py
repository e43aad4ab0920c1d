"""What a reader may know. Consent decides it, here and nowhere else: every word that goes out asks this. Pure."""

from dataclasses import dataclass

from hub.escalation import wording
from hub.household.model import Household
from hub.model import TERMINAL, Alarm, Contact, Role

VOICE = "voice"
SPOKEN = frozenset({"speaker", "siren", "screen", "console", VOICE})
"""Channels in the resident's own room, and a telephone: no limit of length, and no reference."""

_OPEN = frozenset({"first_name", "kind", "kind_plain", "room", "time", "vitals_band", "news2"})
_PRIVATE = _OPEN | {"name", "address", "vitals", "birth_year", "key_safe", "contacts"}
CARRIES = {"scaip": _PRIVATE}
"""What a channel may carry at all. Texts lie on locked screens and at carriers: no full name, address or figures."""
TO_CENTRE = _OPEN | {"name", "address"}
"""What a call to a receiving centre may hold: it looks after many homes, and no machine takes the call."""
NAMELESS = frozenset({"kind", "kind_plain", "time"})
"""What a community responder may be told before they have said that they are going."""
IMPLIED = {"vitals_band": "vitals", "first_name": "name"}
"""Whoever may see the second may see the first, which says less."""

_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To whom a message goes, by what channel, about which alarm.

    `going` is the person who has taken it; `link` is where it can be answered without signing in.
    """

    household: Household
    reader: Contact
    channel: str
    reference: str
    alarm: Alarm | None = None
    going: str | None = None
    repeat: bool = False
    link: str | None = None


def may_see(letter: Letter, field: str) -> bool:
    """Whether the reader's role may see this field, and this channel may carry it."""
    if has_accepted(letter) and field in (letter.household.consent.on_acceptance or ()):
        return True
    return field in carried(letter) and consented(letter, field)


def consented(letter: Letter, field: str) -> bool:
    """Whether the resident lets the reader's role see this field, by whatever channel."""
    consent, role = letter.household.consent, letter.reader.role
    return consent.allows(role, field) or (field in IMPLIED and consent.allows(role, IMPLIED[field]))


def carried(letter: Letter) -> frozenset[str]:
    """What this channel may carry to this reader at all."""
    if letter.reader.responder is not None and not has_accepted(letter):
        return NAMELESS
    if letter.channel == VOICE and letter.reader.role is Role.ARC:
        return TO_CENTRE
    return CARRIES.get(letter.channel, _OPEN)


def has_accepted(letter: Letter) -> bool:
    """Whether the reader is a community responder who is on the way, or there."""
    alarm = letter.alarm
    theirs = alarm is not None and alarm.owner == letter.reader.name and alarm.state not in TERMINAL
    return theirs and letter.reader.responder is not None


def who(letter: Letter) -> str:
    """The resident as this reader may know them on this channel."""
    household, responder = letter.household, letter.reader.responder
    if responder is not None and not has_accepted(letter):
        return wording.NEARBY.format(metres=max(100, round(responder.distance_m, -2)))
    if letter.reader.role is Role.CLINICIAN and letter.channel not in CARRIES:
        return f"your patient {household.id}"
    if may_see(letter, "name"):
        return household.person.full_name
    if may_see(letter, "first_name"):
        return household.person.first_name[:_LONGEST_NAME]
    return wording.SOMEONE


def going(letter: Letter) -> str:
    """Whoever is on the way, as this reader may know them: a responder does not learn who the others are."""
    person = letter.household.people.get(letter.going or "")
    known = person is not None and letter.reader.responder is None
    return person.display[:_LONGEST_NAME] if person is not None and known else "Somebody"
