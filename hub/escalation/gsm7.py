"""The alphabet of a plain text message: 160 characters of GSM 03.38, or the text costs two. Pure."""

import re
import unicodedata

LIMIT = 160
"""Characters of one unsegmented message."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_USUAL = re.compile(r"[A-Za-z0-9 .,:;()'!?+#/-]*")
"""What nearly every text is made of: needs no second look."""
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{NO-BREAK SPACE}": " ",
    }
)


def plain(text: str) -> str:
    """The text in this alphabet: accents that it lacks are dropped, what cannot be written becomes `?`.

    >>> plain("Zoë's flat, 3 °C")
    "Zoe's flat, 3 ?C"
    """
    if _USUAL.fullmatch(text):
        return text
    return "".join(_nearest(character) for character in text.translate(_PLAIN))


def length(text: str) -> int:
    """How many of the 160 places a text takes; brackets, braces and the euro sign take two.

    >>> length("[1]")
    5
    """
    return len(text) if _USUAL.fullmatch(text) else sum(2 if one in _EXTENDED else 1 for one in text)


def _nearest(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare if bare and all(part in _BASIC for part in bare) else "?"
