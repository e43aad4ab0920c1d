"""Texts to be sent, as a modem takes them: SMS-SUBMIT (3GPP TS 23.040, 9.2.2.2), in as many parts as needed. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hub.channels.gsm import alphabet
from hub.channels.gsm.address import octets_of

SUBMIT = 0x01
RELATIVE_VALIDITY = 0x10
REPORT_WANTED = 0x20
HEADER_FOLLOWS = 0x40
GSM7, UCS2 = 0x00, 0x08
ALONE = {GSM7: 160, UCS2: 70}
"""How much one text holds: septets, or UTF-16 units."""
IN_PARTS = {GSM7: 153, UCS2: 67}
"""How much each part holds beside its header."""
MOST_PARTS = 255
_OWN_MESSAGE_CENTRE = b"\x00"
"""The message centre that the SIM card names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a text: what goes after `AT+CMGS=length`."""

    length: int
    pdu: str


def parts(to: str, text: str, number: int, validity: timedelta) -> list[Part]:
    """A text in parts; `number` (0 to 255) tells the parts of one text from those of another."""
    coding, symbols = _coded(text)
    pieces = [symbols] if _size(symbols, coding) <= ALONE[coding] else _split(symbols, coding)
    if len(pieces) > MOST_PARTS:
        raise ValueError(f"a text of {len(pieces)} parts is too long")
    headers = [
        b"" if len(pieces) == 1 else bytes((5, 0, 3, number, len(pieces), index)) for index in range(1, len(pieces) + 1)
    ]
    return [_part(to, coding, b"".join(one), header, validity) for one, header in zip(pieces, headers, strict=True)]


def relative_validity(validity: timedelta) -> int:
    """How long the network tries, as the octet TP-VP: never longer than asked for, but for the least, five minutes.

    >>> [relative_validity(timedelta(minutes=m)) for m in (1, 5, 29, 720, 1440, 10080, 99999)]
    [0, 0, 4, 143, 167, 173, 196]
    """
    minutes = int(validity.total_seconds() // 60)
    if minutes < 12 * 60 + 30:
        return max(0, min(143, minutes // 5 - 1))
    if minutes < 24 * 60:
        return 143 + (minutes - 12 * 60) // 30
    return min(196, 166 + minutes // (24 * 60))


def _coded(text: str) -> tuple[int, list[bytes]]:
    """How the text is written, and each character's code: one that must not be torn apart is one symbol."""
    septets = alphabet.encode(text)
    if septets is not None:
        return GSM7, septets
    return UCS2, [character.encode("utf-16-be", "replace") for character in text]


def _size(symbols: Iterable[bytes], coding: int) -> int:
    return sum(map(len, symbols)) // (1 if coding == GSM7 else 2)


def _split(symbols: Sequence[bytes], coding: int) -> list[list[bytes]]:
    pieces: list[list[bytes]] = [[]]
    room = IN_PARTS[coding]
    for symbol in symbols:
        size = _size([symbol], coding)
        if size > room:
            pieces.append([])
            room = IN_PARTS[coding]
        pieces[-1].append(symbol)
        room -= size
    return pieces


def _part(to: str, coding: int, codes: bytes, header: bytes, validity: timedelta) -> Part:
    first = SUBMIT | RELATIVE_VALIDITY | REPORT_WANTED | (HEADER_FOLLOWS if header else 0)
    start = bytes((first, 0)) + octets_of(to) + bytes((0, coding, relative_validity(validity)))
    octets = start + _user_data(coding, codes, header)
    return Part(length=len(octets), pdu=(_OWN_MESSAGE_CENTRE + octets).hex().upper())


def _user_data(coding: int, codes: bytes, header: bytes) -> bytes:
    """The length, the header, and the text, which in septets begins at the next whole one after the header."""
    if coding == UCS2:
        return bytes((len(header) + len(codes),)) + header + codes
    fill_bits = -8 * len(header) % 7
    count = (8 * len(header) + fill_bits) // 7 + len(codes)
    return bytes((count,)) + header + alphabet.pack(codes, fill_bits)
