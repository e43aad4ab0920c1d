"""Every sentence that the portal says, in one place: plain, kind, short, and never blaming anybody."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from analytics.model import FindingKind
from carer_portal.catalogue import _, ngettext
from carer_portal.model import Band, Status
from devices.model import Quantity
from hub.intents import Said, Verdict
from hub.model import AlarmState, NotificationState, Purpose, Role

TITLE: Final = "Alongside"
SOMEBODY: Final = _("the resident")


def _table(rows: dict[str, str]) -> Mapping[str, str]:
    return MappingProxyType(rows)


STATUS_WORDS = _table(
    {
        Status.WELL: _("All well"),
        Status.LOOK: _("Something to look at"),
        Status.ALARM: _("Alarm"),
        Status.UNKNOWN: _("We cannot tell"),
    }
)
WHY_TITLES = _table(
    {
        Status.WELL: _("Why we think so"),
        Status.LOOK: _("What we know"),
        Status.ALARM: _("What else we know"),
        Status.UNKNOWN: _("What we knew last"),
    }
)
ALARM_TITLES = _table(
    {
        FindingKind.PANIC: _("Call for help"),
        FindingKind.FALL: _("Possible fall"),
        FindingKind.WANDERING: _("Out at night"),
        FindingKind.ABNORMAL_PULSE: _("Unusual pulse"),
        FindingKind.ABNORMAL_SPO2: _("Low blood oxygen"),
        FindingKind.EARLY_WARNING: _("Early warning"),
        FindingKind.IRREGULAR_PULSE: _("Uneven pulse"),
        FindingKind.UNUSUAL_VITALS: _("Measurements not as usual"),
        FindingKind.INACTIVITY: _("No movement"),
        FindingKind.HOME_DANGER: _("Danger in the home"),
        FindingKind.HOME_CLIMATE: _("Too cold, hot or damp at home"),
        FindingKind.ROUTINE_CHANGE: _("Days not as usual"),
        FindingKind.FAULT: _("Something is broken"),
        FindingKind.HUB_OFFLINE: _("The hub cannot be reached"),
    }
)
PLAIN_PERSON: Final = _("May need help")
PLAIN_EQUIPMENT: Final = _("Something with the equipment")
PLAIN_BECAUSE = _table(
    {
        FindingKind.ABNORMAL_PULSE: _("The pulse has stayed outside the agreed range."),
        FindingKind.ABNORMAL_SPO2: _("The blood oxygen has stayed below the agreed level."),
        FindingKind.EARLY_WARNING: _("The measurements together call for somebody to look soon."),
        FindingKind.IRREGULAR_PULSE: _("The pulse has been uneven lately; it is worth having it checked."),
        FindingKind.UNUSUAL_VITALS: _("Some measurements are not as usual for this person."),
    }
)
ALARM_STATES = _table(
    {
        AlarmState.CHECKIN: _("{name} is being asked first"),
        AlarmState.ESCALATING: _("People are being told"),
        AlarmState.ACKNOWLEDGED: _("Somebody is going"),
        AlarmState.ATTENDING: _("Somebody is there"),
        AlarmState.EXHAUSTED: _("Nobody has answered yet"),
        AlarmState.RESOLVED: _("Closed"),
        AlarmState.CANCELLED: _("{name} said all is fine"),
    }
)
OWNED = _table(
    {
        AlarmState.ACKNOWLEDGED: _("{who} is going"),
        AlarmState.ATTENDING: _("{who} is there"),
    }
)
NEXT_STEPS = _table(
    {
        AlarmState.CHECKIN: _("If there is no answer, people are told {when}."),
        AlarmState.ESCALATING: _("If nobody answers, the next people are told {when}."),
        AlarmState.ACKNOWLEDGED: _("If nobody has arrived, the next people are told {when}."),
        AlarmState.ATTENDING: _("If it is not closed, people are told again {when}."),
        AlarmState.EXHAUSTED: _("Everybody is tried again {when}."),
    }
)
CHANNELS = _table(
    {
        "sms": _("text"),
        "voice": _("phone call"),
        "push": _("message to the phone"),
        "console": _("the hub's screen"),
        "speaker": _("the speaker at home"),
        "button": _("the button at home"),
        "scaip": _("the receiving centre's line"),
    }
)
DELIVERY = _table(
    {
        NotificationState.PENDING: _("about to be sent"),
        NotificationState.CALLING: _("being sent"),
        NotificationState.ACCEPTED: _("handed over, not yet delivered"),
        NotificationState.SENT: _("sent, not yet delivered"),
        NotificationState.DELIVERED: _("delivered"),
        NotificationState.READ: _("read"),
        NotificationState.RETRY_WAIT: _("not through yet, being tried again"),
        NotificationState.UNKNOWN: _("not known whether it arrived"),
        NotificationState.FAILED: _("did not get through"),
        NotificationState.SUPPRESSED: _("not sent"),
        NotificationState.SUPERSEDED: _("no longer needed"),
    }
)
PURPOSES = _table(
    {
        Purpose.CHECK_IN: _("asked"),
        Purpose.ALARM: _("told"),
        Purpose.STAND_DOWN: _("told that somebody is going"),
        Purpose.BACKUP: _("told who goes first"),
        Purpose.CLOSED: _("told that it is over"),
        Purpose.REPLY: _("answered"),
        Purpose.EXHAUSTED: _("told again"),
    }
)
SAID_WORDS = _table(
    {
        Said.GOING: _("{who} said: I'm going"),
        Said.CANNOT: _("{who} cannot go"),
        Said.ARRIVED: _("{who} has arrived"),
        "closed": _("{who} closed it"),
    }
)
SAID_OTHER: Final = _("{who} answered")
TOLD_WHEN: Final = _("{who} {purpose} by {channel}: {state}")
TOLD: Final = _("{who} {purpose} by {channel}: {state} ({when})")
VERDICTS = _table(
    {
        Verdict.RIGHT: _("It was right"),
        Verdict.WRONG: _("It was wrong"),
        Verdict.NOT_NOW: _("Not now"),
    }
)
ROLES = _table(
    {
        Role.RESIDENT: _("resident"),
        Role.FAMILY: _("family"),
        Role.NEIGHBOUR: _("neighbour"),
        Role.CLINICIAN: _("clinician"),
        Role.FACILITATOR: _("facilitator"),
        Role.OPERATOR: _("operator"),
        Role.ARC: _("alarm receiving centre"),
    }
)
VITALS = _table(
    {
        Quantity.HEART_RATE_BPM: _("Pulse"),
        Quantity.PULSE_BPM: _("Pulse"),
        Quantity.SPO2_PERCENT: _("Blood oxygen"),
    }
)
VITAL_UNITS = _table(
    {
        Quantity.HEART_RATE_BPM: _("{value:.0f} a minute"),
        Quantity.PULSE_BPM: _("{value:.0f} a minute"),
        Quantity.SPO2_PERCENT: _("{value:.0f} %"),
    }
)
BANDS = _table(
    {
        Band.WITHIN: _("within the agreed range"),
        Band.ABOVE: _("above the agreed range"),
        Band.BELOW: _("below the agreed range"),
    }
)
OUTCOMES: Final = (
    _("All was well"),
    _("Needed a hand, now fine"),
    _("A doctor or nurse was called"),
    _("An ambulance was called"),
)

GOING: Final = _("I'm going")
CANNOT: Final = _("I cannot")
ARRIVED: Final = _("I'm there")
HOW_ENDED: Final = _("How did it end?")
CLOSE: Final = _("Close the alarm")
MORE_WORDS: Final = _("Anything to add? (optional)")
WAS_IT_RIGHT: Final = _("Was this alarm right?")
WHY: Final = _("Why? A few words help to change how the system works.")
SEND: Final = _("Send")
KEPT: Final = _("What you write is kept in this home's record, under a pseudonym, so that it can change the settings.")
BLIND_TITLE: Final = _("What we cannot see now")
PAST_TITLE: Final = _("Earlier alarms")
NO_PAST: Final = _("There was no alarm in the last seven days.")
NO_BLIND: Final = _("Nothing: every sensor has been heard from.")
WHO_KNOWS: Final = _("Who knows")
NOBODY_TOLD: Final = _("Nobody has been told yet.")
WAITING: Final = _("Sent to the hub. Waiting for its answer.")
HUB_SLOW: Final = _("The hub has not answered yet. If it is urgent, ring.")
BROKEN_WORD: Final = _("This page could not be shown")
BROKEN: Final = _("Alarms go out without this page. Reload it, or ring if it is urgent.")
NO_DATABASE: Final = _("There is no home to show yet.")
NO_DATABASE_HELP: Final = _("Start the hub with `alongside hub`, or see it work with `alongside demo`.")
NO_HOUSEHOLD: Final = _("No household has been set up yet.")
NO_HOUSEHOLD_HELP: Final = _("Describe it in home.toml, then run `alongside home apply home.toml`.")
NOT_SHARED_WORD: Final = _("Not shared")
CHOOSE_ONE: Final = _("Please choose one of the three first.")
NOT_A_MEMBER: Final = _("You do not belong to this household any more.")
NOT_A_MEMBER_HELP: Final = _("If that is a mistake, speak to whoever looks after this system.")
SIGNED_OUT: Final = _("You are signed out.")
SIGN_IN_AGAIN: Final = _("Sign in again to go on.")
TO_SIGN_IN: Final = _("Sign in")
TO_ACCOUNT: Final = _("My account")
WHO_LOOKS: Final = _("You see what {who} ({role}) may see; that you looked is written down for the resident.")
PAGE_TODAY: Final = _("Today")


def capital(words: str) -> str:
    """The same words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def since(when: str) -> str:
    """When something began."""
    return _("Began {when}").format(when=when)


def is_safe(name: str | None) -> str:
    """What the button says that ends an alarm."""
    return _("{name} is safe").format(name=name) if name else _("All is safe")


def unknown_senders(number: int) -> str:
    """Senders that nobody declared."""
    return ngettext(
        "{n} sender that nobody has set up was heard; it is only counted.",
        "{n} senders that nobody has set up were heard; they are only counted.",
        number,
    ).format(n=number)


def malformed_frames(number: int) -> str:
    """Messages that could not be read."""
    return ngettext(
        "{n} message of a sensor could not be read.", "{n} messages of sensors could not be read.", number
    ).format(n=number)
