"""Telephone numbers as a modem writes them: digits in swapped pairs (3GPP TS 23.040, 9.1.2.5). Pure."""

from hub.channels.gsm import alphabet

INTERNATIONAL, UNKNOWN = 0x91, 0x81
_KIND = 0x70
_KIND_INTERNATIONAL, _KIND_LETTERS = 0x10, 0x50
_DIGITS = "0123456789*#abc"


def octets_of(number: str) -> bytes:
    """A number with its length and kind. Raises `ValueError` where it is none.

    >>> octets_of("+447700900123").hex()
    '0c91447700091032'
    """
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        raise ValueError("not a telephone number")
    kind = INTERNATIONAL if number.startswith("+") else UNKNOWN
    return bytes((len(digits), kind)) + swapped(digits)


def swapped(digits: str) -> bytes:
    """Digits in swapped pairs, the last one filled up."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[index + 1] + padded[index] for index in range(0, len(padded), 2)))


def size(octets: bytes, at: int) -> int:
    """How many octets the address at this place takes, its length and kind with it."""
    return 2 + (octets[at] + 1) // 2


def read(octets: bytes) -> str:
    """An address that begins here: a number, or the name that a sender may have instead. Raises `ValueError`."""
    length, kind = octets[0], octets[1] & _KIND
    content = octets[2 : size(octets, 0)]
    if kind == _KIND_LETTERS:
        return alphabet.decode(alphabet.unpack(content, length * 4 // 7))
    nibbles = [nibble for octet in content for nibble in (octet & 0xF, octet >> 4)][:length]
    if len(nibbles) < length or any(nibble >= len(_DIGITS) for nibble in nibbles):
        raise ValueError("an address that cannot be read")
    return ("+" if kind == _KIND_INTERNATIONAL else "") + "".join(_DIGITS[nibble] for nibble in nibbles)
