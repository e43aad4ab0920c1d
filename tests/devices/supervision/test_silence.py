"""When silence means something: each figure, each device in its use, and who is blamed."""

from datetime import timedelta

import pytest

from devices.model import LinkState, Quantity
from devices.supervision.model import Condition
from devices.supervision.receivers import GRACE_S
from devices.supervision.supervise import Supervision
from tests.devices.supervision.homes import (
    BATHROOM,
    DAY_S,
    HALL,
    OXIMETER,
    PENDANT,
    PORT,
    RADAR,
    RADIO,
    STRAP,
    TAG,
    Home,
    conditions,
    only,
)

LOST = (Condition.LOST, BATHROOM.name)


def test_adverts_ten_minutes_apart_are_never_lost() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 600.0, HALL.name: 60.0})
    for _ in range(4 * 24):
        assert not home.run(3600.0).conclusions


def test_a_kind_that_should_be_quick_may_send_every_ten_minutes_too() -> None:
    home = Home((TAG, HALL), {TAG.name: 600.0, HALL.name: 60.0})
    for _ in range(48):
        assert not home.run(3600.0).conclusions


@pytest.mark.parametrize("interval_s", [60.0, 600.0, 3600.0])
def test_a_sensor_is_noticed_within_three_of_its_own_intervals(interval_s: float) -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: interval_s, HALL.name: 60.0})
    home.run(3 * DAY_S)
    home.without(BATHROOM.name)
    limit_s = max(120.0, 3 * interval_s)
    assert not home.run(limit_s - interval_s - 1).conclusions
    assert LOST in conditions(home.run(interval_s + 1))


def test_the_floor_is_two_minutes() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(2 * 3600.0)
    home.without(TAG.name)
    assert not home.run(118.0).conclusions
    assert conditions(home.run(2.0)) == {(Condition.LOST, TAG.name)}


def test_the_hub_is_told_when_to_look() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(2 * 3600.0)
    home.without(TAG.name)
    due_s = home.supervision.due_in_s(home.boot_s)
    assert due_s is not None
    assert due_s == pytest.approx(120.0)
    home.boot_s += due_s
    home.hear(HALL.name)
    assert conditions(home.look()) == set()  # the hub itself slept for most of it
    home.run(61.0)
    assert conditions(home.look()) == {(Condition.LOST, TAG.name)}


def test_what_is_only_heard_on_events_is_not_missed_for_a_night_away() -> None:
    home = Home((BATHROOM, HALL), {HALL.name: 60.0})
    for _ in range(40):
        home.hear(BATHROOM.name)
        home.run(900.0)
    assert not home.run(DAY_S - 1000.0).conclusions
    assert LOST in conditions(home.run(2 * DAY_S))


def test_a_conclusion_says_why_what_it_means_and_what_stands_in() -> None:
    other = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    other.tell(BATHROOM.name, Quantity.MOTION, 1.0)
    other.tell(HALL.name, Quantity.MOTION, 1.0)
    other.tell(BATHROOM.name, Quantity.MOTION, 0.0)
    other.tell(HALL.name, Quantity.MOTION, 0.0)
    other.run(2 * DAY_S)
    other.without(BATHROOM.name)
    conclusion = only(other.run(200.0))
    assert conclusion.because == "The bathroom sensor has been silent since 09:00."
    assert conclusion.sentence == (
        "The bathroom sensor has been silent since 09:00, so I cannot tell whether Edith is in the bathroom."
    )
    assert conclusion.cover == "Until it works, I watch the hall sensor instead."
    assert conclusion.room == "bathroom"
    assert not conclusion.grave


def test_what_is_heard_again_is_fine_and_says_so() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(2 * 3600.0)
    home.without(TAG.name)
    home.run(300.0)
    home.hear(TAG.name)
    look = home.look()
    assert not look.conclusions
    assert look.fine[Condition.LOST, TAG.name] == "It is heard again."


