"""A receiver that stays away is told once; a blink is not, and a person who walks out of range is not."""

from datetime import timedelta

from devices.model import LinkEvent, LinkState
from hub.outages import GRACE, Outages
from tests.fakes import START


def watching() -> Outages:
    outages = Outages()
    outages.expect({"radio": "the Bluetooth radio", "/dev/ttyUSB0": "the serial port /dev/ttyUSB0"})
    return outages


def down(subject: str, after: timedelta = timedelta(0)) -> LinkEvent:
    return LinkEvent(subject=subject, state=LinkState.DOWN, at=START + after, detail="gone")


def up(subject: str) -> LinkEvent:
    return LinkEvent(subject=subject, state=LinkState.UP, at=START)


def receivers(outages: Outages, after: timedelta) -> list[str]:
    return [one.receiver for one in outages.overdue(START + after)]


def test_an_outage_is_told_once_when_it_has_lasted() -> None:
    outages = watching()
    outages.note(down("radio"))
    assert receivers(outages, GRACE - timedelta(seconds=1)) == []
    assert receivers(outages, GRACE) == ["the Bluetooth radio"]
    assert receivers(outages, 2 * GRACE) == []


def test_trying_again_in_vain_does_not_begin_the_outage_anew() -> None:
    outages = watching()
    outages.note(down("radio"))
    outages.note(down("radio", after=GRACE))
    assert receivers(outages, GRACE) == ["the Bluetooth radio"]


def test_a_second_outage_is_told_again() -> None:
    outages = watching()
    outages.note(down("radio"))
    assert receivers(outages, GRACE) == ["the Bluetooth radio"]
    outages.note(up("radio"))
    outages.note(down("radio"))
    assert receivers(outages, GRACE) == ["the Bluetooth radio"]


def test_a_blink_is_nobodys_alarm() -> None:
    outages = watching()
    outages.note(down("radio"))
    outages.note(up("radio"))
    assert receivers(outages, 2 * GRACE) == []


def test_one_receiver_does_not_hide_another() -> None:
    outages = watching()
    outages.note(down("radio"))
    outages.note(down("/dev/ttyUSB0"))
    assert receivers(outages, GRACE) == ["the Bluetooth radio", "the serial port /dev/ttyUSB0"]


def test_a_single_devices_connection_is_not_a_receiver() -> None:
    outages = watching()
    outages.note(down("A4:C1:38:00:00:02"))
    assert receivers(outages, 2 * GRACE) == []


def test_a_receiver_that_is_no_longer_needed_is_forgotten() -> None:
    outages = watching()
    outages.note(down("radio"))
    outages.expect({"/dev/ttyUSB0": "the serial port /dev/ttyUSB0"})
    assert receivers(outages, 2 * GRACE) == []
