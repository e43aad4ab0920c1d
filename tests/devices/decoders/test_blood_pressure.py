from datetime import datetime

import pytest

from devices.decoders.blood_pressure import decode
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import blood_pressure
from tests.devices.builders import device_times, frame, qualities, values

PRESSURES = (Quantity.SYSTOLIC_MMHG, Quantity.DIASTOLIC_MMHG, Quantity.MEAN_ARTERIAL_MMHG)
TAKEN = datetime(2026, 11, 24, 6, 30)  # noqa: DTZ001 -- the cuff's own time


def test_a_measurement_is_read() -> None:
    observations = decode("cuff", frame("1e790050005c00ea070b18061e004800010000", "gatt:2a35"))
    assert values(observations) == {**dict(zip(PRESSURES, (121.0, 80.0, 92.0), strict=True)), Quantity.PULSE_BPM: 72.0}
    assert device_times(observations) == {TAKEN}
    assert qualities(observations) == {1.0}


def test_no_number_is_no_reading() -> None:
    assert decode("cuff", frame("00ff07ff07ff07")) == []


def test_kilopascals_become_millimetres() -> None:
    said = values(decode("cuff", frame("01" + "a0f0" + "6bf0" + "7bf0")))  # 16.0, 10.7, 12.3 kPa
    assert [round(said[quantity]) for quantity in PRESSURES] == [120, 80, 92]


@pytest.mark.parametrize(
    ("status", "quality"), [(0x00, 1.0), (0x01, 0.3), (0x02, 0.3), (0x04, 0.7), (0x20, 0.5), (0x24, 0.5), (0x08, 1.0)]
)
def test_a_measurement_is_believed_as_far_as_the_cuff_does(status: int, quality: float) -> None:
    assert qualities(decode("cuff", frame(blood_pressure((121, 80, 92), status=status)))) == {quality}


def test_what_the_simulated_cuff_sends_is_read_back() -> None:
    observations = decode("cuff", frame(blood_pressure((152, None, 110), taken=TAKEN, pulse_bpm=64.5)))
    assert values(observations) == {PRESSURES[0]: 152.0, PRESSURES[2]: 110.0, Quantity.PULSE_BPM: 64.5}
    assert device_times(observations) == {TAKEN}


@pytest.mark.parametrize("payload", ["", "0079005000", "0879005000", "02790050005c00ea07"])
def test_a_torn_measurement_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode("cuff", frame(payload))
