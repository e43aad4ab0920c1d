"""The household: home.toml read, checked, saved, and given to the hub."""

from hub.household.keys import unlock
from hub.household.model import HouseholdError
from hub.household.parsed import parse
from hub.household.saved import NOT_DECLARED, Applied, apply, current, export, latest

__all__ = ["NOT_DECLARED", "Applied", "HouseholdError", "apply", "current", "export", "latest", "parse", "unlock"]
