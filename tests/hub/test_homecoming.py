"""Somebody who went out at night is noticed when they come back, also after a restart of the hub in between."""

from datetime import timedelta

import pytest

from analytics.model import Finding, FindingKind
from analytics.signs import Signs
from devices.model import Quantity, Reading
from hub.faults import finding_of
from hub.homecoming import Homecoming
from tests.fakes import START
from tests.hub.conftest import DOOR, HOME, MOTION

MINUTE = timedelta(minutes=1)


def wandering() -> Finding:
    return Finding(
        kind=FindingKind.WANDERING,
        severity=8,
        at=START,
        because="The front door was opened, and nobody has moved indoors since.",
        detector="door_at_night",
        detector_version=1,
        episode="1",
    )


@pytest.fixture
def homecoming() -> Homecoming:
    return Homecoming(Signs(HOME, appliance_w=600.0), out_since=None)


def motion(after: timedelta) -> Reading:
    return Reading(device=MOTION, quantity=Quantity.MOTION, value=1.0, at=START + after)


def test_nobody_comes_back_who_was_not_out(homecoming: Homecoming) -> None:
    assert not homecoming.is_shown_by(motion(MINUTE))
    homecoming.expect([finding_of("radio", "The radio is off.", START)])
    assert not homecoming.is_shown_by(motion(2 * MINUTE))


def test_the_first_movement_indoors_shows_it_and_only_the_first(homecoming: Homecoming) -> None:
    homecoming.expect([wandering()])
    assert homecoming.is_shown_by(motion(MINUTE))
    assert not homecoming.is_shown_by(motion(2 * MINUTE))


def test_the_door_alone_does_not_show_it_nor_does_movement_of_before(homecoming: Homecoming) -> None:
    homecoming.expect([wandering()])
    assert not homecoming.is_shown_by(motion(timedelta(0)))
    assert not homecoming.is_shown_by(Reading(device=DOOR, quantity=Quantity.OPEN, value=1.0, at=START + MINUTE))


def test_after_a_restart_an_open_alarm_is_still_waited_on() -> None:
    homecoming = Homecoming(Signs(HOME, appliance_w=600.0), out_since=START)
    assert homecoming.is_shown_by(motion(MINUTE))
