from datetime import timedelta

from analytics.detectors.device_fall import SAME_FALL, DeviceFall
from analytics.model import Evidence, FindingKind
from devices.model import Observation, Trigger, TriggerKind
from tests.analytics.builders import HOME, RADAR, local, press, run

NOON = local("12:00")
SECOND = timedelta(seconds=1)


def fall(after: timedelta = timedelta(0), device: str = RADAR) -> Trigger:
    return Trigger(device=device, kind=TriggerKind.FALL, at=NOON + after)


def test_a_reported_fall_is_told_at_once_with_its_room() -> None:
    (found,) = run(DeviceFall(HOME), [fall()], first_number=3)
    assert found.kind is FindingKind.FALL
    assert found.severity == 9
    assert found.room == "bathroom"
    assert found.because == "The bathroom radar reported a fall at 12:00."
    assert found.evidence == (Evidence(device=RADAR, what="fall", value=None, at=NOON, id=3),)


def test_a_device_that_goes_on_reporting_speaks_of_one_fall() -> None:
    reports: list[Observation] = [fall(turn * SAME_FALL) for turn in range(10)]
    assert len(run(DeviceFall(HOME), reports)) == 1


def test_after_a_pause_it_is_another_fall() -> None:
    assert len(run(DeviceFall(HOME), [fall(), fall(SAME_FALL + SECOND)])) == 2


def test_each_device_is_believed_for_itself() -> None:
    found = run(DeviceFall(HOME), [fall(), fall(SECOND, "watch_of_a_guest")])
    assert [one.because for one in found] == [
        "The bathroom radar reported a fall at 12:00.",
        "The watch of a guest reported a fall at 12:00.",
    ]


def test_a_report_that_comes_late_does_not_set_the_pause_back() -> None:
    reports = [fall(), fall(-SECOND), fall(SAME_FALL)]
    assert len(run(DeviceFall(HOME), reports)) == 1


def test_a_press_is_no_fall() -> None:
    assert run(DeviceFall(HOME), [press(NOON)]) == []
