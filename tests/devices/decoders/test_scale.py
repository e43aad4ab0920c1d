from datetime import datetime

import pytest

from devices.decoders.scale import decode
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import weight
from tests.devices.builders import device_times, frame, values


def test_a_weight_is_read() -> None:
    assert values(decode("bath", frame("008838", "gatt:2a9d"))) == {Quantity.WEIGHT_KG: 72.36}


def test_pounds_become_kilograms() -> None:
    assert values(decode("bath", frame("01" + (16_000).to_bytes(2, "little").hex()))) == {Quantity.WEIGHT_KG: 72.575}


def test_an_unsuccessful_weighing_is_no_reading() -> None:
    assert decode("bath", frame("00ffff")) == []


def test_what_the_simulated_scale_sends_is_read_back() -> None:
    taken = datetime(2026, 11, 24, 6, 30)  # noqa: DTZ001 -- the scale's own time
    observations = decode("bath", frame(weight(61.405, taken=taken)))
    assert values(observations) == {Quantity.WEIGHT_KG: 61.405}
    assert device_times(observations) == {taken}


@pytest.mark.parametrize("payload", ["", "0088", "028838ea07"])
def test_a_torn_measurement_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode("bath", frame(payload))
