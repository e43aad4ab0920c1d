"""Puts the devices' keys into a household; they come from the secrets and are never stored."""

from dataclasses import replace

from hub.household.model import Household
from hub.secrets import SecretError, need_key


def unlock(household: Household) -> tuple[Household, tuple[str, ...]]:
    """The household with every device's key, and a sentence for each key that is missing."""
    devices, missing = dict(household.devices), []
    for name, secret in household.key_secrets.items():
        try:
            devices[name] = replace(devices[name], key=need_key(secret))
        except SecretError as error:
            missing.append(f"{name} cannot be read: {error}")
    return replace(household, devices=devices), tuple(missing)
