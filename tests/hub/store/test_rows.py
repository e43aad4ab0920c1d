from datetime import timedelta

from devices.model import Quantity, Reading
from hub.store.rows import to_row
from hub.store.schema import from_us
from tests.fakes import START


def test_a_reading_keeps_its_time_to_the_microsecond() -> None:
    at = START + timedelta(microseconds=123_457)
    reading = Reading(device="oximeter", quantity=Quantity.SPO2_PERCENT, value=97.0, at=at, quality=0.5)

    number, device_id, quantity_id, at_us, value, quality = to_row(7, 1, 2, reading)

    assert (number, device_id, quantity_id, value, quality) == (7, 1, 2, 97.0, 0.5)
    assert from_us(at_us) == at


def test_a_reading_that_nothing_speaks_against_costs_no_bytes_for_quality() -> None:
    reading = Reading(device="door", quantity=Quantity.OPEN, value=1.0, at=START)

    assert to_row(1, 1, 1, reading)[-1] is None