def test_never_heard_at_all_is_said_in_those_words() -> None:
    home = Home((TAG, HALL), {HALL.name: 60.0})
    conclusion = only(home.run(1801.0))
    assert conclusion.because == "The fridge tag has not been heard yet."


def test_a_repeated_advert_that_tells_nothing_new_counts_as_heard() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    assert not home.run(3 * DAY_S).conclusions


def test_a_wearable_that_stops_while_it_is_worn_is_noticed_after_thirty_seconds() -> None:
    home = Home((STRAP, HALL), {HALL.name: 60.0})
    for _ in range(300):
        home.tell(STRAP.name, Quantity.HEART_RATE_BPM, 72.0)
        home.run(1.0)
    assert not home.run(28.0).conclusions
    conclusion = only(home.run(2.0))
    assert conclusion.condition is Condition.WEARABLE_SILENT
    assert "was worn, and has been silent since" in conclusion.because


def test_a_wearable_that_was_taken_off_may_be_silent() -> None:
    home = Home((STRAP, HALL), {HALL.name: 60.0})
    for _ in range(300):
        home.tell(STRAP.name, Quantity.SKIN_CONTACT, 1.0)
        home.run(1.0)
    home.tell(STRAP.name, Quantity.SKIN_CONTACT, 0.0)
    assert not home.run(DAY_S).conclusions


def test_a_wearable_with_a_slow_rhythm_is_given_three_of_its_intervals() -> None:
    home = Home((STRAP, HALL), {HALL.name: 60.0})
    for _ in range(20):
        home.tell(STRAP.name, Quantity.HEART_RATE_BPM, 72.0)
        assert not home.run(30.0).conclusions
    assert not home.run(50.0).conclusions
    assert conditions(home.run(20.0)) == {(Condition.WEARABLE_SILENT, STRAP.name)}


def test_what_is_taken_up_at_will_may_be_silent_for_ever() -> None:
    home = Home((OXIMETER, HALL), {HALL.name: 60.0})
    home.tell(OXIMETER.name, Quantity.SPO2_PERCENT, 97.0)
    assert not home.run(5 * DAY_S).conclusions


def test_a_button_that_was_not_pressed_for_a_week_is_to_be_tried() -> None:
    home = Home((PENDANT, HALL), {HALL.name: 60.0})
    home.hear(PENDANT.name)
    assert not home.run(7 * DAY_S - 60).conclusions
    conclusion = only(home.run(120.0))
    assert conclusion.condition is Condition.UNTESTED
    assert conclusion.grave
    assert conclusion.because.endswith("please press it once, to see that it works.")
    assert conclusion.means == "Edith cannot be sure to call for help with it"
    home.hear(PENDANT.name)
    assert home.look().fine[Condition.UNTESTED, PENDANT.name] == "It is heard again."


def test_a_button_with_a_beacon_is_missed_like_any_sensor() -> None:
    home = Home((PENDANT, HALL), {PENDANT.name: 60.0, HALL.name: 60.0})
    home.run(2 * DAY_S)
    home.without(PENDANT.name)
    conclusion = only(home.run(240.0))
    assert conclusion.condition is Condition.LOST
    assert conclusion.cover.startswith("Nothing stands in for it: please look in")


def test_a_button_that_nobody_ever_pressed_is_to_be_tried() -> None:
    home = Home((PENDANT, HALL), {HALL.name: 60.0})
    assert only(home.run(7 * DAY_S + 60)).because.startswith("The pendant has not been pressed yet: please press")


def test_a_radio_that_is_down_is_blamed_instead_of_every_sensor() -> None:
    home = Home((TAG, HALL, RADAR), {TAG.name: 1.0, HALL.name: 60.0, RADAR.name: 10.0})
    home.link(LinkState.UP, PORT)
    home.run(3600.0)
    home.link(LinkState.DOWN, detail="off")
    home.beacons = {RADAR.name: 10.0}
    assert not home.run(118.0).conclusions
    conclusion = only(home.run(3 * DAY_S))
    assert conclusion.key == (Condition.RECEIVER_DOWN, RADIO)
    assert conclusion.because == "The hub hears nothing through the Bluetooth radio (off)."
    assert conclusion.grave


