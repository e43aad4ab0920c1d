"""Every sentence the hub sends or speaks, in one place, so that people can read and change them.

`{who}` is the resident as the reader may know them, `{going}` whoever is on the way, `{sentence}` the row of `KINDS`.
"""

from dataclasses import dataclass

from analytics.model import FindingKind
from hub.escalation.replies import Ask, Word
from hub.model import CancelRule, Cause, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """One kind of alarm: to those who may know what it is, to those who may not, to the resident, to a clinician."""

    told: str
    plainly: str
    asked: str
    changed: str


KINDS: dict[str, KindWords] = {
    FindingKind.PANIC: KindWords(
        told="{who} called for help",
        plainly="{who} needs help",
        asked="You called for help.",
        changed="called for help",
    ),
    FindingKind.FALL: KindWords(
        told="{who} may have fallen",
        plainly="{who} may need help",
        asked="It looks as if you have had a fall.",
        changed="may have fallen",
    ),
    FindingKind.WANDERING: KindWords(
        told="{who} went out in the night and is not back",
        plainly="{who} may need help",
        asked="The front door was opened, and it is late.",
        changed="went out in the night",
    ),
    FindingKind.ABNORMAL_PULSE: KindWords(
        told="{who}'s pulse is out of the usual",
        plainly="{who} may need help",
        asked="Your pulse looks unusual.",
        changed="pulse out of the usual",
    ),
    FindingKind.ABNORMAL_SPO2: KindWords(
        told="{who}'s oxygen reading is out of the usual",
        plainly="{who} may need help",
        asked="Your oxygen reading looks unusual.",
        changed="oxygen reading out of the usual",
    ),
    FindingKind.EARLY_WARNING: KindWords(
        told="{who}'s measurements together call for somebody to look soon",
        plainly="{who} may need help",
        asked="Some of your measurements look unusual.",
        changed="early-warning score raised",
    ),
    FindingKind.IRREGULAR_PULSE: KindWords(
        told="{who}'s pulse has been uneven lately; it is worth having it checked",
        plainly="Please ask how {who} is",
        asked="Your pulse has been uneven lately. It is worth having it checked.",
        changed="pulse uneven lately",
    ),
    FindingKind.UNUSUAL_VITALS: KindWords(
        told="{who}'s measurements are not as usual; it is worth asking how things are",
        plainly="Please ask how {who} is",
        asked="Some of your measurements are not as usual.",
        changed="measurements not as usual",
    ),
    FindingKind.INACTIVITY: KindWords(
        told="{who} has not been moving about as usual",
        plainly="Please look in on {who}",
        asked="I have not noticed you for a while.",
        changed="not moving about as usual",
    ),
    FindingKind.HOME_DANGER: KindWords(
        told="There may be danger in {who}'s home: smoke, gas, water, or something left on",
        plainly="{who} may need help",
        asked="There may be danger in your home. Please look round, or leave it.",
        changed="possible danger in the home",
    ),
    FindingKind.HOME_CLIMATE: KindWords(
        told="{who}'s home is too cold, too hot or too damp",
        plainly="Please ask how {who} is",
        asked="Your home is too cold, too hot or too damp.",
        changed="home too cold, hot or damp",
    ),
    FindingKind.ROUTINE_CHANGE: KindWords(
        told="{who}'s days are not as usual; it is worth asking how things are",
        plainly="Please ask how {who} is",
        asked="Your last days were not as usual.",
        changed="days not as usual",
    ),
    FindingKind.FAULT: KindWords(
        told="Part of the alarm system at {who}'s needs a look",
        plainly="Part of the alarm system at {who}'s needs a look",
        asked="Part of your alarm system needs a look.",
        changed="part of the alarm system needs a look",
    ),
    FindingKind.HUB_OFFLINE: KindWords(
        told="The alarm system at {who}'s cannot be reached",
        plainly="The alarm system at {who}'s cannot be reached",
        asked="Your alarm system cannot be reached.",
        changed="the alarm system cannot be reached",
    ),
}
OTHER = KindWords(
    told="{who} may need help", plainly="{who} may need help", asked="Something seems unusual.", changed="needs a look"
)
"""For a kind that this table does not know: never silence."""

SOMEONE = "someone you look after"
"""The resident, to whoever may not know the name."""
NEARBY = "someone about {metres} m from you"
"""The resident, to a community responder who has not yet said that they are going."""

TROUBLES = {
    Purpose.ALARM: "{who}'s alarm system: {trouble}",
    Purpose.EXHAUSTED: "Nobody has answered yet. {who}'s alarm system: {trouble}",
}
TROUBLE_OVER = "The trouble with the alarm system at {who}'s is over. Thank you."

