"""How often a sender is heard is learnt from all its gaps, and not from its bursts or its outages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.supervision.rhythm import LONGEST_ADOPTED_S, Rhythm


def learnt(*gaps: float, limit_s: float | None = None) -> Rhythm:
    rhythm = Rhythm()
    for gap in gaps:
        rhythm.add(gap, limit_s)
    return rhythm


@given(st.floats(0.05, 40_000), st.integers(5, 60))
def test_a_steady_sender_has_exactly_its_own_interval(gap: float, times: int) -> None:
    rhythm = learnt(*[gap] * times)
    assert rhythm.interval_s == pytest.approx(gap, abs=1e-5)
    assert rhythm.regular


def test_a_burst_of_repetitions_does_not_make_it_seem_quick() -> None:
    rhythm = learnt(*[600.0, *[0.1] * 10] * 20)
    assert rhythm.interval_s == pytest.approx(600.0)


def test_a_beacon_of_which_one_in_ten_is_missed_is_regular() -> None:
    rhythm = learnt(*[*[600.0] * 8, 1200.0] * 10)
    assert rhythm.interval_s == pytest.approx(1200.0)
    assert rhythm.regular


def test_what_speaks_on_events_only_is_not_regular() -> None:
    assert not learnt(*[*[300.0] * 190, 8 * 3600.0] * 5).regular


def test_one_long_outage_is_no_habit() -> None:
    rhythm = learnt(*[60.0] * 2000, limit_s=180.0)
    rhythm.add(15 * 3600.0, 180.0)
    assert rhythm.interval_s == pytest.approx(60.0)


def test_outages_day_after_day_are_no_habit_either() -> None:
    rhythm = learnt(*[60.0] * 500)
    for _ in range(5):
        rhythm.add(LONGEST_ADOPTED_S * 3, 180.0)
    assert rhythm.interval_s == pytest.approx(60.0)


def test_a_new_rhythm_is_adopted_after_two_gaps() -> None:
    rhythm = learnt(*[60.0] * 2000, limit_s=180.0)
    rhythm.add(600.0, 180.0)
    assert rhythm.interval_s == pytest.approx(60.0)
    rhythm.add(600.0, 180.0)
    assert rhythm.interval_s == pytest.approx(600.0)


def test_two_lapses_far_apart_are_no_new_rhythm() -> None:
    rhythm = learnt(*[60.0] * 500, 600.0, *[60.0] * 500, 600.0, limit_s=180.0)
    assert rhythm.interval_s == pytest.approx(60.0)


def test_what_was_learnt_outlives_being_stored() -> None:
    rhythm = learnt(*[60.0] * 50, *[0.1] * 20)
    again = Rhythm.from_kept(rhythm.kept())
    assert again.interval_s == pytest.approx(rhythm.interval_s, rel=0.01)
    assert again.total_s == pytest.approx(rhythm.total_s, rel=0.01)


def test_nothing_known_is_no_interval() -> None:
    assert Rhythm().interval_s == 0.0


@given(st.lists(st.floats(0, 1e7), max_size=300))
def test_it_stays_small_whatever_is_heard(gaps: list[float]) -> None:
    rhythm = learnt(*gaps, limit_s=1000.0)
    assert len(rhythm.kept()) < 90
    assert rhythm.total_s >= 0


def test_months_of_gaps_do_not_overflow() -> None:
    rhythm = learnt(*[3600.0] * 24 * 200)
    assert rhythm.interval_s == pytest.approx(3600.0)
    assert rhythm.total_s < 3 * 86_400
