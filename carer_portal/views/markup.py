"""Pieces of HTML in which every word from outside is escaped."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from carer_portal.model import Line

_TYPED: Final = re.compile(r"`([^`]+)`")


def tag(name: str, content: str, css: str = "", **attributes: str) -> str:
    """An element around content that is HTML already.

    >>> tag("p", text("2 < 3"), "al-note", role="note")
    '<p class="al-note" role="note">2 &lt; 3</p>'
    """
    pairs = ({"class": css} if css else {}) | attributes
    spelled = "".join(f' {key.replace("_", "-")}="{escape(value)}"' for key, value in pairs.items())
    return f"<{name}{spelled}>{content}</{name}>"


def text(words: str) -> str:
    """Words that may hold anything, as HTML."""
    return escape(words)


def instructions(words: str) -> str:
    """Words in which what is to be typed stands between backticks.

    >>> instructions("run `a < b` now")
    'run <code>a &lt; b</code> now'
    """
    return _TYPED.sub(r"<code>\1</code>", escape(words))


def paragraph(words: str, css: str = "") -> str:
    """One paragraph."""
    return tag("p", text(words), css)


def lines(items: Iterable[Line], css: str = "al-lines") -> str:
    """A list of sentences, each with the mark of its tone; the mark is only decoration, the words say it too."""
    return tag("ul", "".join(tag("li", text(item.text), f"al-{item.tone}") for item in items), css)


def words(items: Iterable[str], css: str) -> str:
    """A list of plain words."""
    return tag("ul", "".join(tag("li", text(item)) for item in items), css)