REPLY_HOW = "Reply 1 going, 2 cannot, 3 safe, code {code}."
ACCEPT_HOW = "Reply 1 to accept, 2 cannot, 3 safe, code {code}."
CODE = "Code {code}."
CALL_KEYS = "If you are going, press 1. If you cannot, press 2. If all is safe, press 3."
CALL_BY_TEXT = (
    "This call cannot take an answer. Please text this number: 1 going, 2 cannot or 3 safe, with the code {code}."
)
CALL_NO_KEY = "No key was pressed, so somebody else will be asked. Goodbye."
CALL_HEARD = {
    Word.GOING: "Thank you. You are going to {who}{way_in}. Goodbye.",
    Word.CANNOT: "Thank you for telling us. Somebody else will be asked. Goodbye.",
    Word.SAFE: "Thank you. The alarm for {who} is closed. Goodbye.",
}
CALL_LATE = {
    Cause.BACKUP_GOING: "Thank you. {going} is already going to {who}; you are noted as backup. Goodbye.",
    Cause.TOO_LATE: "Thank you. The alarm for {who} is over already; you need do nothing. Goodbye.",
}
CALL_UNCLEAR = f"Sorry, that key means nothing here. {CALL_KEYS}"
CALL_TROUBLE = "Sorry, your answer could not be noted. Please send it by text. Goodbye."
REFERENCE = "Ref {reference}"
REPEAT = "(repeat)"
"""Marks a text that may have arrived before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One message: what may be shortened to fit, and the end that is always kept."""

    head: str
    tail: str = CODE


TO_PEOPLE = {
    Purpose.ALARM: Words(head="{sentence}{place}.{vitals}", tail=REPLY_HOW),
    Purpose.EXHAUSTED: Words(
        head="Nobody has answered yet: {sentence}{place}. Please help if you can.", tail=REPLY_HOW
    ),
    Purpose.STAND_DOWN: Words(head="{going} is going to {who}. You can stand down; thank you."),
    Purpose.BACKUP: Words(head="Thank you. {going} is already going to {who}; you are noted as backup."),
    Purpose.CLOSED: Words(head="The alarm for {who} is over. Nothing more is to be done. Thank you."),
}
TO_CLINICIANS = {
    Purpose.ALARM: Words(head="{who}: {changed}{since}.{vitals}", tail=ACCEPT_HOW),
    Purpose.EXHAUSTED: Words(head="Nobody has answered yet about {who}: {changed}{since}.{vitals}", tail=ACCEPT_HOW),
}
"""What is worth getting: what has changed, since when, the score, and how to accept."""
TO_RESIDENT = {
    Purpose.ALARM: "I am calling for help. {asked}",
    Purpose.EXHAUSTED: "Nobody has answered yet. I keep calling. In danger, ring 999 or call out to a neighbour.",
    Purpose.STAND_DOWN: "{going} is coming to you.",
    Purpose.BACKUP: "{going} is coming to you.",
    Purpose.CLOSED: "The alarm is over.",
}
CHECK_IN = "{who}? {asked} Are you all right? {unless}"
UNLESS = {
    CancelRule.BUTTON_OR_PHRASE: "Press the button or say that you are fine; otherwise I will call for help.",
    CancelRule.RETURNED_HOME: "If I do not notice you back home soon, I will let somebody know.",
    CancelRule.ANNOTATE_ONLY: "I will let somebody know. If you need help at once, press the button.",
    CancelRule.ARC_ONLY: "I am calling for help.",
}

ANSWERS = {
    Word.GOING: Words(
        head="Thank you. You are going to {who}.",
        tail="Reply 3 when all is safe, 2 if you cannot after all, code {code}.",
    ),
    Word.CANNOT: Words(head="Thank you for telling us. Somebody else will be asked."),
    Word.SAFE: Words(head="Thank you. The alarm for {who} is closed."),
    Word.ARRIVED: Words(head="Thank you for being with {who}.", tail="Reply 3 when all is safe, code {code}."),
}
ACCEPTED = Words(
    head="Thank you. You are going to {who}{way_in}.", tail="Reply 3 when all is safe, 2 if you cannot, code {code}."
)
"""To a community responder: where to go is said only now."""
TOO_LATE = Words(head="Thank you. The alarm for {who} is over already; you need do nothing.")
ASKS = {
    Ask.UNCLEAR: "Sorry, that was not clear. Please reply 1 going, 2 cannot or 3 safe, with the code{codes}.",
    Ask.WHICH: "Which alarm do you mean? Please send the digit with its code{codes}.",
    Ask.WRONG_CODE: "No alarm has that code. Please send the digit with its code{codes}.",
    Ask.NOTHING_OPEN: "Thank you. No alarm is open for you just now.",
}
RESIDENT_ANSWERS = {
    Word.FINE: "Thank you. Good to know.",
    Word.HELP: "I am calling for help.",
    Word.UNCLEAR: "Sorry, that was not clear. Please reply FINE, or HELP to call for help.",
}
