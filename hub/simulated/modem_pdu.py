"""The network's side of a modem's messages: reads what was handed over, writes what comes in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.channels.gsm import address, alphabet
from hub.channels.gsm.submit import ALONE, GSM7, HEADER_FOLLOWS, IN_PARTS, REPORT_WANTED, UCS2

_MESSAGE_CENTRE = bytes((7, address.INTERNATIONAL)) + address.swapped("447785016005")
_VALIDITY_OCTETS = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}
_DELIVER, _REPORT = 0x04, 0x06
"""With "no more messages wait", as networks mostly say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """One part of a text that was handed over. `joins` says which text it is part of, and where."""

    to: str
    text: str
    wants_report: bool
    joins: tuple[int, int, int] | None


def submitted(pdu: str) -> Submitted:
    """Read what a modem was given after `AT+CMGS`. Raises `ValueError` or `IndexError`."""
    octets = bytes.fromhex(pdu)
    body = octets[1 + octets[0] :]
    at = 2 + address.size(body, 2)
    data = body[at + 2 + _VALIDITY_OCTETS[body[0] & 0x18] :]
    coding, length, content = body[at + 1], data[0], data[1:]
    header = content[: content[0] + 1] if body[0] & HEADER_FOLLOWS else b""
    if coding == UCS2:
        text = content[len(header) : length].decode("utf-16-be")
    else:
        skipped = (8 * len(header) + 6) // 7
        fill_bits = -8 * len(header) % 7
        text = alphabet.decode(alphabet.unpack(content[len(header) :], length - skipped, fill_bits))
    joins = (header[3], header[4], header[5]) if header else None
    return Submitted(to=address.read(body[2:]), text=text, wants_report=bool(body[0] & REPORT_WANTED), joins=joins)


def delivered(sender: str, text: str, at: datetime, number: int = 1) -> Iterator[str]:
    """A text that comes in, in as many parts as it needs; `number` ties them together."""
    septets = alphabet.encode(text)
    coding, width = (GSM7, 1) if septets is not None else (UCS2, 2)
    codes = b"".join(septets) if septets is not None else text.encode("utf-16-be")
    size = (ALONE if len(codes) <= ALONE[coding] * width else IN_PARTS)[coding] * width
    pieces = [codes[start : start + size] for start in range(0, len(codes), size)] or [b""]
    for index, piece in enumerate(pieces, start=1):
        header = bytes((5, 0, 3, number, len(pieces), index)) if len(pieces) > 1 else b""
        first = _DELIVER | (HEADER_FOLLOWS if header else 0)
        start_ = bytes((first,)) + address.octets_of(sender) + bytes((0, coding)) + _stamp(at)
        yield (_MESSAGE_CENTRE + start_ + _user_data(coding, piece, header)).hex().upper()


def report(number: int, to: str, at: datetime, status: int) -> str:
    """What the network says became of the text with this number."""
    stamps = _stamp(at) * 2
    return (
        (_MESSAGE_CENTRE + bytes((_REPORT, number)) + address.octets_of(to) + stamps + bytes((status,))).hex().upper()
    )


def _user_data(coding: int, codes: bytes, header: bytes) -> bytes:
    if coding == UCS2:
        return bytes((len(header) + len(codes),)) + header + codes
    fill_bits = -8 * len(header) % 7
    count = (8 * len(header) + fill_bits) // 7 + len(codes)
    return bytes((count,)) + header + alphabet.pack(codes, fill_bits)


def _stamp(at: datetime) -> bytes:
    """The network's time stamp, in the time zone that `at` bears."""
    offset = at.utcoffset()
    quarters = 0 if offset is None else int(offset.total_seconds()) // 900
    digits = f"{at:%y%m%d%H%M%S}{abs(quarters):02d}"
    stamp = bytearray(address.swapped(digits))
    if quarters < 0:
        stamp[-1] |= 0x08
    return bytes(stamp)
