"""The values that home.toml is made of, and tables that refuse what they do not know."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from analytics.localtime import parse_clock
from devices.spelling import unknown

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W|(?:(?P<days>\d+)D)?(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?)"
)


def parse_duration(text: object) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds. Raises `ValueError`.

    >>> parse_duration("PT1M30S")
    datetime.timedelta(seconds=90)
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or text == "P":
        raise ValueError(f"expected a duration such as PT5M (five minutes), not {text!r}")
    return timedelta(**{unit: float(number) for unit, number in found.groupdict(default="0").items()})


def _clock_time(text: object) -> time:
    if isinstance(text, time):
        return text
    return parse_clock(str(text))


def _local(value: object) -> datetime:
    """A time on the household's own clock: from TOML, or as text."""
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise ValueError(f"expected a time on the household's own clock, such as 2026-12-24T08:00, not {value!r}")
    return at


def _value(value: object) -> bool | float | str:
    if isinstance(value, bool | int | float | str):
        return value
    raise ValueError("a setting is a number, a text, or true or false")


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(value)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
LocalTime = Annotated[datetime, BeforeValidator(_local)]
Text = Annotated[StrictStr, Field(min_length=1)]
Value = Annotated[Any, BeforeValidator(_value)]
Fields = tuple[StrictStr, ...]


class Table(BaseModel):
    """A table of the file; a key that it does not know is refused, since a typing error must not go unnoticed."""

    model_config = ConfigDict(frozen=True, validate_by_name=False, validate_by_alias=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_only(cls, values: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in values if isinstance(values, dict) else ():
            if key not in known:
                raise PydanticCustomError("unknown_key", "{reason}", {"key": key, "reason": unknown("key", key, known)})
        return values
