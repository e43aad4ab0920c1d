import pytest

from devices.model import Quantity
from devices.units import STATES, unit_of


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        (Quantity.HEART_RATE_BPM, "bpm"),
        (Quantity.RESPIRATION_PER_MIN, "/min"),
        (Quantity.SYSTOLIC_MMHG, "mmHg"),
        (Quantity.TEMPERATURE_C, "°C"),
        (Quantity.SIGNAL_DBM, "dBm"),
        (Quantity.BEAT_INTERVAL_S, "s"),
        (Quantity.BATTERY_V, "V"),
        (Quantity.MOTION, ""),
        (Quantity.MOVEMENT_COUNT, ""),
    ],
)
def test_the_unit_is_in_the_name(quantity: Quantity, unit: str) -> None:
    assert unit_of(quantity) == unit


def test_states_are_what_has_no_unit_and_is_not_counted() -> None:
    assert {Quantity.OPEN, Quantity.MOTION, Quantity.SKIN_CONTACT} <= STATES
    assert not STATES & {Quantity.MOVEMENT_COUNT, Quantity.DISTANCE_CM, Quantity.BATTERY_PERCENT}
