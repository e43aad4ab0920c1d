"""What is to be said of a setting."""

from dataclasses import dataclass

ASSUMED = "assumed; to be set with the resident"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSpec:
    """One setting as shipped.

    `low` and `high` are the safe bounds, themselves allowed. A setting in the unit `clock` is a time of day such as
    22:00, and its bounds may pass midnight. `words` finish the sentence "This sets ...".
    """

    value: float | str
    unit: str
    words: str
    low: float | str
    high: float | str
    source: str
