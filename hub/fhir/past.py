"""What was measured and scored since some time, read from the home's database."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from analytics.model import FindingKind
from devices.model import Quantity, Reading, TriggerKind
from hub.fhir.codes import CODES, PRESSURE
from hub.fhir.model import Measured, Scored
from hub.store import devices, observations
from hub.store.schema import finding, from_us, rejection, to_us

EVERY = timedelta(minutes=5)
"""Of a stream, the first believable reading in each such stretch is exported."""
BELIEVED = 0.7
"""A reading that its own sensor believes in less has no value in an export; the detectors' default too."""
DISTRUSTED = "the sensor itself did not trust this reading"


def measured(connection: Connection, since: datetime, until: datetime) -> list[Measured]:
    """Measurements in order of time: of each device and quantity one a stretch, a believable one if there is one."""
    chosen: dict[tuple[str, Quantity, int], Measured] = {}
    for one in (*_heard(connection, since, until), *_rejected(connection, since, until)):
        key = (one.device, one.quantity, _stretch(one))
        before = chosen.get(key)
        if before is None or (before.value is None and one.value is not None):
            chosen[key] = one
    return sorted(chosen.values(), key=lambda one: one.at)


def scored(connection: Connection, since: datetime, until: datetime) -> list[Scored]:
    """Every early-warning score that was told."""
    span = finding.c.at >= to_us(since), finding.c.at < to_us(until)
    query = select(finding).where(finding.c.kind == FindingKind.EARLY_WARNING, *span).order_by(finding.c.id)
    return [
        Scored(
            key=f"finding {row.id}",
            at=from_us(row.at),
            total=_fact(row.evidence, "news2"),
            at_least=_fact(row.evidence, "news2_at_least") or 0.0,
        )
        for row in connection.execute(query)
    ]


def _stretch(one: Measured) -> int:
    """Each blood pressure is of its own, however soon after another it was taken."""
    return to_us(one.at) if one.quantity in PRESSURE else int(one.at.timestamp() // EVERY.total_seconds())


def _heard(connection: Connection, since: datetime, until: datetime) -> Iterator[Measured]:
    wanted: dict[Quantity | TriggerKind, datetime] = dict.fromkeys(CODES, since)
    for number, heard in observations.past(connection, wanted, until):
        if isinstance(heard, Reading):
            good = heard.quality >= BELIEVED
            yield Measured(
                key=f"observation {number}",
                device=heard.device,
                quantity=heard.quantity,
                at=heard.at,
                value=heard.value if good else None,
                absent=None if good else DISTRUSTED,
            )


def _rejected(connection: Connection, since: datetime, until: datetime) -> Iterator[Measured]:
    names, quantities = devices.names(connection), devices.quantities(connection)
    span = rejection.c.at >= to_us(since), rejection.c.at < to_us(until)
    for row in connection.execute(select(rejection).where(*span).order_by(rejection.c.id)):
        quantity = quantities[row.quantity_id]
        if quantity in CODES:
            yield Measured(
                key=f"rejection {row.id}",
                device=names[row.device_id],
                quantity=quantity,
                at=from_us(row.at),
                value=None,
                absent=row.reason,
            )


def _fact(evidence: list[Mapping[str, Any]], what: str) -> float | None:
    return next((float(one["value"]) for one in evidence if one["what"] == what and one["value"] is not None), None)
