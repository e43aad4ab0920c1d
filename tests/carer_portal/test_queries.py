"""The answer to "is she all right?", every way it can be given, on a real database."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from analytics.model import FindingKind
from carer_portal.judgement import RULES
from carer_portal.model import Status, Today, Tone
from carer_portal.queries import asked, today, version, viewers
from carer_portal.sentences import HEADLINES
from devices.model import LinkState, Quantity, TriggerKind
from devices.supervision.model import Conclusion, Condition
from hub import coverage
from hub.intents import IntentKind, request
from hub.model import AlarmState, Role
from tests.carer_portal.home import DEVICES, MadeHome, as_role, home_toml
from tests.fakes import START

SILENT = "The bedside radar has been silent since 08:29, so I cannot tell whether Margaret is in the bedroom."
LOST_RADAR = Conclusion(
    condition=Condition.LOST, subject="radar", since=START, because="It is silent.", means="I cannot see.", cover=""
)


def seen_by(home: MadeHome, role: Role = Role.FAMILY) -> Today:
    with home.writing() as connection:
        return today(connection, as_role(connection, role, home.now))


def said(page: Today) -> list[str]:
    return [line.text for line in page.why]


def unseen(page: Today) -> list[str]:
    return [line.text for line in page.cannot_see]


def test_every_rule_has_a_sentence() -> None:
    assert [rule.name for rule in RULES] == list(HEADLINES)


def test_all_is_well(home: MadeHome) -> None:
    home.all_is_well()
    page = seen_by(home)
    assert page.status is Status.WELL
    assert page.sentence == "Margaret was last seen moving in the kitchen 3 minutes ago (08:57)."
    assert said(page) == [
        "No alarm is open.",
        "Last seen moving in the kitchen 3 minutes ago (08:57).",
        "Pulse 72 a minute, within the agreed range, 12 minutes ago (08:48).",
        "Blood oxygen 97 %, within the agreed range, 30 minutes ago (08:30).",
        "Front door is closed since 07:30.",
    ]
    assert {line.tone for line in page.why} == {Tone.GOOD}
    assert page.cannot_see == ()
    assert page.past == ()
    assert page.helps


def test_a_hub_that_never_ran_leaves_us_unable_to_tell(home: MadeHome) -> None:
    home.set_up()
    page = seen_by(home)
    assert page.status is Status.UNKNOWN
    assert page.sentence.startswith("The hub in the home has not been heard from yet")
    assert unseen(page)[0] == "The hub is not running, or not on this computer."


def test_a_hub_that_has_fallen_silent_is_said_with_its_time(home: MadeHome) -> None:
    home.all_is_well()
    home.now += timedelta(minutes=2)
    page = seen_by(home)
    assert page.status is Status.UNKNOWN
    assert page.sentence == (
        "The hub in the home was last heard from 2 minutes ago (09:00), so we cannot tell how Margaret is."
    )


def test_a_clock_that_runs_faster_has_more_patience_with_the_hub(home: MadeHome) -> None:
    home.all_is_well()
    home.now += timedelta(minutes=2)
    with home.writing() as connection:
        page = today(connection, as_role(connection, Role.FAMILY, home.now), hub_patience=timedelta(hours=1))
    assert page.status is Status.WELL


def test_a_home_without_sensors(home: MadeHome) -> None:
    home.set_up(home_toml().partition("[devices.front_door]")[0])
    home.beats()
    page = seen_by(home)
    assert page.status is Status.UNKNOWN
    assert page.sentence == "No sensor has been set up yet, so we cannot tell how Margaret is."


def test_sensors_of_which_none_was_ever_heard(home: MadeHome) -> None:
    home.set_up()
    home.beats()
    page = seen_by(home)
    assert page.status is Status.UNKNOWN
    assert page.sentence == "No sensor can be heard, so we cannot tell how Margaret is."
    assert "Kitchen motion sensor has not been heard yet." in unseen(page)
    assert len(unseen(page)) == len(DEVICES)


def test_nobody_was_ever_seen_moving(home: MadeHome) -> None:
    home.set_up()
    home.heard(*DEVICES, ago=1)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.UNKNOWN
    assert page.sentence == "Nobody has been seen moving yet, so we cannot tell how Margaret is."
    assert said(page) == ["No alarm is open."]


def test_a_silence_that_nothing_explains(home: MadeHome) -> None:
    home.set_up()
    home.reads("kitchen", Quantity.MOTION, 1, ago=14 * 60 + 1)
    home.heard(*DEVICES, ago=1)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert page.sentence == "Nobody has been seen moving for a long time."
    assert page.why[1].tone is Tone.ATTENTION
    assert page.why[1].text == "Last seen moving in the kitchen 14 hours ago (yesterday at 18:59)."


@pytest.mark.parametrize(
    ("quantity", "device", "value", "words"),
    [
        (Quantity.HEART_RATE_BPM, "strap", 131, "Pulse 131 a minute, above the agreed range"),
        (Quantity.HEART_RATE_BPM, "strap", 40, "Pulse 40 a minute, below the agreed range"),
        (Quantity.PULSE_BPM, "oximeter", 131, "Pulse 131 a minute, above the agreed range"),
        (Quantity.SPO2_PERCENT, "oximeter", 91, "Blood oxygen 91 %, below the agreed range"),
    ],
)
def test_a_measured_value_at_its_limit_is_out_of_range(
    home: MadeHome, quantity: Quantity, device: str, value: float, words: str
) -> None:
    home.all_is_well()
    home.reads(device, quantity, value, ago=2)
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert page.sentence == "A measured value of Margaret is outside the agreed range."
    assert any(line.text.startswith(words) and line.tone is Tone.ATTENTION for line in page.why)


def test_the_newer_of_two_pulses_counts_and_one_that_its_sensor_doubts_does_not(home: MadeHome) -> None:
    home.all_is_well()
    home.reads("oximeter", Quantity.PULSE_BPM, 75, ago=5)
    home.reads("strap", Quantity.HEART_RATE_BPM, 190, ago=4, quality=0.3)
    page = seen_by(home)
    assert page.status is Status.WELL
    assert [line for line in said(page) if line.startswith("Pulse")] == [
        "Pulse 75 a minute, within the agreed range, 5 minutes ago (08:55)."
    ]


def test_an_old_value_is_shown_for_a_day_but_no_longer_counts_after_an_hour(home: MadeHome) -> None:
    home.set_up()
    home.reads("oximeter", Quantity.SPO2_PERCENT, 90, ago=61)
    home.reads("strap", Quantity.HEART_RATE_BPM, 140, ago=24 * 60 + 1)
    home.reads("kitchen", Quantity.MOTION, 1, ago=3)
    home.heard(*DEVICES, ago=1)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.WELL
    assert any(line.startswith("Blood oxygen 90 %") for line in said(page))
    assert not any(line.startswith("Pulse") for line in said(page))


def test_a_press_of_the_button_shows_that_somebody_is_about(home: MadeHome) -> None:
    home.all_is_well()
    home.press("pendant", TriggerKind.DOUBLE_PRESS, ago=1)
    assert seen_by(home).sentence == "Margaret was last seen moving 1 minute ago (08:59)."


def test_a_fall_that_a_device_reports_does_not(home: MadeHome) -> None:
    home.all_is_well()
    home.press("radar", TriggerKind.FALL, ago=1)
    assert "kitchen" in seen_by(home).sentence


def test_what_a_removed_sensor_said_is_no_longer_told(home: MadeHome) -> None:
    home.all_is_well()
    home.reads("oximeter", Quantity.PULSE_BPM, 140, ago=1)
    home.press("oximeter", TriggerKind.PRESS, ago=1)
    home.set_up(home_toml().partition("[devices.oximeter]")[0])
    page = seen_by(home)
    assert page.status is Status.WELL
    assert "kitchen" in page.sentence
    assert not any(line.startswith("Blood oxygen") for line in said(page))


def test_what_was_said_long_ago_is_found_through_the_hourly_sums(home: MadeHome) -> None:
    home.all_is_well()
    home.much_is_read("radar", Quantity.TEMPERATURE_C, count=20_100, ago=1)
    assert seen_by(home).status is Status.UNKNOWN
    home.hours_are_summed()
    page = seen_by(home)
    assert page.status is Status.WELL
    assert said(page)[1:] == [
        "Last seen moving in the kitchen 3 minutes ago (08:57).",
        "Pulse 72 a minute, within the agreed range, 12 minutes ago (08:48).",
        "Blood oxygen 97 %, within the agreed range, 30 minutes ago (08:30).",
        "Front door is closed.",
    ]


@pytest.mark.parametrize(("ago", "tone"), [(5, Tone.PLAIN), (31, Tone.ATTENTION)])
def test_a_door_that_stands_open(home: MadeHome, ago: float, tone: Tone) -> None:
    home.all_is_well()
    home.reads("front_door", Quantity.OPEN, 1, ago=ago)
    home.reads("front_door", Quantity.OPEN, 1, ago=1)
    line = seen_by(home).why[-1]
    assert line.text.startswith("Front door is open since 08:")
    assert line.tone is tone


def a_lost_radio(home: MadeHome) -> str:
    home.link("radio", LinkState.DOWN, ago=10)
    return "The Bluetooth radio has been down since 08:50."


def a_lost_port(home: MadeHome) -> str:
    home.link("/dev/bedside-radar", LinkState.DOWN, ago=10)
    return "Nothing has come through the port /dev/bedside-radar since 08:50."


def a_fault(home: MadeHome) -> str:
    home.fault("The pendant's battery is flat.")
    return "The pendant's battery is flat."


def a_fault_with_an_owner(home: MadeHome) -> str:
    home.fault("The pendant's battery is flat.", owner="olu", due_in=timedelta(hours=8))
    return "The pendant's battery is flat. Olu is looking after it. It is to be mended by 17:00."


@pytest.mark.parametrize("breaks", [a_lost_radio, a_lost_port, a_fault, a_fault_with_an_owner])
def test_what_is_broken_is_something_to_look_at(home: MadeHome, breaks: Callable[[MadeHome], str]) -> None:
    home.all_is_well()
    words = breaks(home)
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert page.sentence == "Margaret seems to be all right, but something in the home needs a look."
    assert [(line.text, line.tone) for line in page.cannot_see] == [(words, Tone.ATTENTION)]


def test_a_radio_that_came_back_is_no_longer_lost(home: MadeHome) -> None:
    home.all_is_well()
    home.link("radio", LinkState.DOWN, ago=10)
    home.link("radio", LinkState.UP, ago=9)
    home.link("C0:00:00:00:00:01", LinkState.DOWN, ago=9)
    assert seen_by(home).status is Status.WELL


def test_a_sensor_that_should_speak_and_does_not(home: MadeHome) -> None:
    home.set_up()
    home.reads("kitchen", Quantity.MOTION, 1, ago=3)
    home.heard("front_door", "kitchen", "pendant", "strap", "oximeter", ago=600)
    home.heard("radar", ago=31)
    home.is_silent("radar", SILENT, ago=31)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert unseen(page)[0] == SILENT
    assert not any("Bedside radar" in line for line in unseen(page))  # said once


def test_a_fault_that_was_closed_by_hand_makes_nothing_visible(home: MadeHome) -> None:
    home.set_up()
    home.reads("kitchen", Quantity.MOTION, 1, ago=3)
    home.heard(*(set(DEVICES) - {"radar"}), ago=1)
    home.heard("radar", ago=31)
    with home.writing() as connection:
        coverage.note(connection, [LOST_RADAR], home.now)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert unseen(page) == [
        "Bedside radar was last heard 31 minutes ago (08:29). Perhaps it has no power, or its cable is out."
    ]


def test_what_could_not_be_seen_for_a_while_is_said_for_a_day(home: MadeHome) -> None:
    home.all_is_well()
    home.is_silent("radar", SILENT, ago=200)
    home.is_over("radar", ago=90)
    page = seen_by(home)
    assert page.status is Status.WELL
    assert unseen(page) == [f"{SILENT} That was over at 07:30."]
    assert page.cannot_see[0].tone is Tone.PLAIN


def test_a_moment_that_could_not_be_seen_is_not_worth_a_line(home: MadeHome) -> None:
    home.all_is_well()
    home.is_silent("radar", SILENT, ago=95)
    home.is_over("radar", ago=90)
    assert not unseen(seen_by(home))


def test_a_receiver_that_is_down_is_said_once_and_nothing_behind_it_counts_as_heard(home: MadeHome) -> None:
    home.all_is_well()
    home.link("radio", LinkState.DOWN, ago=5)
    home.is_silent("radio", "The hub hears nothing through the Bluetooth radio.", ago=5)
    page = seen_by(home)
    assert unseen(page) == ["The hub hears nothing through the Bluetooth radio."]
    assert page.shown.blind.unreliable == len(DEVICES) - 1  # the radar has a port of its own


def test_what_is_worn_at_will_may_be_silent(home: MadeHome) -> None:
    home.set_up()
    home.reads("kitchen", Quantity.MOTION, 1, ago=3)
    home.heard("front_door", "kitchen", "pendant", "radar", "oximeter", ago=1)
    home.heard("strap", ago=40)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.WELL
    [line] = page.cannot_see
    assert line.tone is Tone.PLAIN
    assert line.text == (
        "Chest strap was last heard 40 minutes ago (08:20). Perhaps it is not worn, out of range, or flat."
    )


def test_strangers_and_frames_that_cannot_be_read_are_counted_for_a_day(home: MadeHome) -> None:
    home.set_up()
    home.reads("kitchen", Quantity.MOTION, 1, ago=3)
    home.heard(*(set(DEVICES) - {"kitchen"}), ago=1)
    home.heard("kitchen", ago=1, malformed=3)
    home.stranger("AA:00", ago=5)
    home.stranger("AA:01", ago=5)
    home.stranger("AA:02", ago=24 * 60 + 1)
    home.beats()
    page = seen_by(home)
    assert page.status is Status.WELL
    assert [(line.text, line.tone) for line in page.cannot_see] == [
        ("2 senders that nobody has set up were heard; they are only counted.", Tone.PLAIN),
        ("3 messages of sensors could not be read.", Tone.PLAIN),
    ]


def test_an_alarm_comes_before_everything_else_even_where_the_hub_is_silent(home: MadeHome) -> None:
    home.set_up()
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    page = seen_by(home)
    assert page.status is Status.ALARM
    assert page.sentence == "Margaret may need help."


def test_an_alarm_about_the_equipment_is_something_to_look_at(home: MadeHome) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FAULT, AlarmState.ESCALATING)
    page = seen_by(home)
    assert page.status is Status.LOOK
    assert page.sentence == "Margaret seems to be all right, but something in the home needs a look."


def test_the_version_grows_with_what_should_be_shown_at_once_and_not_with_what_goes_on_all_the_time(
    home: MadeHome,
) -> None:
    def now() -> int:
        with home.writing() as connection:
            return version(connection)

    assert now() == 0
    home.all_is_well()
    quiet = now()
    home.reads("kitchen", Quantity.MOTION, 1, ago=0)
    home.hours_are_summed()
    home.beats()
    assert now() == quiet
    home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    assert now() == quiet + 1


def test_who_may_look_is_who_belongs_to_the_household(home: MadeHome) -> None:
    with home.writing() as connection:
        assert viewers(connection) == {}
    home.set_up()
    with home.writing() as connection:
        people = viewers(connection)
    assert set(people) == {"margaret", "priya", "tom", "joan", "nurses", "olu", "fay"}
    assert (people["priya"].display, people["priya"].role) == ("Priya", Role.FAMILY)


def test_what_somebody_asked_lately_and_what_the_hub_answered(home: MadeHome) -> None:
    home.set_up()
    with home.writing() as connection:
        going = {"alarm_id": 7, "said": "going"}
        request(connection, IntentKind.ACKNOWLEDGE, going, "priya", home.ago(11))
        request(connection, IntentKind.ACKNOWLEDGE, going, "priya", home.ago(1))
        request(connection, IntentKind.RESIDENT, {"said": "fine"}, "priya", home.ago(0.5))
        request(connection, IntentKind.ACKNOWLEDGE, going, "tom", home.ago(1))
        answers = asked(connection, "priya", home.now)
    assert [(one.kind, one.alarm_id, one.at, one.result) for one in answers] == [
        (IntentKind.RESIDENT, None, home.ago(0.5), None),
        (IntentKind.ACKNOWLEDGE, 7, home.ago(1), None),
    ]
