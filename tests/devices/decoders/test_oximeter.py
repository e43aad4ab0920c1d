from datetime import datetime

import pytest

from devices.decoders.oximeter import decode_continuous, decode_spot_check
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import OFF_FINGER, ONGOING, MeterStatus, continuous, spot_check
from tests.devices.builders import device_times, frame, qualities, values

SPO2, PULSE, PERFUSION = Quantity.SPO2_PERCENT, Quantity.PULSE_BPM, Quantity.PERFUSION_PERCENT
CONTACT = Quantity.SKIN_CONTACT


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("00e8f384f3", {SPO2: 100.0, PULSE: 90.0}),
        ("1c5f005a00200000000057f0", {SPO2: 95.0, PULSE: 90.0, PERFUSION: 8.7, CONTACT: 1.0}),
        (
            "1fdef3caf3caf35af5d4f3b2f220010000007ae3",
            {
                SPO2: 99.0,
                PULSE: 97.0,
                Quantity.SPO2_FAST_PERCENT: 97.0,
                Quantity.PULSE_FAST_BPM: 137.0,
                Quantity.SPO2_SLOW_PERCENT: 98.0,
                Quantity.PULSE_SLOW_BPM: 69.0,
                PERFUSION: 8.9,
                CONTACT: 1.0,
            },
        ),
    ],
)
def test_a_running_measurement_is_read(payload: str, expected: dict[Quantity, float]) -> None:
    observations = decode_continuous("finger", frame(payload, "gatt:2a5f"))
    assert values(observations) == expected
    assert qualities(observations) == {1.0}


def test_a_spot_check_is_read_with_the_meters_own_time_and_its_doubts() -> None:
    observations = decode_spot_check("finger", frame("0facf3bef5e8070b1d170839204022000066e3", "gatt:2a5e"))
    assert values(observations) == {SPO2: 94.0, PULSE: 147.0, PERFUSION: 8.7, CONTACT: 1.0}
    assert device_times(observations) == {datetime(2024, 11, 29, 23, 8, 57)}  # noqa: DTZ001 -- the meter's own
    assert qualities(observations) == {0.0}, "it reports a malfunction and a questionable measurement"


@pytest.mark.parametrize("word", ["ff07", "0008", "fe07", "0208", "0108"])
def test_a_value_that_is_no_number_is_no_reading(word: str) -> None:
    assert values(decode_continuous("finger", frame(f"00{word}5a00"))) == {PULSE: 90.0}
    assert values(decode_spot_check("finger", frame(f"005f00{word}"))) == {SPO2: 95.0}


@pytest.mark.parametrize(
    ("status", "quality"),
    [
        (ONGOING, 1.0),
        (MeterStatus(), 1.0),
        (MeterStatus(measurement=1 << 6), 0.6),
        (MeterStatus(measurement=1 << 9), 0.0),
        (MeterStatus(measurement=1 << 14), 0.3),
        (MeterStatus(measurement=1 << 15), 0.0),
        (MeterStatus(sensor=1 << 5), 0.5),
        (MeterStatus(sensor=1 << 8 | 1 << 5), 0.3),
        (MeterStatus(measurement=1 << 6, sensor=1 << 7), 0.0),
        (MeterStatus(perfusion_percent=0.2), 0.3),
        (MeterStatus(perfusion_percent=0.3), 1.0),
        (MeterStatus(measurement=0x1F, sensor=0xFF0001), 1.0),
    ],
)
def test_a_value_is_believed_as_far_as_the_meter_itself_does(status: MeterStatus, quality: float) -> None:
    assert qualities(decode_continuous("finger", frame(continuous((97, 70), status=status)))) == {quality}
    assert qualities(decode_spot_check("finger", frame(spot_check((97, 70), status=status)))) == {quality}


@pytest.mark.parametrize("bit", [11, 13, 15])
def test_no_finger_is_told(bit: int) -> None:
    observations = decode_continuous("finger", frame(continuous((97, 70), status=MeterStatus(sensor=1 << bit))))
    assert values(observations)[CONTACT] == 0.0
    assert qualities(observations) == {0.0}


def test_a_meter_off_the_finger_sends_no_number() -> None:
    observations = decode_continuous("finger", frame(continuous((None, None), status=OFF_FINGER)))
    assert values(observations) == {CONTACT: 0.0}


def test_a_clock_that_was_never_set_tells_no_time() -> None:
    taken = datetime(2019, 1, 1)  # noqa: DTZ001 -- the meter's own
    set_, unset = (spot_check((97, 70), taken=taken, clock_set=clock_set) for clock_set in (True, False))
    assert device_times(decode_spot_check("finger", frame(set_))) == {taken}
    assert device_times(decode_spot_check("finger", frame(unset))) == {None}


def test_what_the_simulated_meter_sends_is_read_back() -> None:
    payload = continuous((96.5, 71), fast=(95, 72), slow=(97, 70))
    said = values(decode_continuous("finger", frame(payload)))
    assert (said[SPO2], said[PULSE]) == (96.5, 71.0)
    assert (said[Quantity.SPO2_FAST_PERCENT], said[Quantity.PULSE_FAST_BPM]) == (95.0, 72.0)
    assert (said[Quantity.SPO2_SLOW_PERCENT], said[Quantity.PULSE_SLOW_BPM]) == (97.0, 70.0)


@pytest.mark.parametrize("payload", ["", "005f00", "1c5f005a00", "01e8f384f3e8f3"])
def test_a_torn_measurement_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode_continuous("finger", frame(payload))


@pytest.mark.parametrize("payload", ["", "01acf3bef5e807", "02acf3bef520"])
def test_a_torn_spot_check_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="ends after"):
        decode_spot_check("finger", frame(payload))
