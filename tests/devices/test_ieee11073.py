import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.ieee11073 import from_float, from_sfloat, to_float, to_sfloat


@pytest.mark.parametrize(
    ("word", "value"),
    [(0xF057, 8.7), (0xF3E8, 100.0), (0x005A, 90.0), (0xE37A, 8.9), (0x0FFF, -1.0), (0x1001, 10.0), (0x8001, 1e-8)],
)
def test_an_sfloat_is_read(word: int, value: float) -> None:
    assert from_sfloat(word) == value


@pytest.mark.parametrize(
    ("word", "value"), [(0xFF00016E, 36.6), (0x00FFFFFF, -1.0), (0x7F000001, 1e127), (0x80000001, 1e-128)]
)
def test_a_float_is_read(word: int, value: float) -> None:
    assert from_float(word) == value


@pytest.mark.parametrize("word", [0x07FF, 0x0800, 0x07FE, 0x0802, 0x0801])
def test_what_is_no_number_in_an_sfloat_is_no_reading(word: int) -> None:
    assert from_sfloat(word) is None


@pytest.mark.parametrize("word", [0x007FFFFF, 0x00800000, 0x007FFFFE, 0x00800002, 0x00800001])
def test_what_is_no_number_in_a_float_is_no_reading(word: int) -> None:
    assert from_float(word) is None


def test_no_reading_is_written_as_not_a_number() -> None:
    assert (to_sfloat(None), to_float(None)) == (0x07FF, 0x007FFFFF)


@given(st.integers(0, 0xFFFF))
def test_every_sfloat_survives_being_written_again(word: int) -> None:
    value = from_sfloat(word)
    if value is not None and abs(value) <= 2045e7:  # the edge mantissas are not written
        assert from_sfloat(to_sfloat(value)) == pytest.approx(value, rel=1 / 4000)


@given(st.integers(0, 0xFFFFFFFF))
def test_every_float_survives_being_written_again(word: int) -> None:
    value = from_float(word)
    if value is not None and abs(value) <= 8_388_605e127:
        assert from_float(to_float(value)) == pytest.approx(value, rel=1e-6)


@given(st.integers(-2045, 2045), st.integers(-8, 7))
def test_a_number_that_an_sfloat_can_hold_is_held_exactly(mantissa: int, exponent: int) -> None:
    value = float(mantissa * 10**exponent) if exponent >= 0 else mantissa / 10**-exponent
    assert from_sfloat(to_sfloat(value)) == value


@example(8_388_605, -11)
@given(st.integers(-8_388_605, 8_388_605), st.integers(-12, 12))
def test_a_number_that_a_float_can_hold_is_held_exactly(mantissa: int, exponent: int) -> None:
    value = float(mantissa * 10**exponent) if exponent >= 0 else mantissa / 10**-exponent
    assert from_float(to_float(value)) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("value", [2046e7, -1e11])
def test_what_an_sfloat_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        to_sfloat(value)


def test_what_a_float_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        to_float(1e200)
