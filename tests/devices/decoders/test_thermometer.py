from datetime import datetime

import pytest

from devices.decoders.thermometer import decode
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import temperature
from tests.devices.builders import device_times, frame, values


def test_a_temperature_is_read() -> None:
    assert values(decode("brow", frame("006e0100ff", "gatt:2a1c"))) == {Quantity.BODY_TEMPERATURE_C: 36.6}


def test_fahrenheit_becomes_celsius() -> None:
    assert values(decode("brow", frame("01da0300ff")))[Quantity.BODY_TEMPERATURE_C] == pytest.approx(37.0)


def test_no_number_is_no_reading() -> None:
    assert decode("brow", frame(temperature(None))) == []


def test_what_the_simulated_thermometer_sends_is_read_back() -> None:
    taken = datetime(2026, 11, 24, 6, 30)  # noqa: DTZ001 -- the thermometer's own time
    observations = decode("brow", frame(temperature(38.25, taken=taken)))
    assert values(observations) == {Quantity.BODY_TEMPERATURE_C: 38.25}
    assert device_times(observations) == {taken}


@pytest.mark.parametrize("payload", ["", "006e0100", "026e0100ffea07"])
def test_a_torn_measurement_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode("brow", frame(payload))
