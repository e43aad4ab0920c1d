"""What pydantic finds wrong with what somebody asked for, in words that people use."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_WORDS = {
    "missing": "it is missing",
    "extra_forbidden": "nothing of that name is known here",
    "enum": "{input!r} is not one of {expected}",
    "literal_error": "{input!r} is not one of {expected}",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "string_type": "it must be text",
    "string_too_short": "it must not be empty",
    "string_too_long": "it must not be longer than {max_length} characters",
    "model_type": "it must be a table of names and values",
}
"""pydantic's name for it, and ours."""
OTHER = "it cannot be used as it is"


def plainly(error: ValidationError) -> str:
    """Everything that is wrong, in one line."""
    return "; ".join(f"{_field(one)}: {_reason(one)}" for one in error.errors())


def _field(one: Mapping[str, Any]) -> str:
    return ".".join(map(str, one["loc"])) or "the request"


def _reason(one: Mapping[str, Any]) -> str:
    known = {"input": one["input"], **one.get("ctx", {})}
    if "expected" in known:
        known["expected"] = str(known["expected"]).replace("'", "")
    return _WORDS.get(one["type"], OTHER).format(**known)
