"""The 7-bit alphabet of mobile networks (3GPP TS 23.038, 6.2.1) and how it is packed into octets. Pure."""

ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES: dict[str, bytes] = {
    **{character: bytes([code]) for code, character in enumerate(_BASIC) if code != ESCAPE},
    **{character: bytes([ESCAPE, code]) for code, character in _EXTENDED.items()},
}


def encode(text: str) -> list[bytes] | None:
    """The code of each character, one or two septets; None where the alphabet lacks one.

    >>> [code.hex() for code in encode("a€") or ()]
    ['61', '1b65']
    """
    codes = [_CODES.get(character) for character in text]
    known = [code for code in codes if code is not None]
    return known if len(known) == len(codes) else None


def decode(septets: bytes) -> str:
    """The text of these codes. An extension that is not known is read as the basic character, as the standard says."""
    characters = []
    escaped = False
    for code in septets:
        if code == ESCAPE and not escaped:
            escaped = True
            continue
        characters.append(_EXTENDED.get(code, _BASIC[code]) if escaped else _BASIC[code])
        escaped = False
    return "".join(" " if character == chr(ESCAPE) else character for character in characters)


def pack(septets: bytes, fill_bits: int = 0) -> bytes:
    """Septets as octets, the first after so many bits of nothing.

    >>> pack(b"hellohello").hex()
    'e8329bfd4697d9ec37'
    """
    bits = fill_bits + 7 * len(septets)
    number = sum(code << (fill_bits + 7 * index) for index, code in enumerate(septets))
    return number.to_bytes((bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """So many septets out of octets. Raises `ValueError` where there are not as many."""
    if fill_bits + 7 * count > 8 * len(octets):
        raise ValueError(f"{len(octets)} octets do not hold {count} septets")
    number = int.from_bytes(octets, "little") >> fill_bits
    return bytes(number >> (7 * index) & 0x7F for index in range(count))
