"""A replayed press is known; a new one is never taken for a repeat."""

from datetime import timedelta

from devices.model import Trigger, TriggerKind
from hub.repeats import REMEMBERED, SAME_PRESS, Repeats, token_of
from tests.fakes import START


def press(token: str | None, *, after: timedelta = timedelta(0), button: str | None = None) -> Trigger:
    return Trigger(device="button", kind=TriggerKind.PRESS, at=START + after, token=token, button=button)


def test_the_same_number_again_is_the_same_press() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat(press("82"))
    assert repeats.is_repeat(press("82", after=timedelta(minutes=3)))


def test_another_number_is_another_press() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat(press("82"))
    assert not repeats.is_repeat(press("83"))


def test_without_a_number_every_press_counts() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat(press(None))
    assert not repeats.is_repeat(press(None))


def test_a_count_that_came_round_again_is_a_new_press() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat(press("82"))
    assert not repeats.is_repeat(press("82", after=SAME_PRESS))


def test_two_buttons_of_one_device_are_two_presses() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat(press("82", button="1"))
    assert not repeats.is_repeat(press("82", button="2"))
    assert repeats.is_repeat(press("82", button="2"))


def test_what_was_stored_before_a_restart_is_remembered() -> None:
    before = press("82", button="2")
    mark = (before.device, before.kind.value, token_of(before) or "")
    repeats = Repeats([(mark, before.at)])
    assert repeats.is_repeat(press("82", button="2", after=timedelta(seconds=30)))


def test_memory_is_bounded_and_forgets_the_oldest_first() -> None:
    repeats = Repeats()
    for number in range(REMEMBERED + 1):
        assert not repeats.is_repeat(press(str(number)))
    assert not repeats.is_repeat(press("0"))
    assert repeats.is_repeat(press(str(REMEMBERED)))
