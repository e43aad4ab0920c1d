"""`alongside alarms trace`: every step from the sensor to the phone, how long it took, and nobody's name."""

import json
from dataclasses import replace

from analytics.model import FindingKind
from hub.escalation.story import read
from hub.escalation.trace import trace
from hub.model import NotificationState
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD
from tests.hub.escalation.test_story import run


def answered(desk: Desk) -> int:
    """A fall that the daughter's phone was reached about."""
    number = desk.open(FindingKind.FALL)
    desk.accept(desk.run())
    desk.wait(15)
    (call,) = [one for one in desk.wait(15) if one.message.person == "priya"]
    desk.accept([call])
    desk.pass_time(2.5)
    desk.report(call.message.notification_id, NotificationState.DELIVERED)
    return number


def test_each_step_says_how_long_it_took(desk: Desk) -> None:
    number = answered(desk)
    with desk.store.reading() as connection:
        spans = trace(read(connection, number))
    told = [one.what for one in spans]
    in_order = (
        "noticed by",
        "checking_in (finding)",
        "check_in by speaker: decided",
        "check_in by speaker: handed over",
        "escalating (checkin_silence)",
        "alarm by sms: decided",
        "alarm by sms: handed over",
        "alarm by sms: delivered",
    )
    places = [next(place for place, what in enumerate(told) if what.startswith(step)) for step in in_order]
    assert places == sorted(places)
    assert (spans[-1].since_ms, spans[-1].after_ms) == (2500.0, 32500.0)
    assert spans[0].after_ms == 0.0


def test_it_is_told_for_people_and_for_programs_and_names_nobody(desk: Desk) -> None:
    number = str(answered(desk))
    told = run(desk, "trace", number).stdout
    assert "  32500.0 ms     2500.0 ms  alarm by sms: delivered [delivery " in told
    spans = json.loads(run(desk, "trace", number, "--json").stdout)["spans"]
    assert spans[-1]["after_ms"] == 32500.0
    private = set(HOUSEHOLD.people) | {one.display for one in HOUSEHOLD.people.values()} | {"+44"}
    assert [word for word in private if word in told + str(spans)] == []


def test_an_alarm_that_there_is_not_is_refused(desk: Desk) -> None:
    assert "There is no alarm 9." in run(desk, "trace", "9").stderr


def test_a_sensor_s_call_and_an_answer_are_steps_too(desk: Desk) -> None:
    number = answered(desk)
    with desk.store.reading() as connection:
        story = read(connection, number)
    at = story.alarm["opened_at"]
    events, answers = [{"id": 4, "kind": "press", "at": at}], [{"id": 2, "said": "going", "at": at}]
    told = {one.what: one.row for one in trace(replace(story, events=events, answers=answers))}
    assert told["a sensor calls (press)"] == "sensor_event 4"
    assert told["answered: going"] == "acknowledgement 2"
