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


def quiet(words: str) -> str:
    """A paragraph that does not ask for attention."""
    return paragraph(words, "al-quiet")


def lines(items: Iterable[Line], css: str = "al-lines") -> str:
    """A list of sentences, each with the mark of its tone; the mark is only decoration, the words say it too."""
    return tag("ul", "".join(tag("li", text(item.text), f"al-{item.tone}") for item in items), css)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], caption: str, *, shown: bool = False) -> str:
    """A table of plain words, its first column naming each row. It scrolls by itself where the screen is narrow.

    The caption is seen only if `shown`: mostly a heading says the same.
    """
    head = tag("tr", "".join(tag("th", text(one), scope="col") for one in heads))
    body = "".join(tag("tr", _cells(row)) for row in rows)
    whole = tag("caption", text(caption), "" if shown else "al-unseen") + tag("thead", head) + tag("tbody", body)
    return tag("div", tag("table", whole, "al-table"), "al-scroll", tabindex="0", role="group", aria_label=caption)


def _cells(row: Iterable[str]) -> str:
    first, *others = row
    return tag("th", text(first), scope="row") + "".join(tag("td", text(one)) for one in others)


def link(words: str, href: str, css: str = "") -> str:
    """A link within the portal."""
    return tag("a", text(words), css, href=href, target="_self")


def words(items: Iterable[str], css: str) -> str:
    """A list of plain words."""
    return tag("ul", "".join(tag("li", text(item)) for item in items), css)
