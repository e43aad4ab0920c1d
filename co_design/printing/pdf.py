"""Blocks as a PDF. Large print by default: 18 points, as sight-loss charities ask for at least 16.

The fonts are those that every PDF reader has; letters outside Western European alphabets are shown as a box.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, PageBreak, Paragraph, SimpleDocTemplate

from co_design.printing.blocks import Block, Shape

LARGE = 18
SMALLEST, BIGGEST = 10, 36
MARGIN = 18 * mm
BOX = "[&nbsp;&nbsp;&nbsp;]&nbsp; "
_SCALE: Mapping[Shape, float] = {Shape.TITLE: 1.6, Shape.HEADING: 1.25}


def pdf(blocks: Sequence[Block], size: int = LARGE) -> bytes:
    """Lay blocks out on A4 at this size of print, in points."""
    out = io.BytesIO()
    name = next((one.text for one in blocks if one.shape is Shape.TITLE), "Alongside")
    document = SimpleDocTemplate(
        out, pagesize=A4, title=name, author="Alongside", lang="en-GB", invariant=1,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    number = partial(_number, size=size)
    document.build([_SET[one.shape](one.text, size) for one in blocks], onFirstPage=number, onLaterPages=number)
    return out.getvalue()


def _number(canvas: Any, document: Any, size: int) -> None:
    canvas.setFont("Helvetica", size * 0.7)
    canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, str(document.page))


def _style(shape: Shape, size: int) -> ParagraphStyle:
    points = size * _SCALE.get(shape, 1)
    bold = shape in _SCALE
    return ParagraphStyle(
        shape,
        fontName="Helvetica-Bold" if bold else "Helvetica",
        fontSize=points,
        leading=points * 1.35,
        spaceBefore=points * (0.8 if bold else 0.2),
        spaceAfter=points * 0.4,
    )


def _paragraph(shape: Shape, before: str) -> Callable[[str, int], Flowable]:
    def laid(text: str, size: int) -> Flowable:
        return Paragraph(before + escape(text).replace("\n", "<br/>"), _style(shape, size))

    return laid


def _line(_text: str, size: int) -> Flowable:
    return HRFlowable(width="100%", thickness=0.7, spaceBefore=size * 1.8, spaceAfter=2)


def _page(_text: str, _size: int) -> Flowable:
    return PageBreak()


_SET: Mapping[Shape, Callable[[str, int], Flowable]] = {
    Shape.TITLE: _paragraph(Shape.TITLE, ""),
    Shape.HEADING: _paragraph(Shape.HEADING, ""),
    Shape.TEXT: _paragraph(Shape.TEXT, ""),
    Shape.ITEM: _paragraph(Shape.ITEM, "\N{BULLET}&nbsp; "),
    Shape.TICK: _paragraph(Shape.TICK, BOX),
    Shape.LINE: _line,
    Shape.PAGE: _page,
}
