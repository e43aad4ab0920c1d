"""Whose words may be shown to whom. What somebody said is kept in one place, so that it can be taken back in one place.

All other texts of the record (needs, reasons, letters) quote by number, as in "she said [u12]"; the words are put in
when the text is read, if they may still be read. A text that copies the words themselves is refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from co_design.chain import Chain
from co_design.model import ConsentScope, Participant, Utterance

TAKEN_BACK = "(taken back by the person who said it)"
ENDED = "(the consent to show these words has ended)"
KEPT_HERE = "(these words do not leave the home)"
UNKNOWN = "(nothing was said under this number)"
RUN = 5
"""So many words in a row, the same as somebody said, are a quotation."""
SHORTEST = 3
"""Fewer words than this are anybody's: "Not now." quotes nobody."""

_CITED = re.compile(r"\[u(\d+)\]")
_WORD = re.compile(r"\w+")
_WIDTH = {ConsentScope.HOME: 0, ConsentScope.PROJECT: 1, ConsentScope.PUBLIC: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, and when: the people of the home, the project, or anybody."""

    audience: ConsentScope
    now: datetime


def withheld(said: Utterance, speaker: Participant, reader: Reader) -> str | None:
    """Why these words cannot be shown to this reader; None where they can."""
    if said.redacted_at is not None or speaker.withdrawn_at is not None:
        return TAKEN_BACK
    if speaker.consent_until is not None and speaker.consent_until <= reader.now:
        return ENDED
    reach = min(_WIDTH[said.consent_scope], _WIDTH[speaker.consent_scope])
    return KEPT_HERE if reach < _WIDTH[reader.audience] else None


def shown(chain: Chain, number: int, reader: Reader) -> str:
    """An utterance as this reader may see it: the words, or why not."""
    said = chain.utterances.get(number)
    if said is None:
        return UNKNOWN
    return withheld(said, chain.participants[said.participant_id], reader) or said.words


def quoted(chain: Chain, text: str, reader: Reader) -> str:
    """A text with what it cites put in, for this reader."""

    def put_in(match: re.Match[str]) -> str:
        words = shown(chain, int(match[1]), reader)
        return words if words.startswith("(") else f"“{words}”"

    return _CITED.sub(put_in, text)


def kept_cited(chain: Chain, text: str, reader: Reader) -> str:
    """A text that goes with its utterances: what may be read stays cited by number, the rest says why not."""

    def put_in(match: re.Match[str]) -> str:
        words = shown(chain, int(match[1]), reader)
        return words if words.startswith("(") else match[0]

    return _CITED.sub(put_in, text)


def cited(text: str) -> frozenset[int]:
    """The numbers of the utterances that a text cites.

    >>> sorted(cited("They said [u3], and [u12]."))
    [3, 12]
    """
    return frozenset(int(number) for number in _CITED.findall(text))


def copied(text: str, said: Mapping[int, str]) -> int | None:
    """The number of an utterance whose words this text repeats; None where it repeats none.

    >>> copied("It must not ask while I am watching the snooker.", {7: "I am watching the snooker"})
    7
    >>> copied("People watch sport without moving.", {7: "I am watching the snooker"}) is None
    True
    """
    words = _words(text)
    if len(words) < SHORTEST:
        return None
    runs = {length: set(_runs(words, length)) for length in range(SHORTEST, RUN + 1)}
    return next((number for number, one in said.items() if _shares(_words(one), runs)), None)


def _shares(words: list[str], runs: Mapping[int, set[tuple[str, ...]]]) -> bool:
    length = min(len(words), RUN)
    return length >= SHORTEST and any(run in runs[length] for run in _runs(words, length))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)


def texts_in(value: object) -> Iterator[str]:
    """Every text in a value made of lists and mappings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _each(value.values())
    elif isinstance(value, list | tuple):
        yield from _each(value)


def _each(values: Iterable[object]) -> Iterator[str]:
    for one in values:
        yield from texts_in(one)
