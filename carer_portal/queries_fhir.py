"""What an export to a record system holds: only what the resident lets that recipient see."""

from datetime import datetime

from sqlalchemy import Connection

from carer_portal.queries_alarms import People, open_alarms
from carer_portal.sight import Look, Sight
from devices.registry import KINDS
from hub.fhir import past
from hub.fhir.model import Appliance, Export, Measured, Raised, Subject
from hub.household.model import Household


def gathered(connection: Connection, look: Look, since: datetime) -> Export:
    """Everything that this recipient may have."""
    may, household = look.sight, look.household
    measured = past.measured(connection, since, look.now) if may.may("vitals") else []
    return Export(
        subject=_subject(household, may),
        at=look.now,
        times=may.may("time"),
        consent_revision=household.consent.revision,
        appliances=_appliances(household, may, measured),
        measured=measured,
        scored=past.scored(connection, since, look.now) if may.may("news2") else [],
        raised=[
            Raised(number=one.id, title=one.title, because=one.because, opened_at=one.opened_at)
            for one in open_alarms(connection, People(household=household, sight=may))
        ],
    )


def _subject(household: Household, may: Sight) -> Subject:
    person = household.person
    born = person.birth_date
    return Subject(
        household=household.id,
        key=household.resident,
        full_name=person.full_name if may.may("name") else None,
        first_name=person.first_name if may.may("first_name") else None,
        birth_year=born.year if born is not None and may.may("birth_year") else None,
        address=person.address if may.may("address") else None,
    )


def _appliances(household: Household, may: Sight, measured: list[Measured]) -> list[Appliance]:
    """The devices that measured; their own names tell where they are, and so need consent for rooms."""
    return [
        Appliance(key=key, kind=_title(household, key), name=_name(household, key) if may.may("room") else None)
        for key in sorted({one.device for one in measured})
    ]


def _title(household: Household, key: str) -> str:
    """What it is; one that was taken out of home.toml since is only known to have measured."""
    setup = household.devices.get(key)
    return "a device of this home" if setup is None else KINDS[setup.kind].title


def _name(household: Household, key: str) -> str:
    sensor = household.home.sensors.get(key)
    return key if sensor is None else sensor.name
