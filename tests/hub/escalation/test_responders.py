"""Community responders: near enough, able, approved of, and told where to go only once they are going."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.model import FindingKind
from hub.escalation import keys
from hub.escalation.keys import Pressed
from hub.escalation.planning import FOR_FAMILY, NOT_APPROVED
from hub.escalation.recipients import responders
from hub.household.model import Household
from hub.model import Address, AlarmState, Contact, Notify, Responder, Role
from hub.store.schema import notification
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import ALARMS, CONSENT, HOUSEHOLD, LIFE, NURSES, TOM

SAM, LEE = "+447700900021", "+447700900022"


def responder(name: str, number: str, distance_m: int, *competence: str, radius_m: int = 500) -> Contact:
    agreed = Responder(
        consented=date(2026, 5, 1), competence=frozenset(competence), distance_m=distance_m, radius_m=radius_m
    )
    ways = (Address(channel="sms", to=number), Address(channel="voice", to=number))
    return Contact(name=name, role=Role.NEIGHBOUR, display=name.title(), addresses=ways, responder=agreed)


SAMS = responder("sam", SAM, 340, "first_aid")
LEES = responder("lee", LEE, 120, "first_aid", "lifting")
FAR = responder("kit", "+447700900023", 900, "first_aid")


def home(
    *people: Contact, via: str = "sms", approved: frozenset[str] | None = frozenset({"address", "key_safe"})
) -> Household:
    first = replace(LIFE.steps[0], notify=(Notify(tier="responders", competence="first_aid", via=(via,)),))
    fall = replace(ALARMS[FindingKind.PANIC], plan=replace(LIFE, steps=(first, *LIFE.steps[1:])))
    return replace(
        HOUSEHOLD,
        people={**HOUSEHOLD.people, **{one.name: one for one in people}},
        alarms={**ALARMS, FindingKind.PANIC: fall},
        consent=replace(CONSENT, on_acceptance=approved),
    )


def texts_to(desk: Desk, person: str) -> list[str]:
    return [row["text"] for row in desk.rows(notification, person=person)]


def test_the_nearest_come_first_and_who_is_too_far_or_not_able_is_not_called() -> None:
    household = home(SAMS, LEES, FAR)
    assert responders(household, "first_aid") == ["lee", "sam"]
    assert responders(household, "lifting") == ["lee"]
    assert responders(household, None) == ["lee", "sam"]


def test_before_they_accept_they_learn_neither_who_nor_where(desk: Desk) -> None:
    desk.household = home(SAMS)
    desk.open(FindingKind.PANIC, room="bathroom")
    desk.accept(desk.run())
    (text,) = texts_to(desk, "sam")
    assert text.startswith("Someone about 300 m from you needs help. Reply 1 going, 2 cannot, 3 safe, code ")
    for secret in ("Margaret", "Hill", "Mill Lane", "1234", "bathroom"):
        assert secret not in text


def test_whoever_accepts_is_told_where_to_go_and_how_to_get_in(desk: Desk) -> None:
    desk.household = home(SAMS, LEES)
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.reply(SAM, "1")
    desk.accept(desk.run())
    thanks = texts_to(desk, "sam")[-1]
    assert thanks.startswith("Thank you. You are going to Margaret, at 1 Mill Lane, key safe 1234. Reply 3 when all is")
    assert len(thanks) <= 160
    other = texts_to(desk, "lee")[-1]
    assert other.startswith("Somebody is going to someone about 100 m from you. You can stand down; thank you.")
    assert desk.alarm(number).owner == "sam"


def test_who_would_go_too_is_told_no_address(desk: Desk) -> None:
    desk.household = home(SAMS, LEES)
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.reply(SAM, "1")
    desk.reply(LEE, "1")
    desk.accept(desk.run())
    assert not any("Mill Lane" in text for text in texts_to(desk, "lee"))
    assert any("already going" in text for text in texts_to(desk, "lee"))


def test_who_gives_it_back_is_not_told_again(desk: Desk) -> None:
    desk.household = home(SAMS)
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.reply(SAM, "1")
    desk.reply(SAM, "2")
    desk.run()
    assert desk.alarm(number).owner is None
    assert "Mill Lane" not in texts_to(desk, "sam")[-1]


def test_what_was_not_approved_is_not_said_even_then(desk: Desk) -> None:
    desk.household = home(SAMS, approved=frozenset())
    desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    desk.reply(SAM, "1")
    desk.accept(desk.run())
    assert "You are going to Margaret. Reply" in texts_to(desk, "sam")[-1]


def test_by_telephone_the_address_is_said_only_after_the_key(desk: Desk) -> None:
    desk.household = home(SAMS, via="voice")
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    desk.accept([call])
    assert "Mill Lane" not in call.message.text
    message = call.message
    pressed = Pressed(
        call=f"sid-{message.notification_id}", message=message.notification_id, reference=message.reference, key="1"
    )
    said = desk.do(lambda ctx: keys.press(ctx, pressed))
    assert said == "Thank you. You are going to Margaret, at 1 Mill Lane, key safe 1234. Goodbye."


def test_11_without_the_resident_s_approval_nobody_of_the_tier_is_called_and_the_next_step_comes(desk: Desk) -> None:
    desk.household = home(SAMS, approved=None)
    number = desk.open(FindingKind.PANIC)
    desk.run()
    assert [(row["state"], row["reason"]) for row in desk.rows(notification, person="sam", step=0)] == [
        ("suppressed", NOT_APPROVED)
    ]
    assert desk.alarm(number).step == 1
    assert desk.alarm(number).state is AlarmState.ESCALATING
    assert desk.rows(notification, person="tom", purpose="alarm", alarm_id=number)


@pytest.mark.parametrize(("belongs_to", "told"), [(None, True), ("all", True), ("family", False)])
def test_a_clinician_is_not_texted_about_what_belongs_to_the_family(
    desk: Desk, belongs_to: str | None, told: bool
) -> None:
    both = (Notify(who="nurses", via=("sms",)), Notify(who="tom", via=("sms",)))
    plan = replace(LIFE, steps=(replace(LIFE.steps[0], notify=both),))
    policy = replace(ALARMS[FindingKind.PANIC], plan=plan, belongs_to=belongs_to)
    desk.household = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.PANIC: policy})
    number = desk.open(FindingKind.PANIC)
    desk.accept(desk.run())
    for _ in range(3):
        desk.accept(desk.wait(120))
    assert desk.alarm(number).state is AlarmState.EXHAUSTED
    rows = desk.rows(notification, alarm_id=number, to=NURSES)
    assert {row["state"] != "suppressed" for row in rows} == {told}
    assert told or {row["reason"] for row in rows} == {FOR_FAMILY}
    assert "suppressed" not in {row["state"] for row in desk.rows(notification, alarm_id=number, to=TOM)}


def test_what_is_about_the_system_is_no_matter_for_clinicians_unless_said_so(desk: Desk) -> None:
    both = (Notify(who="nurses", via=("sms",)), Notify(who="tom", via=("sms",)))
    policy = ALARMS[FindingKind.FAULT]
    plan = replace(policy.plan, steps=(replace(policy.plan.steps[0], notify=both),))
    desk.household = replace(HOUSEHOLD, alarms={**ALARMS, FindingKind.FAULT: replace(policy, plan=plan)})
    number = desk.open(FindingKind.FAULT)
    assert [row["reason"] for row in desk.rows(notification, alarm_id=number, person="nurses")] == [FOR_FAMILY]
