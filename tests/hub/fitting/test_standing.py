"""What is said of each sensor, from what was stored, however long ago."""

from datetime import timedelta
from pathlib import Path

import pytest

from devices.model import Quantity, Reading
from hub.catalogue import Catalogue
from hub.fitting.standing import Standing, standings
from hub.household import current
from hub.store import devices, faults, rollups
from hub.store.faults import Fault
from hub.store.rows import to_row
from hub.store.writer import Store
from tests.fakes import START

LATER = START + timedelta(days=2)


def told(db: Path, readings: dict[str, dict[Quantity, float]], *, summarise: bool = False) -> dict[str, Standing]:
    store = Store.open(db)
    catalogue = store.run(lambda c: Catalogue(devices=devices.ids(c), quantities=devices.quantity_ids(c)))
    rows = [
        to_row(
            store.next_id(),
            catalogue.devices[device],
            catalogue.quantities[quantity],
            Reading(device=device, quantity=quantity, value=value, at=START),
        )
        for device, said in readings.items()
        for quantity, value in said.items()
    ]
    store.append(rows)
    store.run(lambda _: None)
    if summarise:
        store.run(rollups.update)
    with store.reading() as connection:
        found = standings(connection, current(connection), LATER)
    store.shut()
    return {one.name: one for one in found}


@pytest.mark.parametrize("summarise", [False, True])
def test_the_newest_is_found_in_the_rows_and_in_the_summaries(db: Path, *, summarise: bool) -> None:
    said = {"kitchen_motion": {Quantity.MOTION: 0.0, Quantity.BATTERY_PERCENT: 71.0}}
    one = told(db, said, summarise=summarise)["kitchen_motion"]
    assert (one.state, one.battery, one.where) == ("still", "71 %", "kitchen")


@pytest.mark.parametrize(
    ("said", "battery", "state"),
    [
        ({Quantity.BATTERY_LOW: 1.0}, "low", ""),
        ({Quantity.BATTERY_LOW: 0.0, Quantity.TAMPERED: 0.0}, "good", ""),
        ({Quantity.BATTERY_V: 2.4, Quantity.TEMPERATURE_C: 21.5}, "2.4 V, low", "21.5 °C"),
        ({Quantity.BATTERY_V: 2.9}, "2.9 V", ""),
        ({Quantity.OPEN: 1.0, Quantity.LEFT_OPEN: 1.0, Quantity.TEMPERATURE_C: 4.0}, "", "open, left open"),
    ],
)
def test_a_battery_and_a_state_in_words(db: Path, said: dict[Quantity, float], battery: str, state: str) -> None:
    one = told(db, {"front_door": said})["front_door"]
    assert (one.battery, one.state) == (battery, state)


def test_an_open_case_is_told_with_its_device(db: Path) -> None:
    store = Store.open(db)
    case = Fault(kind="silent", subject="pendant", because="The pendant is silent.", opened_at=START)
    store.run(lambda connection: faults.open_case(connection, case))
    store.shut()
    assert told(db, {})["pendant"].troubles == ["The pendant is silent."]
