"""What the hub is to do, as the database says now: whom it listens to, by which rules, for which home."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.model import Settings
from analytics.settings import resolve
from devices.registry import KINDS
from hub.catalogue import Catalogue
from hub.household import current, unlock
from hub.household.model import Household
from hub.household.saved import TOPIC as HOUSEHOLD
from hub.pauses import TOPIC as PAUSE
from hub.router import Table, table
from hub.store import changes, devices
from hub.store.settings import TOPIC as SETTING
from hub.store.settings import in_force

TOPICS = (HOUSEHOLD, SETTING, PAUSE)
"""What an arrangement follows from: when one of these changes, there is a new one."""

Versions = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """One household and its settings, ready to be carried out. `lacking` says what it would need besides."""

    household: Household
    settings: Settings
    catalogue: Catalogue
    routes: Table
    lacking: tuple[str, ...]
    versions: Versions


def arrange(connection: Connection) -> Arrangement:
    """Read the arrangement; a job, as new quantities are given numbers.

    Raises `HouseholdError` where no household was applied; `SettingError`, `SetupError` or `UnknownKindError` where it
    was applied by another version.
    """
    household, lacking = unlock(current(connection))
    return Arrangement(
        household=household,
        settings=resolve(in_force(connection)),
        catalogue=Catalogue(devices=devices.ids(connection), quantities=devices.quantity_ids(connection)),
        routes=table(household.devices.values(), KINDS),
        lacking=lacking,
        versions=versions(connection),
    )


def versions(connection: Connection) -> Versions:
    """How often what arrangements follow from has changed."""
    known = changes.versions(connection)
    return {topic: known.get(topic, 0) for topic in TOPICS}
