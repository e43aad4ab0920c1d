from datetime import datetime, timedelta

import pytest

from analytics.plain import count, duration, sensor_name, when
from tests.analytics.builders import LONDON, local


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59.9), "59 seconds"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=4, minutes=10), "4 hours 10 minutes"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=4), "2 days 3 hours"),
        (timedelta(days=1, minutes=4), "1 day"),
    ],
)
def test_a_length_of_time_in_words(length: timedelta, words: str) -> None:
    assert duration(length) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (local("09:12"), "09:12"),
        (local("23:59", "2026-11-23"), "23:59 yesterday"),
        (local("09:12", "2026-11-22"), "09:12 on Sunday 22 November"),
    ],
)
def test_a_time_as_it_would_be_said_in_the_home(at: datetime, words: str) -> None:
    assert when(at, local("13:00"), LONDON) == words


def test_a_time_is_told_on_the_homes_clock_in_summer_too() -> None:
    noon = local("12:00", "2026-07-06")
    assert noon.hour == 11
    assert when(noon, noon, LONDON) == "12:00"


def test_one_is_not_many() -> None:
    assert (count(1, "reading"), count(3, "reading")) == ("1 reading", "3 readings")


def test_a_sensor_is_called_in_words_without_full_stops() -> None:
    assert sensor_name("st._john-lamp/2") == "st john lamp 2"
