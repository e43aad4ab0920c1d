"""A signal that falls everywhere is the hub's own place, and one that falls alone is nothing."""

import pytest

from devices.supervision.model import Condition
from devices.supervision.signals import Signal, fell_everywhere
from tests.devices.supervision.homes import BATHROOM, HALL, RADIO, STRAP, TAG, Home, only, watched

KITCHEN = watched("kitchen_sensor", "shelly_motion", room="kitchen")
ALL = (BATHROOM, HALL, TAG, KITCHEN)
BEACONS = {one.name: 60.0 for one in ALL}
FELL = (Condition.SIGNAL_FELL, RADIO)


def settled(**dbm: int) -> Home:
    home = Home(ALL, BEACONS, signal_dbm={one.name: -60 for one in ALL} | dbm)
    home.run(3600.0)
    return home


def test_the_hub_was_moved_when_all_are_weaker() -> None:
    home = settled()
    home.signal_dbm = {one.name: -74 for one in ALL}
    conclusion = only(home.run(600.0))
    assert conclusion.key == FELL
    assert conclusion.because.endswith(
        "all sensors are heard more weakly through the Bluetooth radio (by 14 dB): the hub was moved, or something"
        " disturbs the radio."
    )
    assert not conclusion.grave


def test_one_that_is_weaker_says_nothing_of_the_hub() -> None:
    home = settled()
    home.signal_dbm = {**home.signal_dbm, TAG.name: -85}
    assert not home.run(3600.0).conclusions


def test_it_is_over_when_they_are_strong_again() -> None:
    home = settled()
    home.signal_dbm = {one.name: -74 for one in ALL}
    home.run(600.0)
    home.signal_dbm = {one.name: -60 for one in ALL}
    look = home.run(600.0)
    assert not look.conclusions
    assert look.fine[FELL] == "The sensors are heard as strongly as usual again."


def test_what_a_move_has_changed_is_the_usual_after_some_days() -> None:
    home = settled()
    home.signal_dbm = {one.name: -72 for one in ALL}
    assert home.run(600.0).conclusions
    assert not home.run(2 * 86_400.0).conclusions


def test_what_is_worn_moves_and_does_not_count() -> None:
    straps = tuple(watched(f"strap_{number}", "heart_rate") for number in range(3))
    home = Home((*straps, STRAP), {one.name: 60.0 for one in straps}, signal_dbm={one.name: -50 for one in straps})
    home.run(3600.0)
    home.signal_dbm = {one.name: -80 for one in straps}
    assert FELL not in {one.key for one in home.run(600.0).conclusions}


@pytest.mark.parametrize(
    ("falls", "fell"),
    [((), None), ((20.0, 20.0), None), ((10.0, 10.0, 10.0), 10.0), ((10.0, 10.0, 10.0, 0.0, 0.0), None)],
)
def test_most_of_at_least_three_must_fall(falls: tuple[float, ...], fell: float | None) -> None:
    assert fell_everywhere(falls) == fell


def test_a_few_frames_are_no_usual() -> None:
    signal = Signal()
    for second in range(300):
        signal.take(-60.0, float(second))
    assert signal.fell_db is None
