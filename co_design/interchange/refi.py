"""Themes as a REFI-QDA codebook (`.qdc`), the exchange format of qualitative-analysis tools, out and in.

Written to the REFI-QDA standard 1.5: codes with their identity, name and description. Whether a certain tool reads it
was not tried.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from co_design.chain import Chain
from co_design.view import View

NAMESPACE = "urn:QDA-XML:codebook:1.0"
OURS = UUID("5f0d3c52-6d0c-4c2b-9d1e-7f3a4b0c9a11")
"""Our own name space: a theme of one name has one identity, on whichever day it is exported."""
ORIGIN = "Alongside"
DESCRIPTION = f"{{{NAMESPACE}}}Description"
CODE = f"{{{NAMESPACE}}}Code"
NO_MEANING = "(no description)"
LARGEST = 4 * 1024 * 1024


class CodebookError(ValueError):
    """This is no codebook that can be read, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """A code of a codebook. A code within another is named after both."""

    name: str
    meaning: str


def codebook(view: View) -> bytes:
    """Every theme that is in use, as a codebook."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}CodeBook", {"origin": ORIGIN})
    codes = ET.SubElement(root, f"{{{NAMESPACE}}}Codes")
    for one in view.chain.themes.values():
        if one.merged_into is None:
            identity = str(uuid5(OURS, one.name)).upper()
            code = ET.SubElement(codes, CODE, {"guid": identity, "name": one.name, "isCodable": "true"})
            ET.SubElement(code, DESCRIPTION).text = view.text(one.meaning)
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def codes_in(content: bytes) -> list[CodeEntry]:
    """The codes of a codebook. Raises `CodebookError`."""
    root = _root(content)
    if root.tag != f"{{{NAMESPACE}}}CodeBook":
        raise CodebookError("this is not a REFI-QDA codebook")
    codes = root.find(f"{{{NAMESPACE}}}Codes")
    return [] if codes is None else list(_entries(codes, ""))


def _root(content: bytes) -> ET.Element:
    """A document type could make a small file expand without end, so a file that has one is not parsed."""
    if len(content) > LARGEST:
        raise CodebookError("it is larger than any codebook should be")
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise CodebookError("it declares a document type, which a codebook does not need")
        return ET.fromstring(text)  # noqa: S314 -- without a document type nothing can expand
    except (UnicodeDecodeError, ET.ParseError, ValueError) as error:
        raise CodebookError(f"it cannot be read: {error}") from error


def _entries(parent: ET.Element, within: str) -> Iterator[CodeEntry]:
    for code in parent.findall(CODE):
        name = f"{within}{code.get('name', '').strip()}"
        if not name:
            raise CodebookError("a code has no name")
        if code.get("isCodable", "true") in {"true", "1"}:
            yield CodeEntry(name=name, meaning=(code.findtext(DESCRIPTION) or "").strip() or NO_MEANING)
        yield from _entries(code, f"{name} / ")


def new_to(chain: Chain, entries: Iterable[CodeEntry]) -> list[CodeEntry]:
    """Those that the record has no theme of that name for."""
    here = {one.name for one in chain.themes.values()}
    return [one for one in entries if one.name not in here]
