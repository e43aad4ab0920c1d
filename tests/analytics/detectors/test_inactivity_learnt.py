"""Silence judged by this home's own days."""

from datetime import datetime, timedelta

import pytest

from analytics.detectors.inactivity import Inactivity
from analytics.model import Finding
from devices.model import Observation
from tests.analytics.builders import HOME, bed, door, motion, run, settings
from tests.analytics.routine.homes import FIRST, life

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAYS = 30
TODAY = FIRST + DAYS * DAY
MORNING = TODAY + 9 * HOUR
LIFE = life(DAYS)


def found_after(*observations: Observation, until: datetime, **changes: float | str) -> list[Finding]:
    """What is found from today on, after a month of usual days."""
    found = run(Inactivity(HOME, settings(**changes)), [*LIFE, *observations], until)
    return [one for one in found if one.at > MORNING]


def test_a_silence_that_these_days_make_unlikely_is_asked_about_and_says_by_what_it_was_judged() -> None:
    (found,) = found_after(motion(MORNING), until=MORNING + 10 * HOUR)
    assert HOUR <= found.at - MORNING < 4 * HOUR
    assert found.because.startswith("No movement since 09:00, for ")
    assert found.because.endswith(
        "; by this home's own last 30 days, so long a silence at this hour comes about once a month."
    )
    assert found.settings["inactivity.budget_per_month"].value == 1.0
    assert "inactivity.longest_silence_min" not in found.settings


def test_the_budget_is_told_and_a_larger_one_asks_sooner() -> None:
    (sooner,) = found_after(motion(MORNING), until=MORNING + 10 * HOUR, inactivity__budget_per_month=4.0)
    (later,) = found_after(motion(MORNING), until=MORNING + 10 * HOUR, inactivity__budget_per_month=0.5)
    assert sooner.at < later.at
    assert sooner.because.endswith("4 times a month.")
    assert later.because.endswith("once in 2 months.")


def test_a_limit_that_somebody_decided_holds_instead_of_what_is_learnt() -> None:
    (found,) = found_after(motion(MORNING), until=MORNING + 10 * HOUR, inactivity__longest_silence_min=300.0)
    assert found.at == MORNING + 5 * HOUR
    both = {"inactivity__longest_silence_min": 300.0, "inactivity__budget_per_month": 1.0}
    (found,) = found_after(motion(MORNING), until=MORNING + 10 * HOUR, **both)
    assert found.at < MORNING + 4 * HOUR


def test_out_is_out_for_twice_as_long_as_it_ever_was() -> None:
    gone, back = TODAY - 14 * HOUR, TODAY - 6 * HOUR
    history = [one for one in LIFE if not gone < one.at < back]
    leaves = [door(gone, 1.0), door(back, 0.0), motion(back + MINUTE)]
    heard = sorted([*history, *leaves], key=lambda one: one.at)
    again = [motion(MORNING), door(MORNING + MINUTE, 1.0)]
    found = run(Inactivity(HOME, settings()), [*heard, *again], MORNING + 30 * HOUR)
    assert (found[-1].at - MORNING) / HOUR == pytest.approx(16.0, abs=0.1)
    assert found[-1].because.endswith("the longest usual time out is taken to be 16 hours.")


def test_in_bed_has_a_routine_of_its_own_that_ends_at_the_latest_after_eighteen_hours() -> None:
    """A bed that was never seen before: nothing is known of silences in it."""
    (found,) = found_after(bed(MORNING, 1.0), until=MORNING + 30 * HOUR)
    assert found.at == MORNING + 18 * HOUR
    assert found.because == (
        "In bed without any other movement since 09:00 yesterday, for 18 hours; "
        "however quiet the days are, we ask after 18 hours."
    )
    (decided,) = found_after(bed(MORNING, 1.0), until=MORNING + 30 * HOUR, inactivity__longest_in_bed_min=600.0)
    assert decided.at == MORNING + 10 * HOUR


def test_a_door_at_night_does_not_make_somebody_in_bed_go_out() -> None:
    (found,) = found_after(bed(MORNING, 1.0), door(MORNING + MINUTE, 1.0), until=MORNING + 30 * HOUR)
    assert found.because.startswith("In bed")
