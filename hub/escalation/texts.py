"""What is said to whom: from the fields that the reader's role may see on that channel, in one plain text. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from analytics.vitals.news2 import Parameter, score
from devices.model import Quantity
from hub.escalation import gsm7, troubles, wording
from hub.escalation.letters import SPOKEN, VOICE, Letter, going, has_accepted, may_see, who
from hub.escalation.replies import Ask, Word
from hub.model import Cause, Purpose, Role

VITALS = {
    "heart_rate_bpm": ("pulse", 51.0, 90.0),
    "pulse_bpm": ("pulse", 51.0, 90.0),
    "spo2_percent": ("oxygen", 96.0, 100.0),
}
"""Fact to its word, and the band that needs no mention (NEWS2, Chart 1: what scores 0)."""

LINKED = "sms"
"""The channel that has links."""

SCORES = {"news2": "NEWS2", "news2_at_least": "NEWS2 partial, at least"}
"""Fact to its words: the whole score, or of a partial one no more than is known."""
SCORED = {
    Quantity.RESPIRATION_PER_MIN: Parameter.RESPIRATION,
    Quantity.SPO2_PERCENT: Parameter.SPO2,
    Quantity.SYSTOLIC_MMHG: Parameter.SYSTOLIC,
    Quantity.HEART_RATE_BPM: Parameter.PULSE,
    Quantity.PULSE_BPM: Parameter.PULSE,
    Quantity.BODY_TEMPERATURE_C: Parameter.TEMPERATURE,
}
"""What of an alarm's facts makes a partial score where no score was worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message as it goes out, and by which consent."""

    text: str
    sha256: str
    consent_revision: int


def render(letter: Letter, purpose: Purpose) -> Text:
    """The text of one message about an alarm."""
    if letter.reader.role is Role.RESIDENT:
        return _finished(letter, [_to_resident(letter, purpose)], "")
    special = wording.TO_CLINICIANS if letter.reader.role is Role.CLINICIAN else {}
    words = special.get(purpose, wording.TO_PEOPLE[purpose])
    return _finished(letter, chain(troubles.heads(letter, purpose), _heads(letter, words.head)), words.tail)


def answer(letter: Letter, word: Word | None) -> Text:
    """What is said back to a reply that was understood; None: it came after the end."""
    words = wording.TOO_LATE if word is None else wording.ANSWERS[word]
    if word is Word.GOING and has_accepted(letter):
        words = wording.ACCEPTED
    return _finished(letter, _heads(letter, words.head), words.tail)


def heard(letter: Letter, word: Word, cause: Cause) -> Text:
    """What is said in a call to whoever pressed a key."""
    words = wording.CALL_LATE.get(cause) or wording.CALL_HEARD[word]
    return _finished(letter, _heads(letter, words), "")


def ask(letter: Letter, why: Ask, codes: Sequence[str]) -> Text:
    """What is said back to a reply that could mean several things, or none."""
    listed = ", e.g. " + " or ".join(f"1 {code}" for code in codes[:3]) if codes else ""
    return _finished(letter, [wording.ASKS[why].format(codes=listed)], "")


def answer_resident(letter: Letter, word: Word) -> Text:
    """What is said back to the resident's own text."""
    words = wording.RESIDENT_ANSWERS.get(word, wording.RESIDENT_ANSWERS[Word.UNCLEAR])
    return _finished(letter, [words], "")


def text_of(text: str, consent_revision: int) -> Text:
    """A text with its hash."""
    return Text(text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), consent_revision=consent_revision)


def _heads(letter: Letter, template: str) -> Iterator[str]:
    """The head of a message with all its detail, then with less and less. What is there to be acted on always stays."""
    known = {
        "who": who(letter),
        "going": going(letter),
        "sentence": _sentence(letter),
        "changed": _changed(letter),
        "since": _since(letter),
        "way_in": _way_in(letter),
    }
    place, bands, points = _place(letter), _bands(letter), _points(letter)
    for one, other in ((place, bands + points), (place, points), (place, []), ("", [])):
        yield _capital(template.format(place=one, vitals=_listed(other), **known))


def _sentence(letter: Letter) -> str:
    if letter.alarm is None:
        return ""
    words = wording.KINDS.get(letter.alarm.kind, wording.OTHER)
    return (words.told if may_see(letter, "kind") else words.plainly).format(who=who(letter))


def _changed(letter: Letter) -> str:
    """What has changed, to a clinician, in a few words."""
    if letter.alarm is None or not may_see(letter, "kind"):
        return wording.OTHER.changed
    return wording.KINDS.get(letter.alarm.kind, wording.OTHER).changed


def _since(letter: Letter) -> str:
    """Since when. A score without its time says nothing, so whoever may see the one may see the other."""
    allowed = any(may_see(letter, field) for field in ("time", "news2", "vitals_band"))
    return f" since {_local(letter, letter.alarm.opened_at):%H:%M}" if letter.alarm is not None and allowed else ""