def test_a_blink_of_the_radio_is_nobodys_alarm() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(3600.0)
    home.link(LinkState.DOWN)
    home.run(60.0)
    home.link(LinkState.UP)
    look = home.run(60.0)
    assert not look.conclusions
    assert look.fine[Condition.RECEIVER_DOWN, RADIO] == "It works again."


def test_when_the_radio_comes_back_every_sensor_has_its_time_anew() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(3600.0)
    home.without(TAG.name, HALL.name)
    home.link(LinkState.DOWN)
    home.run(7200.0)
    home.link(LinkState.UP)
    assert not home.run(100.0).conclusions


def test_a_radio_that_seems_to_work_and_hears_nobody_is_deaf() -> None:
    home = Home((TAG, HALL), {TAG.name: 20.0, HALL.name: 60.0})
    home.run(2 * DAY_S)
    home.without(TAG.name, HALL.name)
    conclusion = only(home.run(130.0))
    assert conclusion.key == (Condition.RECEIVER_DEAF, RADIO)
    assert "Nothing at all has come through the Bluetooth radio since" in conclusion.because


def test_one_silent_sensor_is_not_blamed_on_a_radio_that_hears_strangers() -> None:
    home = Home((TAG,), {TAG.name: 1.0})
    home.run(3600.0)
    home.without(TAG.name)
    for _ in range(20):
        home.supervision.overheard(RADIO, home.now, home.boot_s)
        home.run(10.0)
    assert conditions(home.look()) == {(Condition.LOST, TAG.name)}


def test_a_radio_that_lost_its_only_sensor_and_all_strangers_is_deaf() -> None:
    home = Home((TAG,), {TAG.name: 1.0})
    for _ in range(200):
        home.supervision.overheard(RADIO, home.now, home.boot_s)
        home.run(20.0)
    home.without(TAG.name)
    assert conditions(home.run(130.0)) == {(Condition.RECEIVER_DEAF, RADIO)}


def test_the_only_device_of_a_port_is_lost_itself() -> None:
    home = Home((RADAR,), {RADAR.name: 10.0})
    home.link(LinkState.UP, PORT)
    home.run(3600.0)
    home.beacons = {}
    assert conditions(home.run(130.0)) == {(Condition.LOST, RADAR.name)}


def test_the_hubs_own_sleep_is_nobodys_silence() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(3600.0)
    home.boot_s += 8 * 3600.0
    assert not home.look().conclusions


def test_what_cannot_be_read_is_told_apart_from_silence() -> None:
    home = Home((TAG, HALL), {HALL.name: 60.0})
    for _ in range(50):
        home.supervision.heard_unreadable(TAG.name, home.now, home.boot_s)
        home.run(60.0)
    conclusion = only(home.look())
    assert conclusion.condition is Condition.UNREADABLE
    assert conclusion.because.endswith("is heard, but what it says cannot be read: perhaps its key is wrong.")
    home.hear(TAG.name)
    assert home.look().fine[Condition.UNREADABLE, TAG.name] == "What it says can be read again."


def test_one_spoilt_frame_is_nothing() -> None:
    home = Home((TAG, HALL), {HALL.name: 60.0, TAG.name: 1.0})
    home.supervision.heard_unreadable(TAG.name, home.now, home.boot_s)
    assert not home.run(600.0).conclusions


