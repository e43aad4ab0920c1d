"""What is said to whom: from the fields that the reader's role may see on that channel, in one plain text. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.escalation import gsm7, wording
from hub.escalation.replies import Ask, Word
from hub.household.model import Household
from hub.model import Alarm, Cause, Contact, Purpose, Role

VOICE = "voice"
SPOKEN = frozenset({"speaker", "siren", "screen", "console", VOICE})
"""Channels in the resident's own room, and a telephone: no limit of length, and no reference."""

_OPEN = frozenset({"first_name", "kind", "kind_plain", "room", "time", "vitals_band", "news2"})
_PRIVATE = _OPEN | {"name", "address", "vitals", "birth_year", "key_safe", "contacts"}
CARRIES = {"scaip": _PRIVATE}
"""What a channel may carry at all. Texts lie on locked screens and at carriers: no full name, address or figures."""
TO_CENTRE = _OPEN | {"name", "address"}
"""What a call to a receiving centre may hold: it looks after many homes, and no machine takes the call."""

VITALS = {
    "heart_rate_bpm": ("pulse", 51.0, 90.0),
    "pulse_bpm": ("pulse", 51.0, 90.0),
    "spo2_percent": ("oxygen", 96.0, 100.0),
}
"""Fact to its word, and the band that needs no mention (NEWS2, Chart 1: what scores 0)."""

SCORES = {"news2": "NEWS2", "news2_at_least": "NEWS2 partial, at least"}
"""Fact to its words: the whole score, or of a partial one no more than is known."""

_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """To whom a message goes, by what channel, about which alarm. `going` is the person who has taken it."""

    household: Household
    reader: Contact
    channel: str
    reference: str
    alarm: Alarm | None = None
    going: str | None = None
    repeat: bool = False


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
    words = wording.TO_PEOPLE[purpose]
    return _finished(letter, _heads(letter, words.head), words.tail)


def answer(letter: Letter, word: Word | None) -> Text:
    """What is said back to a reply that was understood; None: it came after the end."""
    words = wording.TOO_LATE if word is None else wording.ANSWERS[word]
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


def may_see(letter: Letter, field: str) -> bool:
    """Whether the reader's role may see this field, and this channel may carry it."""
    return field in _carried(letter) and letter.household.consent.allows(letter.reader.role, field)


def _carried(letter: Letter) -> frozenset[str]:
    if letter.channel == VOICE and letter.reader.role is Role.ARC:
        return TO_CENTRE
    return CARRIES.get(letter.channel, _OPEN)


def who(letter: Letter) -> str:
    """The resident as this reader may know them on this channel."""
    household = letter.household
    if letter.reader.role is Role.CLINICIAN and letter.channel not in CARRIES:
        return f"Your patient {household.id}"
    if may_see(letter, "name"):
        return household.person.full_name
    if may_see(letter, "first_name") or household.consent.allows(letter.reader.role, "name"):
        return household.person.first_name[:_LONGEST_NAME]
    return wording.SOMEONE


def _heads(letter: Letter, template: str) -> Iterator[str]:
    """The head of a message with all its detail, then with less and less."""
    who_ = who(letter)
    words = {"who": who_, "going": _going(letter), "sentence": _sentence(letter, who_)}
    place, vitals = _place(letter), _vitals(letter)
    for one, other in ((place, vitals), (place, ""), ("", "")):
        yield template.format(place=one, vitals=other, **words)


def _sentence(letter: Letter, who_: str) -> str:
    if letter.alarm is None:
        return ""
    words = wording.KINDS.get(letter.alarm.kind, wording.OTHER)
    return (words.told if may_see(letter, "kind") else words.plainly).format(who=who_)


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


def _vitals(letter: Letter) -> str:
    facts = letter.alarm.facts if letter.alarm else {}
    if not facts:
        return ""
    parts = []
    if may_see(letter, "vitals_band"):
        parts += [
            f"{word} {'low' if facts[name] < low else 'high'}"
            for name, (word, low, high) in VITALS.items()
            if name in facts and not low <= facts[name] <= high
        ]
    if may_see(letter, "news2"):
        parts += [f"{words} {facts[name]:g}" for name, words in SCORES.items() if name in facts][:1]
    said = ", ".join(dict.fromkeys(parts))
    return f" {said[0].upper()}{said[1:]}." if said else ""


def _going(letter: Letter) -> str:
    person = letter.household.people.get(letter.going or "")
    return person.display[:_LONGEST_NAME] if person else "Somebody"


def _to_resident(letter: Letter, purpose: Purpose) -> str:
    alarm = letter.alarm
    kind = wording.KINDS.get(alarm.kind, wording.OTHER) if alarm else wording.OTHER
    words = {"who": letter.household.person.first_name, "asked": kind.asked, "going": _going(letter)}
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
    return text_of(text, letter.household.consent.revision)


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
