"""Impossible readings are kept with their reason, but no device fills the disk with them."""

from datetime import timedelta

from devices.model import Quantity, Reading
from hub.rejections import AN_HOUR, MOST_AN_HOUR, Rejections
from tests.fakes import START


def pulse(device: str = "watch") -> Reading:
    return Reading(device=device, quantity=Quantity.HEART_RATE_BPM, value=400.0, at=START)


def test_a_rejection_is_taken_once_with_its_reason() -> None:
    rejections = Rejections()
    rejections.add(pulse(), "400 is impossible", START)
    assert [(one.reading.value, one.reason) for one in rejections.take()] == [(400.0, "400 is impossible")]
    assert rejections.take() == []


def test_a_device_that_raves_has_its_share_of_an_hour_and_takes_nobody_elses() -> None:
    rejections = Rejections()
    for _ in range(1000):
        rejections.add(pulse(), "impossible", START)
    rejections.add(pulse("oximeter"), "impossible", START)
    assert len(rejections.take()) == MOST_AN_HOUR + 1
    rejections.add(pulse(), "impossible", START + AN_HOUR)
    assert len(rejections.take()) == 1


def test_a_clock_that_was_set_back_begins_a_new_hour() -> None:
    rejections = Rejections()
    for _ in range(MOST_AN_HOUR + 1):
        rejections.add(pulse(), "impossible", START)
    rejections.take()
    rejections.add(pulse(), "impossible", START - timedelta(days=1))
    assert len(rejections.take()) == 1
