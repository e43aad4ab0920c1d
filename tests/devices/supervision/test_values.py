"""What is not worn, what is stuck, and whose clock is wrong."""

from datetime import timedelta

import numpy as np
import pytest

from devices.model import Quantity, SampleBlock
from devices.supervision.clocks import DeviceTime
from devices.supervision.model import Condition
from tests.devices.supervision.homes import BATHROOM, HALL, OXIMETER, STRAP, TAG, Home, conditions, only, watched

BAND = watched("wristband", "metamotion", person="edith")
NOT_WORN = (Condition.NOT_WORN, BAND.name)


def lying_still(home: Home, minutes: int, *, somebody_about: bool) -> None:
    """The band is heard and does not move; others may see somebody."""
    for _ in range(minutes):
        for _ in range(6):
            home.sway(BAND.name, 0.005)
            home.run(10.0)
        if somebody_about:
            home.tell(HALL.name, Quantity.MOTION, 1.0)
            home.tell(HALL.name, Quantity.MOTION, 0.0)


def worn_until_now() -> Home:
    home = Home((BAND, HALL), {})
    for _ in range(20):
        home.sway(BAND.name, 0.3)
        home.run(1.0)
    return home


def test_a_band_that_lies_still_while_somebody_is_about_is_not_worn() -> None:
    home = worn_until_now()
    lying_still(home, 19, somebody_about=True)
    assert NOT_WORN not in conditions(home.look())
    lying_still(home, 2, somebody_about=True)
    conclusion = only(home.look())
    assert conclusion.key == NOT_WORN
    assert conclusion.because.endswith("though somebody was about.")
    assert conclusion.grave  # a fall would not be noticed by it


def test_a_person_who_sits_still_wears_it_all_the_same() -> None:
    home = worn_until_now()
    lying_still(home, 60, somebody_about=False)
    assert not home.look().conclusions


def test_who_lays_it_down_is_seen_doing_so_and_that_is_all() -> None:
    home = worn_until_now()
    lying_still(home, 3, somebody_about=True)
    lying_still(home, 60, somebody_about=False)
    assert not home.look().conclusions


def test_it_is_worn_again() -> None:
    home = worn_until_now()
    lying_still(home, 22, somebody_about=True)
    home.sway(BAND.name, 0.3)
    assert home.look().fine[NOT_WORN] == "It is worn again."


def test_a_strap_without_contact_is_not_worn() -> None:
    home = Home((STRAP, HALL), {STRAP.name: 1.0})
    home.tell(STRAP.name, Quantity.SKIN_CONTACT, 1.0)
    home.tell(STRAP.name, Quantity.SKIN_CONTACT, 0.0)
    for _ in range(25):
        home.run(60.0)
        home.tell(HALL.name, Quantity.MOTION, 1.0)
    assert (Condition.NOT_WORN, STRAP.name) in conditions(home.look())
    home.tell(STRAP.name, Quantity.HEART_RATE_BPM, 60.0)  # noise of a loose electrode
    assert (Condition.NOT_WORN, STRAP.name) in conditions(home.look())
    home.tell(STRAP.name, Quantity.SKIN_CONTACT, 1.0)
    assert home.look().fine[Condition.NOT_WORN, STRAP.name] == "It is worn again."


def test_a_door_counts_as_somebody_only_when_it_is_used() -> None:
    door = watched("front_door", "shelly_door", outer_door=True)
    home = Home((BAND, door), {})
    for _ in range(20):
        home.sway(BAND.name, 0.3)
        home.run(1.0)
    for _ in range(25):
        lying_still(home, 1, somebody_about=False)
        home.tell(door.name, Quantity.OPEN, 0.0)
    assert not home.look().conclusions
    home.tell(door.name, Quantity.OPEN, 1.0)
    assert NOT_WORN in conditions(home.look())


def test_a_tag_that_is_moved_counts_its_movements() -> None:
    home = Home((BAND, HALL), {})
    for count in (3.0, 4.0):
        home.tell(BAND.name, Quantity.MOVEMENT_COUNT, count)
    assert home.look().fine[NOT_WORN] == "It is worn again."


def test_a_pressure_that_never_changes_is_stuck() -> None:
    home = Home((TAG, HALL), {TAG.name: 60.0, HALL.name: 60.0})
    home.tell(TAG.name, Quantity.PRESSURE_HPA, 1013.25)
    assert not home.run(11 * 3600.0).conclusions
    conclusion = only(home.run(2 * 3600.0))
    assert conclusion.condition is Condition.STUCK
    assert conclusion.because.endswith("(the air pressure), so it is stuck.")
    home.tell(TAG.name, Quantity.PRESSURE_HPA, 1013.5)
    assert home.look().fine[Condition.STUCK, TAG.name] == "What it tells changes again."


