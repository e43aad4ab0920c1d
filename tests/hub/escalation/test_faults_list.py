"""Every fault that the design wants injected, and the test that injects it; those that are nowhere else are here."""

import ast
from pathlib import Path

import pytest

from analytics.model import FindingKind
from hub.escalation.sayings import Said
from hub.model import AlarmState, Purpose
from tests.hub.escalation.desk import Desk

TESTS = Path(__file__).parents[2]
HERE = "hub/escalation/test_faults_list.py"
BOOT, STORY, DELIVERY = (f"hub/escalation/test_{name}.py" for name in ("boot", "carrier_story", "delivery"))
TWILIO, MODEM, PATHS = (
    "hub/channels/test_twilio_sms.py",
    "hub/channels/gsm/test_modem.py",
    "hub/escalation/test_two_paths.py",
)
REPLIES, INBOUND, SERVICE = (f"hub/escalation/test_{name}.py" for name in ("replies", "inbound", "service"))
LIFE, ENGINES, REBUILD = (
    "hub/escalation/test_life.py",
    "hub/escalation/test_what_engines_get_wrong.py",
    "hub/test_rebuild.py",
)
CRASH = "alongside/crash/test_crash_test.py::test_a_hundred_kills_at_every_point_and_at_random_instants"

FAULTS: dict[str, tuple[str, ...]] = {
    "1 kill -9 before and after each commit": (CRASH,),
    "1 kill -9 before the call, and after the provider has accepted": (
        CRASH,
        f"{BOOT}::test_1_killed_after_the_claim_the_provider_knows_it_and_nothing_is_sent_twice",
    ),
    "1 kill -9 after a reply": (f"{BOOT}::test_1_killed_after_a_reply_it_counts_once",),
    "1 kill -9 during recovery itself": (f"{BOOT}::test_1_killed_during_recovery_itself",),
    "2 connect time-out": (f"{TWILIO}::test_2_no_connection_was_ever_made_so_nothing_can_have_been_sent",),
    "2 time-out, 500 or malformed JSON after the provider has accepted": (
        f"{STORY}::test_2_what_was_taken_in_spite_of_an_error_is_not_sent_twice",
    ),
    "2 429, and an error before": (f"{STORY}::test_2_what_was_not_taken_is_sent_again",),
    "2 400 bad number, 401, undelivered": (
        f"{STORY}::test_2_a_number_that_cannot_be_reached_does_not_hold_up_the_next_step",
    ),
    "2 accepted, then no callback": (f"{DELIVERY}::test_not_delivered_in_time_takes_the_other_way_as_well",),
    "2 both orders of delivered and undelivered": (f"{DELIVERY}::test_7_delivered_and_undelivered_in_both_orders",),
    "3 internet lost in each state": (f"{PATHS}::test_3_internet_lost_in_each_state_and_the_modem_takes_over_in_time",),
    "3 the modem hangs": (f"{MODEM}::test_a_modem_that_takes_a_text_and_hangs_leaves_it_in_doubt_and_is_started_anew",),
    "3 +CMS ERROR": (f"{MODEM}::test_what_a_cms_error_means_for_the_message",),
    "3 no SIM, no signal": (f"{MODEM}::test_what_ails_it_is_told_in_plain_words_and_over_when_mended",),
    "4 the clock jumps by an hour, by ten years, in the middle of a window": (
        "hub/escalation/test_what_engines_get_wrong.py"
        "::test_apscheduler_339_1036_526_and_celery_eta_a_clock_that_jumps_moves_timers",
        f"{PATHS}::test_4_a_clock_set_back_between_two_tries_never_waits_for_longer_than_one",
    ),
    "4 a clock that is not to be trusted at boot": (
        f"{BOOT}::test_8_after_a_reboot_with_a_clock_that_stood_still_it_is_due_at_once",
    ),
    "4 two reboots in one window": (f"{BOOT}::test_8_two_reboots_in_one_window",),
    "4 London at the changes of its clock": (
        "hub/escalation/test_rota.py::test_9_ninety_days_minute_by_minute_leave_no_gap_and_the_right_overlap",
    ),
    "5 disk full": ("hub/test_degraded.py::test_5_disk_full",),
    "5 read-only file system": ("hub/test_degraded.py::test_5_read_only_file_system",),
    "5 corrupt database at boot": ("hub/test_degraded.py::test_5_corrupt_database_at_boot",),
    "5 database locked for longer than is waited": (
        f"{SERVICE}::test_a_locked_database_does_not_lose_what_came_of_a_call",
    ),
    "6 duplicate sensor events": ("hub/test_repeats.py::test_the_same_number_again_is_the_same_press",),
    "6 reordered and delayed sensor events": (
        "hub/escalation/test_admission.py"
        "::test_6_findings_that_come_late_and_in_the_wrong_order_belong_where_they_belong",
    ),
    "6 flapping a hundred times": ("hub/escalation/test_admission.py::test_flapping_a_hundred_times_is_one_alarm",),
    "6 an event during a close": (
        "hub/escalation/test_admission.py::test_6_a_finding_in_the_instant_of_a_close_opens_its_own_alarm",
    ),
    "6 an alarm that is true at boot": (f"{REBUILD}::test_what_became_true_while_the_hub_was_off_is_told_once",),
    "7 an unknown number": (f"{INBOUND}::test_an_unknown_number_is_kept_and_has_no_effect",),
    "7 a forged webhook signature": ("hub/test_hooks.py::test_7_a_forged_signature_does_nothing",),
    "7 a wrong or reused code": (
        f"{REPLIES}::test_what_is_not_plain_is_asked",
        "hub/escalation/test_admission.py::test_codes_are_not_reused_for_seven_days",
    ),
    "7 a bare 1 with two alarms": (f"{INBOUND}::test_a_bare_digit_with_two_alarms_open_is_asked_not_guessed",),
    "7 1., quoted, empty": (f"{REPLIES}::test_parse", f"{INBOUND}::test_what_is_unclear_is_asked"),
    "7 a thousand junk replies": (f"{INBOUND}::test_a_thousand_junk_replies_are_kept_and_not_answered_for_ever",),
    "7 STOP, Stop., stop": (
        "hub/escalation/test_what_engines_get_wrong.py::test_goalert_sms_go_compares_stop_before_trimming",
    ),
    "8 two or three acks in one instant": (
        "hub/escalation/test_life.py::test_6_exactly_one_of_many_acks_wins_and_all_are_recorded",
        f"{SERVICE}::test_8_two_acks_in_one_instant",
    ),
    "8 ack and resolve": (f"{HERE}::test_8_an_ack_and_a_close_in_one_instant",),
    "8 ack and time-out": (f"{SERVICE}::test_8_an_ack_and_a_time_out_in_one_instant",),
    "8 ack after exhaustion": (f"{LIFE}::test_an_ack_after_exhaustion_and_then_silence_is_loud_again",),
    "8 ack, then silence": (f"{LIFE}::test_going_and_then_silence_tells_the_next_step",),
    "9 the policy is edited": (
        "hub/escalation/test_admission.py::test_an_alarm_keeps_its_plan_when_the_household_changes",
    ),
    "9 a contact is deleted": (f"{DELIVERY}::test_9_a_contact_deleted_meanwhile_is_not_called",),
    "9 consent is withdrawn": (f"{DELIVERY}::test_9_10_consent_withdrawn_meanwhile_changes_the_words",),
    "10 a step that resolves to nobody": (f"{LIFE}::test_an_empty_step_is_passed_at_once_with_a_fault_11",),
    "10 a voicemail": (f"{ENGINES}::test_goalert_921_a_voicemail_counts_as_answered",),
    "10 a notifier that raises an unexpected exception": (
        f"{SERVICE}::test_10_a_notifier_that_raises_something_unexpected_is_a_fault_and_stops_nothing",
    ),
    "10 the canary is dropped": (
        "hub/escalation/test_canary.py::test_an_answer_that_does_not_come_is_a_fault_of_somebodys",
    ),
    "10 the auditor is killed": ("hub/test_auditor.py::test_15_the_auditors_silence_is_a_fault_until_it_is_back",),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_injected_by_a_test_that_there_is(fault: str) -> None:
    for node in FAULTS[fault]:
        file, name = node.split("::")
        tree = ast.parse((TESTS / file).read_text())
        found = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in found, f"{node} is gone"


def test_8_an_ack_and_a_close_in_one_instant(desk: Desk) -> None:
    for first, second in ((Said.GOING, Said.CLOSED), (Said.CLOSED, Said.GOING)):
        desk.pass_time(3600)
        number = desk.open(FindingKind.PANIC)
        desk.accept(desk.run())
        desk.say(number, first, "priya")
        desk.say(number, second, "tom")
        assert desk.alarm(number).state is AlarmState.RESOLVED
        assert len(desk.acks(number)) == 2, "both are kept"
    calls = [one for _ in range(10) for one in desk.wait(300)]
    assert [one for one in calls if one.message.purpose in (Purpose.ALARM, Purpose.EXHAUSTED)] == []
