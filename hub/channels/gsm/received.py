"""What a modem gives back: texts (SMS-DELIVER) and reports of their arrival (3GPP TS 23.040, 9.2.2). Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hub.channels.gsm import address, alphabet

_KIND, _DELIVER, _REPORT = 0x03, 0x00, 0x02
_HEADER_FOLLOWS = 0x40
_STAMP_LENGTH = 7
_JOINED_8, _JOINED_16 = 0x00, 0x08
"""Headers that say which part of which text this is: with a number of one octet, or of two."""


class PduError(ValueError):
    """Not a message that can be read. Says nothing of its content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which part of which text this is."""

    text: int
    parts: int
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A text that came in, or one part of it. `at` is the network's time; None where it gives none."""

    sender: str
    text: str
    at: datetime | None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of the text with this number."""

    number: int
    to: str
    status: int


def read(pdu: str) -> Delivered | Report:
    """Read one message as a modem writes it, in hexadecimal digits. Raises `PduError`."""
    try:
        octets = bytes.fromhex(pdu)
        body = octets[1 + octets[0] :]  # after the message centre
        return _READERS[body[0] & _KIND](body)
    except (ValueError, IndexError, KeyError) as error:
        raise PduError(f"{len(pdu)} digits that are no message: {type(error).__name__}") from error


def _delivered(body: bytes) -> Delivered:
    at = 1 + address.size(body, 1)
    coding = body[at + 1]
    stamp = body[at + 2 : at + 2 + _STAMP_LENGTH]
    data = body[at + 2 + _STAMP_LENGTH :]
    length, content = data[0], data[1:]
    header = content[: content[0] + 1] if body[0] & _HEADER_FOLLOWS else b""
    return Delivered(
        sender=address.read(body[1:]),
        text=_text(content, length, header, coding),
        at=_moment(stamp),
        place=_place(header),
    )


def _report(body: bytes) -> Report:
    end = 2 + address.size(body, 2)
    return Report(number=body[1], to=address.read(body[2:]), status=body[end + 2 * _STAMP_LENGTH])


_READERS: Mapping[int, Callable[[bytes], Delivered | Report]] = {_DELIVER: _delivered, _REPORT: _report}


def _text(content: bytes, length: int, header: bytes, coding: int) -> str:
    """The text after its header. Its length is in septets where it is written in the 7-bit alphabet, else in octets."""
    width = _width(coding)
    if width == 7:
        skipped = (8 * len(header) + 6) // 7
        septets = alphabet.unpack(content[len(header) :], max(0, length - skipped), -8 * len(header) % 7)
        return alphabet.decode(septets)
    if len(content) < length:
        raise ValueError("cut off")
    octets = content[len(header) : length]
    return octets.decode("utf-16-be", "replace") if width == 16 else octets.decode("latin-1")


def _width(coding: int) -> int:
    """How many bits a character takes (3GPP TS 23.038, 4). Raises `ValueError` for a compressed text."""
    group = coding >> 4
    if group < 0x8:
        if coding & 0x20:
            raise ValueError("compressed")
        return {0: 7, 1: 8, 2: 16}.get(coding >> 2 & 0x3, 7)
    if group == 0xE:
        return 16
    return 8 if group == 0xF and coding & 0x4 else 7


def _moment(stamp: bytes) -> datetime | None:
    """The network's time stamp, in swapped digits, with quarters of an hour to UTC; None where it says nothing."""
    try:
        year, month, day, hour, minute, second = (int(f"{one & 0xF:x}{one >> 4:x}") for one in stamp[:6])
        quarters = int(f"{stamp[6] & 0x7:x}{stamp[6] >> 4:x}") * (-1 if stamp[6] & 0x8 else 1)
        zone = timezone(timedelta(minutes=15 * quarters))
        return datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, IndexError):
        return None


def _place(header: bytes) -> Place | None:
    rest = header[1:]
    while len(rest) >= 2:
        kind, content, rest = rest[0], rest[2 : 2 + rest[1]], rest[2 + rest[1] :]
        if (kind, len(content)) in ((_JOINED_8, 3), (_JOINED_16, 4)):
            *number, count, part = content
            return Place(text=int.from_bytes(bytes(number), "big"), parts=count, part=part)
    return None