def test_movement_without_a_pause_is_stuck_and_its_absence_is_not() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    home.tell(BATHROOM.name, Quantity.MOTION, 1.0)
    home.tell(HALL.name, Quantity.MOTION, 0.0)
    assert conditions(home.run(7 * 3600.0)) == {(Condition.STUCK, BATHROOM.name)}


def test_a_sensor_that_the_resident_lets_rest_is_not_stuck_for_it() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    home.tell(BATHROOM.name, Quantity.MOTION, 1.0)
    home.supervision.rest()
    assert not home.run(7 * 3600.0).conclusions


def test_a_person_who_stays_in_bed_is_no_fault_of_the_sensor() -> None:
    bed = watched("bed_mat", "linptech_pressure", bed=True)
    home = Home((bed, HALL), {bed.name: 60.0, HALL.name: 60.0})
    home.tell(bed.name, Quantity.OCCUPIED, 1.0)
    assert not home.run(2 * 86_400.0).conclusions


def test_a_value_told_once_and_then_silence_is_not_stuck() -> None:
    home = Home((BATHROOM, HALL), {HALL.name: 60.0})
    home.tell(BATHROOM.name, Quantity.MOTION, 1.0)
    assert not home.run(12 * 3600.0).conclusions


def test_acceleration_without_any_noise_is_stuck() -> None:
    home = Home((BAND, HALL), {})
    for _ in range(70):
        home.sway(BAND.name, 0.0)
        home.run(1.0)
    conclusion = only(home.look())
    assert conclusion.condition is Condition.STUCK
    assert "(the acceleration)" in conclusion.because


def test_lost_samples_say_nothing() -> None:
    home = Home((BAND, HALL), {})
    lost = np.full((5, 3), np.nan, np.float32)
    block = SampleBlock(device=BAND.name, at=home.now, rate_hz=50.0, acceleration_g=lost)
    home.supervision.take(block)
    assert not home.look().conclusions


CLOCK = (Condition.CLOCK_WRONG, OXIMETER.name)


def measured(home: Home, ahead: timedelta, quality: float = 1.0) -> None:
    told = (home.now + ahead).replace(tzinfo=None)
    home.tell(OXIMETER.name, Quantity.SPO2_PERCENT, 97.0, device_time=told, quality=quality)
    home.run(3600.0)


@pytest.mark.parametrize("minutes", [11, 60, 525_600])
def test_a_measurement_of_the_future_proves_the_clock_wrong(minutes: int) -> None:
    home = Home((OXIMETER, HALL), {HALL.name: 60.0})
    measured(home, timedelta(minutes=minutes))
    assert only(home.look()).because == f"The clock of the oximeter is {minutes} minutes ahead."


def test_a_measurement_handed_over_late_proves_nothing_and_three_alike_do() -> None:
    home = Home((OXIMETER, HALL), {HALL.name: 60.0})
    for _ in range(2):
        measured(home, timedelta(minutes=-60))
        assert not home.look().conclusions
    measured(home, timedelta(minutes=-61))
    assert only(home.look()).because == "The clock of the oximeter is 61 minutes behind."
    measured(home, timedelta(seconds=-20))
    assert home.look().fine[CLOCK] == "Its clock is right again."


def test_measurements_out_of_the_meters_memory_prove_nothing() -> None:
    home = Home((OXIMETER, HALL), {HALL.name: 60.0})
    measured(home, timedelta(minutes=500), quality=0.0)
    assert not home.look().conclusions


@pytest.mark.parametrize(("ppm", "wrong"), [(20.0, False), (-40.0, False), (900.0, True), (-900.0, True)])
def test_a_clock_that_runs_at_the_wrong_speed(ppm: float, wrong: bool) -> None:
    home = Home((BAND, HALL), {})
    home.tell(BAND.name, Quantity.CLOCK_DRIFT_PPM, ppm)
    assert ((Condition.CLOCK_WRONG, BAND.name) in conditions(home.look())) is wrong


def test_nothing_is_known_of_a_clock_that_never_told_the_time() -> None:
    clock = DeviceTime()
    assert clock.wrong is None
    assert clock.offset is None