def test_a_stranger_and_what_is_not_declared_teach_nothing() -> None:
    home = Home((TAG,), {TAG.name: 1.0})
    home.supervision.heard("nobody", home.now, home.boot_s)
    home.supervision.heard_unreadable("nobody", home.now, home.boot_s)
    home.supervision.overheard("nowhere", home.now, home.boot_s)
    home.link(LinkState.DOWN, "C8:2B:96:10:00:05")
    home.tell("nobody", Quantity.MOTION, 1.0)
    assert not home.run(60.0).conclusions
    assert home.supervision.declared(TAG.name)
    assert not home.supervision.declared("nobody")


def test_what_was_learnt_outlives_a_restart() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    home.run(3 * DAY_S)
    learnt = home.supervision.learnt(home.boot_s)
    again = Home((BATHROOM, HALL), {HALL.name: 60.0}, supervision=Supervision(learnt), boot_s=home.boot_s)
    assert not again.run(170.0).conclusions
    conclusion = only(again.run(20.0))
    assert conclusion.key == LOST
    assert conclusion.since == home.now  # when it was really heard last, before the restart
    assert (Condition.LOST, HALL.name) in again.look().fine


def test_after_a_restart_nothing_is_fine_before_it_was_heard() -> None:
    home = Home((BATHROOM, HALL), {})
    assert LOST not in home.look().fine


@pytest.mark.parametrize("kept", [{}, {"at": 5}, {"at": None, "rhythm": [1]}, {"at": "yesterday"}])
def test_what_another_version_kept_is_learnt_anew(kept: dict[str, object]) -> None:
    home = Home((BATHROOM, HALL), {HALL.name: 60.0}, supervision=Supervision({BATHROOM.name: kept}))
    assert not home.run(60.0).conclusions


def test_a_change_of_the_household_keeps_what_is_known_of_those_that_stay() -> None:
    home = Home((BATHROOM, HALL), {BATHROOM.name: 60.0, HALL.name: 60.0})
    home.run(2 * DAY_S)
    home.devices = (BATHROOM, TAG)
    home.expect()
    home.beacons = {TAG.name: 5.0}
    assert LOST in conditions(home.run(200.0))
    assert not home.supervision.declared(HALL.name)


def test_since_when_is_by_the_wall_clock() -> None:
    home = Home((TAG, HALL), {TAG.name: 1.0, HALL.name: 60.0})
    home.run(3600.0)
    heard = home.now
    home.without(TAG.name)
    assert only(home.run(300.0)).since == heard
    assert heard + timedelta(seconds=300) == home.now


def test_a_receiver_that_is_down_is_told_with_the_devices_behind_it() -> None:
    home = Home((BATHROOM, HALL))
    home.link(LinkState.DOWN, detail="it is switched off")
    assert only(home.run(GRACE_S)).sentence == (
        "The hub hears nothing through the Bluetooth radio (it is switched off), so I cannot rely on the bathroom"
        " sensor and the hall sensor."
    )
    many = Home((BATHROOM, HALL, TAG, PENDANT))
    many.link(LinkState.DOWN)
    assert only(many.run(GRACE_S)).means == "I cannot rely on the bathroom sensor, the hall sensor and 2 more"


def test_a_trouble_that_goes_on_began_when_it_was_first_concluded() -> None:
    home = Home((STRAP,), beacons={STRAP.name: 2.0})
    home.tell(STRAP.name, Quantity.BATTERY_PERCENT, 12.0)
    began = only(home.run(60.0)).since
    assert only(home.run(3600.0)).since == began


def test_a_wearable_that_says_that_it_is_off_before_it_falls_silent_is_no_trouble() -> None:
    home = Home((STRAP,), {STRAP.name: 1.0})
    home.tell(STRAP.name, Quantity.HEART_RATE_BPM, 72.0)
    home.run(300.0)
    home.tell(STRAP.name, Quantity.SKIN_CONTACT, 0.0)
    home.without(STRAP.name)
    look = home.run(600.0)
    assert not look.conclusions
    assert look.fine[Condition.WEARABLE_SILENT, STRAP.name] == "It was taken off."
