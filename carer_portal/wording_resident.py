"""Every sentence on the resident's own pages: short, large, and on their side."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from carer_portal.catalogue import _, ngettext
from hub.model import Role
from hub.wishes import Length

HELLO: Final = _("Hello, {name}")
FINE: Final = _("I'm fine")
HELP: Final = _("I need help")
ASKED: Final = _("Sent. The hub has not answered yet. If you need help, ring, or press your call button.")
LOOK_AGAIN: Final = _("Look again")
GOING_ON: Final = _("What is going on")
NOTHING_GOING_ON: Final = _("Nothing. Nobody has been told anything.")
NOT_HEARD: Final = _("What cannot be noticed now")
MORE: Final = _("Everything about me")
TO_OWN_PAGE: Final = _("My own page")
BACK: Final = _("Back")

PAUSE: Final = _("Let the sensors rest")
PAUSED_UNTIL: Final = _("The sensors rest until {when}.")
PAUSED: Final = _("The sensors rest until you say.")
RESUME: Final = _("Listen again")
LENGTHS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Length.AN_HOUR: _("For an hour"),
        Length.TONIGHT: _("Until tomorrow morning"),
        Length.UNTIL_I_SAY: _("Until I say"),
    }
)
SWITCHED_OFF: Final = _(
    "While they rest, nobody is told if you are very still, if you fall, or if a door stands open at night."
)
NOTHING_KEPT: Final = _("What they notice meanwhile is not kept.")
STILL_ON: Final = _("Your call button and “I need help” on this page go on working.")
PAUSE_IS_SEEN: Final = _("Those who may see how you are can see that the sensors rest.")

SHARING: Final = _("Who may see what")
SHARING_HELP: Final = _("What is not ticked, they cannot see. It counts from the moment you save, in texts too.")
SHARING_NOBODY: Final = _("There is nobody in this group.")
SAVE: Final = _("Save")
STOP_SHARING: Final = _("Stop sharing everything")
STOP_HELP: Final = _(
    "Then nobody sees anything about you here. If you need help, people are still told that somebody may need help,"
    " and not who, what or where."
)
STOP_SURE: Final = _("Yes, stop sharing everything")
STOP_NOT: Final = _("No, leave it as it is")
NOTHING_SHARED: Final = _("nothing")
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": _("your full name"),
        "first_name": _("your first name"),
        "birth_year": _("the year you were born"),
        "address": _("where you live"),
        "key_safe": _("how to get in"),
        "contacts": _("who your other helpers are, and how to reach them"),
        "kind": _("what happened, for instance a fall"),
        "kind_plain": _("only that you may need help"),
        "room": _("in which room"),
        "time": _("at what time"),
        "vitals_band": _("that your pulse or oxygen is high or low, without the number"),
        "vitals": _("your pulse, oxygen and other measurements as numbers"),
        "news2": _("the nurses' score made of them"),
    }
)
GROUPS: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.FAMILY: _("Family"),
        Role.NEIGHBOUR: _("Neighbours"),
        Role.CLINICIAN: _("Nurses and doctors"),
        Role.ARC: _("The alarm receiving centre"),
        Role.FACILITATOR: _("Those who run workshops"),
        Role.OPERATOR: _("Those who look after the equipment"),
    }
)

LOOKED: Final = _("Who looked")
LOOKED_HELP: Final = _("Everybody who looked at something about you here in the last {n} days.")
NOBODY_LOOKED: Final = _("Nobody has looked.")
LOOK_LINE: Final = _("{who} ({role}) looked at {what}: {when}")
SEEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "today": _("whether you are all right"),
        "alarms": _("your alarms"),
        "days": _("your days and nights"),
        "health": _("your measurements"),
        "plan": _("who is told in what order"),
        "home": _("the sensors"),
        "said": _("what was said about this system"),
        "co-design": _("the record of what was said about this system"),
        "link": _("an alarm, by the link in a text"),
        "handover": _("the sheet for a handover"),
        "letter": _("the monthly letter"),
        "export": _("your measurements, given to a record system"),
        "fhir": _("your measurements, to take them into a record system"),
    }
)
SEEN_OTHER: Final = _("the page “{page}”")

NOTICED: Final = _("What was noticed about me")
NOTICED_HELP: Final = _("If something is not right, say so. Somebody has to answer you by the day that is named.")
NOTHING_NOTICED: Final = _("Nothing in the last {n} days.")
NOT_RIGHT: Final = _("That's not right")
NOT_RIGHT_WHY: Final = _("What is not right about it?")
SAID_OF_IT: Final = _("You said: “{words}”")
CASE_OPEN: Final = _("{owner} is to answer by {when}.")
CASE_OPEN_NOBODY: Final = _("It is to be answered by {when}.")
CASE_ANSWERED: Final = _("The answer of {owner}: “{answer}”")
SEND: Final = _("Send")

MOMENT: Final = _("Remember this moment")
MOMENT_HELP: Final = _(
    "Something good, bad or odd about this system just now? A few words are enough. They are kept for the next talk"
    " about how it should work."
)
MOMENT_WORDS: Final = _("What happened?")
MOMENTS: Final = _("What you wanted remembered")
NO_WORDS: Final = _("Please write a few words first.")

DATA: Final = _("Get my data")
DATA_HELP: Final = _(
    "Everything that is kept about you and your home here, as one file: for a computer (JSON) and as tables (CSV)."
)
DATA_GET: Final = _("Get the file")

PAPER: Final = _("Paper sheet")
PAPER_TITLE: Final = _("How things stand with {name}, on {when}")
PAPER_PEOPLE: Final = _("Who helps")
PAPER_CALL: Final = _("To call for help: press the call button. To say that all is well: {fine}.")
PAPER_FINE_BUTTON: Final = _("press it twice")
PAPER_FINE_PAGE: Final = _("use “I'm fine” on the page")


def times_looked(number: int, last: str) -> str:
    """How often, and when last."""
    return ngettext("{n} time, {last}", "{n} times, last {last}", number).format(n=number, last=last)
