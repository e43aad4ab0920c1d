"""From text to a household."""

from functools import lru_cache

from hub.household.build import Declared, build
from hub.household.model import Household
from hub.household.read import read


@lru_cache(maxsize=8)
def declared(text: str) -> Declared:
    """All that a text declares. Remembered, since pages ask again and again. Raises `HouseholdError`."""
    return build(read(text))


def parse(text: str) -> Household:
    """Read a household and check it. Raises `HouseholdError` with the line and the reason."""
    return declared(text).household
