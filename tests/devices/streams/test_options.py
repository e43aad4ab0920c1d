import pytest

from devices.kinds import DeviceSetup, SetupError
from devices.streams.options import chosen


def setup(**options: str) -> DeviceSetup:
    return DeviceSetup(name="wrist", kind="metamotion", address="A4:C1:38:00:00:02", options=options)


@pytest.mark.parametrize(("options", "value"), [({}, 50.0), ({"rate_hz": "25"}, 25.0), ({"rate_hz": "12.5"}, 12.5)])
def test_an_option_or_the_usual_value_is_taken(options: dict[str, str], value: float) -> None:
    assert chosen(setup(**options), "rate_hz", (50.0, 25.0, 12.5)) == value


@pytest.mark.parametrize("text", ["60", "fast", "", "50 Hz"])
def test_what_is_not_offered_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(SetupError, match=r"device wrist: its rate_hz can be 12\.5, 25, 50, not"):
        chosen(setup(rate_hz=text), "rate_hz", (50.0, 25.0, 12.5))
