from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.localtime import after_daytime, next_time, parse_clock, within
from tests.analytics.builders import LONDON, local

DAY = (time(7, 30), time(22, 0))


@pytest.mark.parametrize("text", ["", "7:30", "0730", "24:00", "07:60", "ab:cd", "07:30:00", "+7:30"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time such as 22:00|must be in"):
        parse_clock(text)


def test_a_time_of_day() -> None:
    assert parse_clock("06:30") == time(6, 30)


@pytest.mark.parametrize(
    ("clock", "inside"),
    [("21:59", False), ("22:00", True), ("00:00", True), ("06:29", True), ("06:30", False), ("12:00", False)],
)
def test_hours_that_pass_midnight(clock: str, *, inside: bool) -> None:
    assert within(local(clock), time(22), time(6, 30), LONDON) is inside


@pytest.mark.parametrize(("clock", "inside"), [("08:59", False), ("09:00", True), ("16:59", True), ("17:00", False)])
def test_hours_within_a_day(clock: str, *, inside: bool) -> None:
    assert within(local(clock), time(9), time(17), LONDON) is inside


def test_hours_follow_the_homes_clock_in_summer() -> None:
    assert within(datetime(2026, 7, 6, 21, 0, tzinfo=UTC), time(22), time(6, 30), LONDON)


def test_the_next_time_is_later_today_or_tomorrow() -> None:
    assert next_time(local("11:59"), time(12), LONDON) == local("12:00")
    assert next_time(local("12:00"), time(12), LONDON) == local("12:00", "2026-11-25")


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (local("09:00"), timedelta(hours=4), local("13:00")),
        (local("18:00"), timedelta(hours=4), local("22:00")),
        (local("20:00"), timedelta(hours=4), local("09:30", "2026-11-25")),
        (local("23:00"), timedelta(hours=4), local("11:30", "2026-11-25")),
        (local("03:00"), timedelta(hours=4), local("11:30")),
        (local("20:00"), timedelta(hours=18), local("09:00", "2026-11-26")),
    ],
)
def test_nights_do_not_count_as_silence(start: datetime, length: timedelta, end: datetime) -> None:
    assert after_daytime(start, length, DAY, LONDON) == end


@pytest.mark.parametrize(("day", "night"), [("2026-10-24", 10.5), ("2027-03-27", 8.5)])
def test_the_night_in_which_the_clocks_change_is_longer_or_shorter(day: str, night: float) -> None:
    start = local("21:00", day)
    assert after_daytime(start, timedelta(hours=2), DAY, LONDON) == start + timedelta(hours=2 + night)


@given(ago=st.integers(0, 2 * 365 * 24 * 60).map(lambda minute: timedelta(minutes=minute)), minutes=st.integers(1, 720))
def test_day_time_never_ends_at_night_and_never_too_early(ago: timedelta, minutes: int) -> None:
    start = local("12:00", "2027-12-31") - ago
    end = after_daytime(start, timedelta(minutes=minutes), DAY, LONDON)
    assert end - start >= timedelta(minutes=minutes)
    assert DAY[0] <= end.astimezone(LONDON).time() <= DAY[1]
