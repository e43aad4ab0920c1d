"""A failing part is told once a day, in a sentence."""

from analytics.model import Finding, FindingKind
from hub.faults import Faults
from tests.fakes import FakeClock

DAY_S = 86_400


async def test_a_part_that_fails_again_and_again_is_told_once_a_day(clock: FakeClock) -> None:
    told: list[Finding] = []
    faults = Faults(clock, told.append)
    for _ in range(100):
        faults.failed("the Bluetooth receiver", "OSError")
    faults.failed("the serial port", "OSError")
    assert len(told) == 2
    await clock.advance(DAY_S)
    faults.failed("the Bluetooth receiver", "OSError")
    assert len(told) == 3
    assert len({one.episode for one in told}) == 3


def test_a_fault_says_what_and_why_in_a_sentence(clock: FakeClock) -> None:
    told: list[Finding] = []
    Faults(clock, told.append).failed("the Bluetooth receiver", "OSError at ble.py:9")
    assert told[0].kind is FindingKind.FAULT
    assert told[0].because == (
        "A part of the hub does not work as it should: the Bluetooth receiver (OSError at ble.py:9)."
        " It is being started again."
    )
