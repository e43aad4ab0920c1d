"""From text to a checked document: every refusal names the line and the reason, in one sentence."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from hub.household.document import Document
from hub.household.lines import Key, locate, nearest
from hub.household.lint import problems
from hub.household.model import HouseholdError

BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before the first line of a text."""
_WORDS = {
    "string_type": "it must be text in quotes",
    "string_too_short": "it must not be empty",
    "int_type": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "bool_type": "it must be true or false",
    "tuple_type": "it must be a list in square brackets",
    "too_short": "it must not be empty",
    "dict_type": "it must be a table",
    "model_type": "it must be a table",
    "date_type": "it must be a date such as 1941-05-03",
    "date_from_datetime_parsing": "it must be a date such as 1941-05-03",
}
"""What pydantic calls it, and what people call it."""


def read(text: str) -> Document:
    """Read home.toml and check it as a whole. Raises `HouseholdError`."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error)) from None
    lines = locate(text)
    found, settings = _flattened(raw)
    try:
        document = Document.model_validate(found)
        wrong = list(problems(document))
    except ValidationError as error:
        wrong = [_placed(one) for one in error.errors()]
    if wrong:
        raise _first([(settings.get(key[:2], key[:2]) + key[2:], reason) for key, reason in wrong], lines)
    return document


def _not_toml(message: str) -> HouseholdError:
    """`tomllib` says "reason (at line 3, column 5)"."""
    reason, _, place = message.partition(" (at ")
    number = "".join(c for c in place.partition(",")[0] if c.isdigit())
    return HouseholdError(f"this is not TOML: {reason[:1].lower()}{reason[1:]}", int(number) if number else None)


def _first(places: list[tuple[Key, str]], lines: Mapping[Key, int]) -> HouseholdError:
    """The refusal that comes first in the file; what is missing altogether has no line, and comes after all others."""
    numbered = [(nearest(lines, key), key, reason) for key, reason in places]
    line, key, reason = min(numbered, key=lambda one: (one[0] is None or not one[1], one[0] or 0))
    return HouseholdError(f"{_spelt(key)}: {reason}" if key else reason, line)


def _spelt(key: Key) -> str:
    """A key as people write it; places in a list count from 1.

    >>> _spelt(("plans", "life", "steps", 0, "wait"))
    'plans.life.steps[1].wait'
    """
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key).lstrip(".")


def _placed(error: Mapping[str, Any]) -> tuple[Key, str]:
    key: Key = tuple(part for part in error["loc"] if part != "[key]")
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return key[:-1], f"`{key[-1]}` is missing"
        case "unknown_key":
            return (*key, context["key"]), context["reason"]
        case "enum" | "literal_error":
            return key, _not_one_of(error["input"], context["expected"])
        case "value_error":
            return key, str(context["error"])
    return key, _WORDS.get(error["type"], error["msg"][:1].lower() + error["msg"][1:])


def _not_one_of(given: object, expected: str) -> str:
    """`expected` is pydantic's list: "'family', 'neighbour' or 'arc'"."""
    names = re.findall(r"'([^']*)'", expected)
    meant = get_close_matches(str(given), names, n=1)
    return f"{given!r} is not one of {', '.join(names)}" + (f"; did you mean {meant[0]!r}?" if meant else "")


def _flattened(raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Key, Key]]:
    """The file with its settings under dotted keys, and where each of them really stands."""
    settings = raw.get("settings")
    if not isinstance(settings, dict):
        return dict(raw), {}
    found = {".".join(key): (key, value) for key, value in _leaves((), settings)}
    flat = {name: value if isinstance(value, dict) else {"value": value} for name, (_, value) in found.items()}
    return {**raw, "settings": flat}, {("settings", name): ("settings", *key) for name, (key, _) in found.items()}


def setting_places(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Where under `[settings]` each setting stands: as one quoted key, a dotted one, or in tables within tables."""
    return {".".join(key): key for key, _ in _leaves((), raw.get("settings", {}))}


def _leaves(key: tuple[str, ...], value: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict) and "value" not in inner:
            yield from _leaves((*key, name), inner)
        else:
            yield (*key, name), inner
