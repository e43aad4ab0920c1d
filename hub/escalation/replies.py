"""What a reply means, and which alarm it is about. Pure. Never guesses: what is not plain is asked again."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TOLERANCE = timedelta(minutes=2)
"""A bare digit that was sent longer than this before the alarm's text cannot be an answer to it."""


class Word(StrEnum):
    """What somebody said."""

    GOING = "going"
    CANNOT = "cannot"
    SAFE = "safe"
    ARRIVED = "arrived"
    FINE = "fine"
    HELP = "help"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    RESERVED = "reserved"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply as understood; `code` where it names an alarm."""

    word: Word
    code: str | None = None


CARRIER_WORDS = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), Word.OPT_OUT),
    **dict.fromkeys(("start", "yes", "unstop"), Word.OPT_IN),
    **dict.fromkeys(("help", "info"), Word.RESERVED),
}
"""Words that carriers act upon: they are never an answer to an alarm."""

ANSWERS = {
    **dict.fromkeys(("1", "going"), Word.GOING),
    **dict.fromkeys(("2", "cannot", "cant", "can't"), Word.CANNOT),
    **dict.fromkeys(("3", "safe"), Word.SAFE),
    **dict.fromkeys(("arrived",), Word.ARRIVED),
}
RESIDENT_ANSWERS = {
    **dict.fromkeys(("fine", "ok", "okay", "i'm fine", "im fine", "i am fine", "i'm ok", "i am ok"), Word.FINE),
    **dict.fromkeys(("help", "help me", "i need help"), Word.HELP),
}
_FILLERS = frozenset({"code", "reply"})
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*|\d+")

_DOUBTFUL = re.compile(r"[?\N{INVERTED QUESTION MARK}]|\d:\d")
"""A question, or a time of day: neither is an answer."""


def parse(text: str) -> Reply:
    """What a carer's reply means.

    >>> parse(" 1. code 47 ")
    Reply(word=<Word.GOING: 'going'>, code='47')
    >>> parse("Stop.").word
    <Word.OPT_OUT: 'opt_out'>
    >>> parse("I might, in 1 hour").word
    <Word.UNCLEAR: 'unclear'>
    """
    tokens = _tokens(text)
    if len(tokens) == 1 and tokens[0] in CARRIER_WORDS:
        return Reply(word=CARRIER_WORDS[tokens[0]])
    if _DOUBTFUL.search(text):
        return Reply(word=Word.UNCLEAR)
    said = {ANSWERS[token] for token in tokens if token in ANSWERS}
    codes = {token for token in tokens if _is_code(token)}
    plain = all(token in ANSWERS or token in _FILLERS or _is_code(token) for token in tokens)
    if not plain or len(said) != 1 or len(codes) > 1:
        return Reply(word=Word.UNCLEAR)
    return Reply(word=said.pop(), code=next(iter(codes), None))


def parse_resident(text: str) -> Reply:
    """What the resident's own text means: "I'm fine", "help", or a carrier's word. Anything else is unclear."""
    phrase = " ".join(_tokens(text))
    if phrase in RESIDENT_ANSWERS:
        return Reply(word=RESIDENT_ANSWERS[phrase])
    return Reply(word=CARRIER_WORDS.get(phrase, Word.UNCLEAR))


def _tokens(text: str) -> list[str]:
    """The words and numbers of a reply, without the lines it quotes."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    own = [line for line in plain.splitlines() if not line.lstrip().startswith(">")]
    return _TOKEN.findall("\n".join(own))


def _is_code(token: str) -> bool:
    return len(token) >= 2 and token.isascii() and token.isdigit()


class Ask(StrEnum):
    """Why a reply could not be matched: what to say back."""

    UNCLEAR = "unclear"
    WHICH = "which"
    WRONG_CODE = "wrong_code"
    NOTHING_OPEN = "nothing_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An alarm a reply could be about. `told_at` is when this person was last told of it; None: never."""

    alarm_id: int
    code: str
    is_open: bool
    told_at: datetime | None


def match(reply: Reply, candidates: Iterable[Candidate], sent_at: datetime) -> Candidate | Ask:
    """Which alarm a reply is about, or what has to be asked.

    With a code, the alarm of that code, open or lately closed. Without, the one open alarm this person was told of,
    provided that the reply was not sent before that text.
    """
    every = list(candidates)
    if reply.code is not None:
        return next((one for one in every if one.code == reply.code), Ask.WRONG_CODE)
    told = [one for one in every if one.is_open and one.told_at is not None]
    if not told:
        return Ask.NOTHING_OPEN
    if len(told) > 1 or (told[0].told_at is not None and sent_at < told[0].told_at - TOLERANCE):
        return Ask.WHICH
    return told[0]
