import pytest

from devices.decoders.battery import decode
from devices.model import DecodeError, Quantity
from devices.simulated.frames_gatt import battery
from tests.devices.builders import frame, values


@pytest.mark.parametrize("percent", [0, 90, 100])
def test_a_charge_is_read(percent: int) -> None:
    assert values(decode("strap", frame(battery(percent)))) == {Quantity.BATTERY_PERCENT: percent}


@pytest.mark.parametrize(("payload", "reason"), [("", "ends after"), ("65", "at most 100, got 101")])
def test_what_is_no_charge_is_refused(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode("strap", frame(payload))
