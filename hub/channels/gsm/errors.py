"""What a modem's error numbers mean (3GPP TS 24.011 annex E-2, TS 23.040 9.2.3.22, TS 27.005 3.2.5, TS 27.007 9.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.model import ChannelError


class Blame(StrEnum):
    """What an error is about, and so what is to be done."""

    PASSING = "passing"  # try again
    NUMBER = "number"  # the same fails again for this number
    MODEM = "modem"  # nothing goes out until somebody sees to it
    DOUBT = "doubt"  # it may have been sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """An error in words."""

    words: str
    blame: Blame


def _all(blame: Blame, words: Mapping[int, str]) -> dict[int, Meaning]:
    return {number: Meaning(words=text, blame=blame) for number, text in words.items()}


_NO_SIM = "there is no SIM card in it"
_LOCKED = "its SIM card asks for a PIN"
_BROKEN_SIM = "its SIM card does not work"
_REFUSED = "the network does not let its SIM card send texts"
_NO_NETWORK = "it has no network"

CMS: Mapping[int, Meaning] = {
    **_all(
        Blame.NUMBER,
        {
            1: "the number does not exist",
            10: "texts to this number are barred",
            28: "the network does not know this number",
            30: "the network does not know this number",
            304: "the modem cannot read the text",
            305: "the modem cannot read the text",
        },
    ),
    **_all(
        Blame.MODEM,
        {
            8: _REFUSED,
            50: _REFUSED,
            69: _REFUSED,
            300: "the modem itself has failed",
            310: _NO_SIM,
            311: _LOCKED,
            312: _LOCKED,
            313: _BROKEN_SIM,
            315: _BROKEN_SIM,
            316: _LOCKED,
            330: "its SIM card names no message centre",
            331: _NO_NETWORK,
        },
    ),
    **_all(
        Blame.PASSING,
        {
            17: "the network has failed",
            21: "the network turned the text away",
            22: "the network is congested",
            27: "the number cannot be reached just now",
            29: "the network turned the text away",
            38: "the network is out of order",
            41: "the network failed for a moment",
            42: "the network is congested",
            47: "the network has no room",
            314: "its SIM card is busy",
            322: "its memory is full",
            500: "the modem does not say why",
        },
    ),
    **_all(Blame.DOUBT, {332: "the network did not answer in time"}),
}
CME: Mapping[int, Meaning] = {
    **_all(
        Blame.MODEM,
        {
            0: "the modem itself has failed",
            10: _NO_SIM,
            11: _LOCKED,
            12: _LOCKED,
            13: _BROKEN_SIM,
            15: _BROKEN_SIM,
            30: _NO_NETWORK,
            32: "the network lets it make emergency calls only",
        },
    ),
    **_all(Blame.PASSING, {14: "its SIM card is busy", 20: "its memory is full", 100: "the modem does not say why"}),
    **_all(Blame.DOUBT, {31: "the network did not answer in time"}),
}
_TABLES = {"+CMS ERROR": CMS, "+CME ERROR": CME}
UNKNOWN = Meaning(words="the modem does not say why", blame=Blame.PASSING)
"""For a number of the modem's own, and for a bare ERROR: another try can do no harm, and then comes the next way."""


def meaning(result: str) -> Meaning:
    """What a final result says that is not OK.

    >>> meaning("+CMS ERROR: 310").words
    'there is no SIM card in it'
    """
    table, _, number = result.partition(":")
    known = _TABLES.get(table.strip(), {})
    return known.get(int(number), UNKNOWN) if number.strip().isdecimal() else UNKNOWN


def channel_error(found: Meaning) -> ChannelError:
    """The error that a message meets."""
    return ChannelError(
        f"not sent by the mobile modem: {found.words}",
        permanent=found.blame is Blame.NUMBER,
        ambiguous=found.blame is Blame.DOUBT,
    )
