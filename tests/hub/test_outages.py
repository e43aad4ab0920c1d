"""A channel that stays away is told once; a blink is not."""

from datetime import timedelta

from devices.model import LinkEvent, LinkState
from hub.outages import GRACE, Outages
from tests.fakes import START


def down(subject: str, after: timedelta = timedelta(0)) -> LinkEvent:
    return LinkEvent(subject=subject, state=LinkState.DOWN, at=START + after, detail="gone")


def up(subject: str) -> LinkEvent:
    return LinkEvent(subject=subject, state=LinkState.UP, at=START)


def channels(outages: Outages, after: timedelta) -> list[str]:
    return [one.subject for one in outages.overdue(START + after)]


def test_an_outage_is_told_once_when_it_has_lasted() -> None:
    outages = Outages()
    outages.note(down("speaker"))
    assert channels(outages, GRACE - timedelta(seconds=1)) == []
    assert channels(outages, GRACE) == ["speaker"]
    assert channels(outages, 2 * GRACE) == []


def test_trying_again_in_vain_does_not_begin_the_outage_anew() -> None:
    outages = Outages()
    outages.note(down("speaker"))
    outages.note(down("speaker", after=GRACE))
    assert channels(outages, GRACE) == ["speaker"]


def test_a_second_outage_is_told_again() -> None:
    outages = Outages()
    for _ in range(2):
        outages.note(down("speaker"))
        assert channels(outages, GRACE) == ["speaker"]
        outages.note(up("speaker"))


def test_a_blink_is_nobodys_alarm() -> None:
    outages = Outages()
    outages.note(down("speaker"))
    outages.note(up("speaker"))
    assert channels(outages, 2 * GRACE) == []


def test_one_channel_does_not_hide_another() -> None:
    outages = Outages()
    outages.note(down("speaker"))
    outages.note(down("gsm_modem"))
    assert channels(outages, GRACE) == ["speaker", "gsm_modem"]


def test_what_came_back_is_said_once() -> None:
    outages = Outages()
    outages.note(up("speaker"))
    outages.note(up("gsm_modem"))
    outages.note(down("gsm_modem"))
    assert outages.returned() == {"speaker"}
    assert outages.returned() == frozenset()
