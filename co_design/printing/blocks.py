"""A page as blocks, before it is laid out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """How a block is set."""

    TITLE = "title"
    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    TICK = "tick"
    LINE = "line"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a page: its shape and its text. A LINE is one to write on; a TICK has a box before it."""

    shape: Shape
    text: str = ""


def title(text: str) -> Block:
    """The title of what is printed."""
    return Block(shape=Shape.TITLE, text=text)


def heading(text: str) -> Block:
    """A heading."""
    return Block(shape=Shape.HEADING, text=text)


def text(text: str) -> Block:
    """A paragraph."""
    return Block(shape=Shape.TEXT, text=text)


def items(texts: Iterable[str], shape: Shape = Shape.ITEM) -> list[Block]:
    """A list, or boxes to tick."""
    return [Block(shape=shape, text=one) for one in texts]


def lines(count: int) -> list[Block]:
    """Lines to write on."""
    return [Block(shape=Shape.LINE)] * count


NEW_PAGE = Block(shape=Shape.PAGE)