def _place(letter: Letter) -> str:
    alarm = letter.alarm
    if alarm is None:
        return ""
    room = alarm.room.replace("_", " ") if alarm.room and may_see(letter, "room") else ""
    at = f"{_local(letter, alarm.opened_at):%H:%M}" if may_see(letter, "time") else ""
    known = ", ".join(part for part in (room, at) if part)
    return (f" ({known})" if known else "") + _address(letter)


def _address(letter: Letter) -> str:
    """Where the home is, to a receiving centre, which looks after many."""
    address = letter.household.person.address
    known = address and letter.reader.role is Role.ARC and may_see(letter, "address")
    return f", at {address}" if known else ""


def _way_in(letter: Letter) -> str:
    """Where to go and how to get in, to a community responder who has said that they are going."""
    person = letter.household.person
    address = f", at {person.address}" if person.address and may_see(letter, "address") else ""
    key = f", key safe {person.key_safe}" if person.key_safe and may_see(letter, "key_safe") else ""
    return address + key


def _bands(letter: Letter) -> list[str]:
    """Which vital signs are high or low."""
    facts = letter.alarm.facts if letter.alarm is not None and may_see(letter, "vitals_band") else {}
    return [
        f"{word} {'low' if facts[name] < low else 'high'}"
        for name, (word, low, high) in VITALS.items()
        if name in facts and not low <= facts[name] <= high
    ]


def _points(letter: Letter) -> list[str]:
    """The score, or of a partial one no more than is known."""
    facts = letter.alarm.facts if letter.alarm is not None and may_see(letter, "news2") else {}
    given = [f"{words} {facts[name]:g}" for name, words in SCORES.items() if name in facts][:1]
    return given or _partial(facts)


def _partial(facts: Mapping[str, float]) -> list[str]:
    values = {parameter: facts[name] for name, parameter in SCORED.items() if name in facts}
    if not values:
        return []
    known = score(values)
    return [f"NEWS2 partial, at least {known.at_least} ({len(known.parts)} of {len(Parameter)} known)"]


def _listed(parts: Iterable[str]) -> str:
    said = ", ".join(dict.fromkeys(parts))
    return f" {_capital(said)}." if said else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _to_resident(letter: Letter, purpose: Purpose) -> str:
    alarm = letter.alarm
    kind = wording.KINDS.get(alarm.kind, wording.OTHER) if alarm else wording.OTHER
    words = {"who": letter.household.person.first_name, "asked": kind.asked, "going": going(letter)}
    if purpose is not Purpose.CHECK_IN:
        return wording.TO_RESIDENT[purpose].format(**words)
    unless = wording.UNLESS[alarm.policy.check_in.cancel] if alarm else ""
    return wording.CHECK_IN.format(unless=unless, **words)


def _local(letter: Letter, at: datetime) -> datetime:
    return at.astimezone(letter.household.tz)


def _finished(letter: Letter, heads: Iterable[str], tail: str) -> Text:
    """The fullest head that fits, with its tail, reference and mark of repetition."""
    spoken = letter.channel in SPOKEN
    parts = [_tail(letter, tail)]
    parts += [] if spoken else [wording.REFERENCE.format(reference=letter.reference)]
    parts += [wording.REPEAT] if letter.repeat and not spoken else []
    end = " ".join(part for part in parts if part)
    text = " ".join(part for part in (_fitting(heads, end, spoken=spoken), end) if part)
    return text_of(_with_link(text, letter, tail), letter.household.consent.revision)


def _with_link(text: str, letter: Letter, tail: str) -> str:
    """The text and its link, where it asks for an answer and there is room: nothing is left out for a link's sake."""
    if not tail or letter.link is None or letter.channel != LINKED:
        return text
    linked = f"{text} {letter.link}"
    return linked if gsm7.length(linked) <= gsm7.LIMIT else text


def _tail(letter: Letter, tail: str) -> str:
    """How to answer, by the channel's own means."""
    if not tail or letter.alarm is None:
        return ""
    if letter.channel != VOICE:
        return tail.format(code=letter.alarm.code)
    if letter.household.twilio.public_url is not None:
        return wording.CALL_KEYS
    return wording.CALL_BY_TEXT.format(code=" ".join(letter.alarm.code))


def _fitting(heads: Iterable[str], end: str, *, spoken: bool) -> str:
    """The first head that fits before this end, or the last one cut; what is spoken always fits."""
    room = gsm7.LIMIT - gsm7.length(end) - 1
    plain = ""
    for head in heads:
        if spoken:
            return head
        plain = gsm7.plain(head)
        if gsm7.length(plain) <= room:
            return plain
    return _cut(plain, room)


def _cut(text: str, room: int) -> str:
    while gsm7.length(text) > room - len("..."):
        text = text[:-1]
    return text + "..."
