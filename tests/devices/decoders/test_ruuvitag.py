import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.decoders.ruuvitag import SOURCE, make
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Quantity
from devices.simulated.frames_ruuvitag import Weather, manufacturer_data
from tests.devices.builders import MAC, frame, values

SETUP = DeviceSetup(name="fridge", kind="ruuvitag", address=MAC)
PUBLIC = "0512fc5394c37c0004fffc040cac364200cdcbb8334c884f"


def test_what_a_public_frame_says_is_read() -> None:
    assert values(make(SETUP)(frame(PUBLIC, SOURCE))) == {
        Quantity.TEMPERATURE_C: 24.3,
        Quantity.HUMIDITY_PERCENT: 53.49,
        Quantity.PRESSURE_HPA: 1000.44,
        Quantity.BATTERY_V: 2.977,
        Quantity.MOVEMENT_COUNT: 66.0,
    }


def test_an_old_tag_is_read() -> None:
    """Format 3, from its published description."""
    assert values(make(SETUP)(frame("03291a1ece1efc18f94202ca0b53", SOURCE))) == {
        Quantity.TEMPERATURE_C: 26.3,
        Quantity.HUMIDITY_PERCENT: 20.5,
        Quantity.PRESSURE_HPA: 1027.66,
        Quantity.BATTERY_V: 2.899,
    }


def test_what_a_tag_cannot_measure_is_no_reading() -> None:
    """Every field at the value that stands for none, from the format's published description."""
    assert make(SETUP)(frame("058000ffffffff800080008000ffffffffffffffffffffff", SOURCE)) == []


def test_a_movement_is_told_at_once_and_the_weather_every_minute() -> None:
    decode = make(SETUP)
    mild, cold = Weather(), Weather(celsius=4.0)
    assert len(values(decode(frame(manufacturer_data(MAC, mild), SOURCE)))) == 5
    assert decode(frame(manufacturer_data(MAC, cold), SOURCE, after_s=20)) == []
    moved = decode(frame(manufacturer_data(MAC, cold, movements=1), SOURCE, after_s=21))
    assert values(moved) == {Quantity.MOVEMENT_COUNT: 1.0}
    assert values(decode(frame(manufacturer_data(MAC, cold, movements=1), SOURCE, after_s=60)))[
        Quantity.TEMPERATURE_C
    ] == pytest.approx(4.0)


@pytest.mark.parametrize("payload", ["", "05", PUBLIC[:-2], PUBLIC + "00", "03", "06" + "00" * 19, "00", "ff" * 24])
def test_what_is_no_tags_frame_is_refused(payload: str) -> None:
    with pytest.raises(DecodeError, match="not a tag's frame of format 3 or 5"):
        make(SETUP)(frame(payload, SOURCE))


@given(
    celsius=st.none() | st.integers(-163, 163),
    humidity=st.none() | st.integers(0, 100),
    pressure=st.none() | st.integers(500, 1100),
    movements=st.integers(0, 600),
)
def test_what_the_simulated_tag_sends_is_read_back(
    celsius: int | None, humidity: int | None, pressure: int | None, movements: int
) -> None:
    weather = Weather(celsius=celsius, humidity_percent=humidity, pressure_hpa=pressure)
    said = values(make(SETUP)(frame(manufacturer_data(MAC, weather, movements=movements, battery_v=2.9), SOURCE)))
    assert said.get(Quantity.TEMPERATURE_C) == celsius
    assert said.get(Quantity.HUMIDITY_PERCENT) == humidity
    assert said.get(Quantity.PRESSURE_HPA) == pressure
    assert said[Quantity.MOVEMENT_COUNT] == movements % 255
    assert said[Quantity.BATTERY_V] == pytest.approx(2.9)
