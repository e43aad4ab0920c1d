from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.escalation.timers import HEARTBEAT_S, Moment, Timer, carried_over, timer
from tests.fakes import START

HOUR = timedelta(hours=1)


def moment(after_s: float = 0.0, boot_s: float = 1000.0, boot_id: str = "a") -> Moment:
    return Moment(now=START + timedelta(seconds=after_s), boot_s=boot_s, boot_id=boot_id)


def test_a_timer_is_set_on_both_clocks() -> None:
    set_ = timer(moment(), timedelta(minutes=1))
    assert (set_.at, set_.boot_s, set_.boot_id) == (START + timedelta(minutes=1), 1060.0, "a")


@pytest.mark.parametrize("jump", [HOUR, -HOUR, timedelta(days=3650), timedelta(days=-3650)])
def test_8_a_wall_clock_that_jumps_moves_no_timer(jump: timedelta) -> None:
    set_ = timer(moment(), timedelta(minutes=1))
    just_before = Moment(now=START + jump, boot_s=1059.9, boot_id="a")
    just_after = Moment(now=START + jump, boot_s=1060.0, boot_id="a")
    assert (set_.is_due(just_before), set_.is_due(just_after)) == (False, True)


def left_s(set_: Timer, now: Moment) -> float:
    return set_.boot_s - now.boot_s


def test_8_after_a_reboot_the_wall_clock_says_what_is_left() -> None:
    old = timer(moment(), timedelta(minutes=45))
    again = moment(after_s=600.0, boot_s=20.0, boot_id="b")
    assert left_s(carried_over(old, moment(after_s=2.0, boot_s=1002.0), again), again) == 35 * 60


def test_8_a_clock_that_was_set_back_does_not_make_a_timer_late() -> None:
    old = timer(moment(), timedelta(minutes=45))
    last = moment(after_s=1200.0, boot_s=2200.0)
    again = moment(after_s=1200.0 - 3600.0, boot_s=20.0, boot_id="b")
    assert left_s(carried_over(old, last, again), again) == 0.0


def test_8_a_clock_that_stood_still_while_the_machine_was_off_is_not_believed() -> None:
    old = timer(moment(), timedelta(minutes=45))
    last = moment(after_s=60.0, boot_s=1060.0)
    again = moment(after_s=60.0 + 20.0, boot_s=20.0, boot_id="b")  # only this boot's own 20 s went by
    assert left_s(carried_over(old, last, again), again) == 0.0


def test_8_a_clock_that_was_wrong_before_the_reboot_is_capped_by_what_was_left_then() -> None:
    old = Timer(at=START + HOUR, boot_s=1060.0, boot_id="a")  # the wall clock was an hour fast when this was set
    last = moment(after_s=0.0, boot_s=1030.0)
    again = moment(after_s=100.0, boot_s=20.0, boot_id="b")
    assert left_s(carried_over(old, last, again), again) == 30.0


@pytest.mark.parametrize("last", [None, moment(boot_id="another")])
def test_8_where_nothing_is_known_it_is_due_at_once(last: Moment | None) -> None:
    again = moment(after_s=100.0, boot_s=20.0, boot_id="b")
    assert left_s(carried_over(timer(moment(), HOUR), last, again), again) == 0.0


@given(
    wait_s=st.floats(0, 7200),
    ran_s=st.floats(0, 7200),
    off_s=st.floats(HEARTBEAT_S + 1, 7200),
    up_s=st.floats(0, 60),
)
def test_8_early_rather_than_late_whatever_happens(wait_s: float, ran_s: float, off_s: float, up_s: float) -> None:
    old = timer(moment(), timedelta(seconds=wait_s))
    last = moment(after_s=ran_s, boot_s=1000.0 + ran_s)
    now_s = ran_s + off_s + up_s
    again = moment(after_s=now_s, boot_s=up_s, boot_id="b")
    due_s = now_s + left_s(carried_over(old, last, again), again)
    assert due_s <= max(now_s, wait_s) + 1e-3  # never late, with a clock that is right
    assert carried_over(old, last, again).boot_id == "b"


@given(wait_s=st.floats(0, 7200), offs=st.lists(st.floats(HEARTBEAT_S + 1, 600), min_size=2, max_size=2))
def test_8_two_reboots_in_one_window(wait_s: float, offs: list[float]) -> None:
    kept = timer(moment(), timedelta(seconds=wait_s))
    now_s, last = 0.0, moment()
    for count, off_s in enumerate(offs):
        now_s += off_s
        again = moment(after_s=now_s, boot_s=0.0, boot_id=f"b{count}")
        kept, last = carried_over(kept, last, again), again
    assert now_s + left_s(kept, last) <= max(now_s, wait_s) + 1e-3
