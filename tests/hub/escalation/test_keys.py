"""A key pressed in a call: the only answer that a call can give."""

from dataclasses import replace

import pytest

from analytics.model import FindingKind
from hub.escalation import keys, results
from hub.escalation.context import Call
from hub.escalation.keys import Pressed, UnknownCallError
from hub.escalation.sayings import Said
from hub.household.model import Household, TwilioPolicy
from hub.model import Evidence, NotificationState, Notify
from hub.store.schema import inbound, notification
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import ALARMS, HOUSEHOLD, LIFE


def by_voice() -> Household:
    """The household whose first step rings up whoever is on call."""
    first = replace(LIFE.steps[0], notify=(Notify(rota="family_on_call", via=("voice", "sms"), first_accepted=True),))
    plan = replace(LIFE, steps=(first, *LIFE.steps[1:]))
    panic = replace(ALARMS[FindingKind.PANIC], plan=plan)
    twilio = TwilioPolicy(public_url="https://care.example")
    return replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.PANIC: panic}, twilio=twilio)


@pytest.fixture
def rung(desk: Desk) -> tuple[Desk, int, Call]:
    """A desk, its alarm, and the call to whoever is on duty."""
    desk.household = by_voice()
    number = desk.open()
    (call,) = desk.run()
    desk.accept([call])
    return desk, number, call


def pressed(rung_: Call, key: str, **words: object) -> Pressed:
    message = rung_.message
    values = {"call": f"sid-{message.notification_id}", "message": message.notification_id, "key": key}
    return Pressed(**{"reference": message.reference, **values, **words})  # type: ignore[arg-type]


def press(desk: Desk, key: Pressed) -> str | None:
    return desk.do(lambda ctx: keys.press(ctx, key))


def test_a_call_says_which_keys_there_are(rung: tuple[Desk, int, Call]) -> None:
    assert "If you are going, press 1." in rung[2].message.text
    assert "Ref" not in rung[2].message.text


def test_one_means_going(rung: tuple[Desk, int, Call]) -> None:
    desk, number, call = rung
    assert press(desk, pressed(call, "1")) == "Thank you. You are going to Margaret. Goodbye."
    assert desk.alarm(number).state == "acknowledged"
    assert desk.acks(number) == [("priya", "going", True)]
    assert desk.row(notification, channel="voice")["state"] == "read"
    assert desk.row(inbound)["effect"] == "going"


def test_a_call_that_then_ends_is_not_one_that_nobody_answered(rung: tuple[Desk, int, Call]) -> None:
    desk, _, call = rung
    press(desk, pressed(call, "2"))
    ended = Evidence(state=NotificationState.SENT, provider_id="sid-1", negative=True, detail="no key was pressed")
    desk.do(lambda ctx: results.reported(ctx, call.message.notification_id, ended))
    assert [(row["channel"], row["negative"]) for row in desk.rows(notification)] == [("voice", False)]


def test_goalert_921_a_call_without_a_key_goes_on_to_the_next_way_at_once(rung: tuple[Desk, int, Call]) -> None:
    desk, number, call = rung
    desk.report(call.message.notification_id, NotificationState.SENT, negative=True)
    assert [(one.message.person, one.message.channel) for one in desk.run()] == [("priya", "sms")]
    assert desk.alarm(number).state == "escalating"


def test_a_key_that_is_reported_twice_counts_once(rung: tuple[Desk, int, Call]) -> None:
    desk, number, call = rung
    assert press(desk, pressed(call, "1")) == press(desk, pressed(call, "1"))
    assert len(desk.acks(number)) == 1


def test_a_key_that_means_nothing_is_asked_for_again(rung: tuple[Desk, int, Call]) -> None:
    desk, number, call = rung
    assert press(desk, pressed(call, "9")) is None
    assert desk.alarm(number).state == "escalating"
    assert press(desk, pressed(call, "3")) == "Thank you. The alarm for Margaret is closed. Goodbye."
    assert desk.alarm(number).outcome == "safe"


def test_who_presses_second_hears_who_is_going_and_who_presses_late_that_it_is_over(
    rung: tuple[Desk, int, Call],
) -> None:
    desk, number, call = rung
    desk.say(number, Said.GOING, "tom")
    assert press(desk, pressed(call, "1")) == (
        "Thank you. Tom is already going to Margaret; you are noted as backup. Goodbye."
    )
    desk.say(number, Said.CLOSED, "tom")
    assert "over already" in (press(desk, pressed(call, "2")) or "")


@pytest.mark.parametrize(
    "wrong", [{"message": 99}, {"reference": "ZZZZZ"}, {"call": "CA-of-somebody-else"}], ids=lambda one: next(iter(one))
)
def test_a_key_in_no_call_of_ours_does_nothing(rung: tuple[Desk, int, Call], wrong: dict[str, object]) -> None:
    desk, number, call = rung
    with pytest.raises(UnknownCallError):
        press(desk, pressed(call, "1", **wrong))
    assert desk.alarm(number).state == "escalating"


def test_a_key_may_be_reported_before_the_call_has_been_acknowledged(desk: Desk) -> None:
    desk.household = by_voice()
    number = desk.open()
    (call,) = desk.run()
    press(desk, pressed(call, "1"))
    desk.accept([call])
    assert desk.alarm(number).state == "acknowledged"
    assert desk.row(notification, channel="voice")["state"] == "read"


def test_a_report_is_joined_to_the_message_of_its_number(rung: tuple[Desk, int, Call]) -> None:
    desk, _, call = rung
    known = Evidence(state=NotificationState.SENT, provider_id=f"sid-{call.message.notification_id}")
    assert desk.do(lambda ctx: results.told(ctx, known))
    assert desk.row(notification, channel="voice")["state"] == "sent"
    assert not desk.do(lambda ctx: results.told(ctx, replace(known, provider_id="SM-unknown")))
