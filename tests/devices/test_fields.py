from datetime import datetime

import pytest

from devices.fields import Fields
from devices.model import DecodeError


def test_fields_are_taken_one_after_another() -> None:
    fields = Fields(bytes.fromhex("01" + "3412" + "57f0" + "6e0100ff" + "ffff"), "a test")
    assert (fields.whole(1), fields.whole(2), fields.sfloat(), fields.medical_float()) == (1, 0x1234, 8.7, 36.6)
    assert fields.left == 2
    assert fields.take(2) == b"\xff\xff"
    assert fields.left == 0


def test_a_payload_that_ends_too_soon_is_refused() -> None:
    with pytest.raises(DecodeError, match="a test ends after 2 of at least 3 bytes: 0102"):
        Fields(b"\1\2", "a test").take(3)


@pytest.mark.parametrize(
    ("payload", "time"),
    [
        ("e8070b1d170839", datetime(2024, 11, 29, 23, 8, 57)),  # noqa: DTZ001 -- a device's own
        ("00000000000000", None),
        ("e8070d01000000", None),
        ("e8070b1d183c3c", None),
    ],
)
def test_a_clock_that_was_never_set_tells_no_time(payload: str, time: datetime | None) -> None:
    assert Fields(bytes.fromhex(payload), "a test").date_time() == time
