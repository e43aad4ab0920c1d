"""Small readings of a document that both the checks and the household need."""

from collections.abc import Iterator, Mapping

from analytics.model import FindingKind
from devices.kinds import DeviceSetup
from hub.household.document import AlarmTable, DeviceTable
from hub.model import Provenance, Role

CHOOSERS = {Role.RESIDENT: Provenance.RESIDENT, Role.CLINICIAN: Provenance.CLINICIAN}
"""Whose choice of a setting has which provenance."""


def device_setup(name: str, table: DeviceTable) -> DeviceSetup:
    """A device as its decoder takes it, without its key."""
    options: Mapping[str, str] = table.options if table.port is None else {**table.options, "port": table.port}
    return DeviceSetup(
        name=name,
        kind=table.kind,
        address=table.address,
        room=table.room,
        person=table.person,
        options=options,
    )


def alarm_settings(kind: FindingKind, alarm: AlarmTable) -> Iterator[tuple[str, str, float | str]]:
    """What an alarm's table says to its detector: in which table, which setting, which value."""
    if alarm.active is not None:
        yield "active", f"{kind}.active_from", f"{alarm.active.start:%H:%M}"
        yield "active", f"{kind}.active_to", f"{alarm.active.end:%H:%M}"
    if (confirm := alarm.confirm) is None:
        return
    if confirm.readings is not None:
        yield "confirm", f"{kind}.confirm_readings", float(confirm.readings)
    if confirm.within is not None:
        yield "confirm", f"{kind}.confirm_within_min", confirm.within.total_seconds() / 60
    if confirm.min_quality is not None:
        yield "confirm", f"{kind}.min_quality", confirm.min_quality
