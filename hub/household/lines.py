"""On which line of a TOML text each key stands, so that an error can point at it.

The text is valid TOML already (`tomllib` has read it); this only finds places.
"""

import re
from collections.abc import Mapping

Key = tuple[str | int, ...]
"""A path into the document: keys of tables and places in arrays."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def locate(text: str) -> Mapping[Key, int]:
    """The line (from 1) of every key and array element of a valid TOML text."""
    return _Scanner(text).scan()


def nearest(lines: Mapping[Key, int], key: Key) -> int | None:
    """The line of this key, or of the closest table around it; None for what concerns the whole file."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key)


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._lines: dict[Key, int] = {}
        self._elements: dict[Key, int] = {}  # the last index of each array of tables

    def scan(self) -> dict[Key, int]:
        table: Key = ()
        while self._skip_blank():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self._lines

    def _skip_blank(self) -> bool:
        self._take(_BLANK)
        return self._at < len(self._text)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError(f"not TOML at offset {self._at}")
        self._at = found.end()
        return found[0]

    def _note(self, key: Key, at: int) -> None:
        line = self._text.count("\n", 0, at) + 1
        for depth in range(1, len(key) + 1):
            self._lines.setdefault(key[:depth], line)

    def _header(self) -> Key:
        start = self._at
        double = self._text.startswith("[[", start)
        self._at += 2 if double else 1
        *outer, last = self._dotted()
        self._skip_blank()
        self._at += 2 if double else 1
        key: Key = ()
        for part in outer:
            key = self._inside((*key, part))
        key = (*key, last)
        if double:
            self._elements[key] = self._elements.get(key, -1) + 1
            key = self._inside(key)
        self._note(key, start)
        return key

    def _inside(self, key: Key) -> Key:
        """A key as it is, or its last element where it is an array of tables."""
        return (*key, self._elements[key]) if key in self._elements else key

    def _pair(self, table: Key) -> None:
        start = self._at
        key = (*table, *self._dotted())
        self._note(key, start)
        self._skip_blank()
        self._at += 1  # the equals sign
        self._value(key)

    def _dotted(self) -> list[str]:
        parts = []
        while True:
            self._skip_blank()
            quoted = self._text[self._at] in "\"'"
            parts.append(_unquoted(self._take(_STRING)) if quoted else self._take(_BARE))
            self._skip_blank()
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _value(self, key: Key) -> None:
        self._skip_blank()
        opening = self._text[self._at]
        if opening == "[":
            self._list(key)
        elif opening == "{":
            self._inline(key)
        else:
            self._take(_STRING if opening in "\"'" else _SCALAR)

    def _list(self, key: Key) -> None:
        self._at += 1
        index = 0
        while self._more("]"):
            self._note((*key, index), self._at)
            self._value((*key, index))
            index += 1

    def _inline(self, key: Key) -> None:
        self._at += 1
        while self._more("}"):
            self._pair(key)

    def _more(self, closing: str) -> bool:
        """Go to the next member of an array or inline table; past its end where there is none."""
        self._skip_blank()
        if self._text[self._at] == ",":
            self._at += 1
            self._skip_blank()
        if self._text[self._at] != closing:
            return True
        self._at += 1
        return False


def _unquoted(quoted: str) -> str:
    if quoted[0] == "'":
        return quoted[1:-1]
    return _ESCAPE.sub(_character, quoted[1:-1])


def _character(escape: re.Match[str]) -> str:
    short, long, letter = escape.groups()
    return _ESCAPED.get(letter, letter) if letter else chr(int(short or long, 16))
