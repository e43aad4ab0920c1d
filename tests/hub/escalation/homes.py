"""A household to escalate in, findings, and the means to look at what became of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.model import Evidence, Finding, FindingKind, Home
from hub.household.model import Consent, Household, Layer, Person, Rota, SmsPolicy
from hub.model import (
    Address,
    AlarmPolicy,
    CancelRule,
    CheckIn,
    Contact,
    EscalationPolicy,
    Notify,
    Role,
    Step,
)
from tests.fakes import START

LONDON = ZoneInfo("Europe/London")

PRIYA = "+447700900001"
TOM = "+447700900002"
JOAN = "+447700900003"
NURSES = "+447700900004"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


PEOPLE = {
    "margaret": Contact(
        name="margaret",
        role=Role.RESIDENT,
        display="Margaret",
        addresses=(Address(channel="speaker"), Address(channel="button")),
    ),
    "priya": Contact(
        name="priya",
        role=Role.FAMILY,
        display="Priya",
        addresses=(
            Address(channel="push", to="dev-p1"),
            Address(channel="sms", to=PRIYA),
            Address(channel="voice", to=PRIYA),
        ),
    ),
    "tom": Contact(
        name="tom",
        role=Role.FAMILY,
        display="Tom",
        addresses=(Address(channel="sms", to=TOM), Address(channel="voice", to=TOM)),
    ),
    "joan": Contact(
        name="joan",
        role=Role.NEIGHBOUR,
        display="Joan",
        addresses=(Address(channel="sms", to=JOAN),),
        key_holder=True,
    ),
    "nurses": Contact(
        name="nurses", role=Role.CLINICIAN, display="District nurses", addresses=(Address(channel="sms", to=NURSES),)
    ),
    "arc": Contact(
        name="arc",
        role=Role.ARC,
        display="Alarm receiving centre",
        addresses=(Address(channel="scaip", to="sips:rx@arc.example"), Address(channel="voice", to="+441632960001")),
    ),
}

CONSENT = Consent(
    revision=7,
    fields={
        Role.FAMILY: frozenset({"name", "kind", "room", "time", "vitals_band"}),
        Role.NEIGHBOUR: frozenset({"first_name", "kind_plain"}),
        Role.CLINICIAN: frozenset({"name", "birth_year", "kind", "news2", "vitals"}),
        Role.ARC: frozenset({"name", "address", "kind", "room", "time", "vitals", "key_safe", "contacts"}),
    },
)

FAMILY_ON_CALL = Rota(
    name="family_on_call",
    layers=(
        Layer(who="priya", days=frozenset(range(5)), start=time(8), end=time(20)),
        Layer(who="tom", default=True),
    ),
)

ARC_FIRST = Notify(who="arc", via=("scaip", "voice"), first_accepted=True)

LIFE = EscalationPolicy(
    name="life",
    rounds=2,
    ack_timeout=minutes(10),
    attend_timeout=minutes(45),
    exhausted_retry=minutes(5),
    steps=(
        Step(id="first", wait=minutes(1), notify=(Notify(rota="family_on_call", via=("sms",)),)),
        Step(
            id="wide",
            wait=minutes(2),
            notify=(Notify(role=Role.FAMILY, via=("sms",)), Notify(role=Role.NEIGHBOUR, via=("sms",))),
        ),
        Step(id="loud", wait=minutes(2), notify=(Notify(role=Role.FAMILY, via=("voice",)), ARC_FIRST)),
    ),
)
CLINICAL = EscalationPolicy(
    name="clinical",
    rounds=2,
    ack_timeout=minutes(15),
    attend_timeout=minutes(45),
    exhausted_retry=minutes(10),
    steps=(
        Step(id="emergency", when="news2 >= 7", wait=minutes(1), notify=(ARC_FIRST,)),
        Step(
            id="urgent",
            when="news2 >= 5 or single >= 3",
            wait=minutes(15),
            notify=(Notify(who="nurses", via=("sms",)),),
        ),
        Step(id="backstop", wait=minutes(5), notify=(Notify(rota="family_on_call", via=("sms",)),)),
    ),
)
SERVICE = EscalationPolicy(
    name="service",
    rounds=1,
    ack_timeout=minutes(240),
    attend_timeout=minutes(240),
    exhausted_retry=minutes(30),
    steps=(
        Step(id="family", wait=minutes(15), notify=(Notify(rota="family_on_call", via=("sms",)),)),
        Step(id="backstop", wait=minutes(60), notify=(Notify(role=Role.FAMILY, via=("sms",)),)),
    ),
)


def policy(
    severity: int,
    plan: EscalationPolicy,
    window: timedelta = timedelta(0),
    prompts: int = 1,
    cancel: CancelRule = CancelRule.BUTTON_OR_PHRASE,
) -> AlarmPolicy:
    return AlarmPolicy(severity=severity, plan=plan, check_in=CheckIn(window=window, prompts=prompts, cancel=cancel))


ALARMS: Mapping[str, AlarmPolicy] = {
    FindingKind.PANIC: policy(10, LIFE, cancel=CancelRule.ARC_ONLY),
    FindingKind.FALL: policy(9, LIFE, window=seconds(30), prompts=2),
    FindingKind.WANDERING: policy(8, LIFE, window=seconds(20), cancel=CancelRule.RETURNED_HOME),
    FindingKind.ABNORMAL_PULSE: policy(8, CLINICAL, window=minutes(1), cancel=CancelRule.ANNOTATE_ONLY),
    FindingKind.INACTIVITY: policy(5, LIFE, window=minutes(5), prompts=3),
    FindingKind.FAULT: policy(4, SERVICE),
}

HOUSEHOLD = Household(
    id="hh-0042",
    tz=LONDON,
    resident="margaret",
    person=Person(full_name="Margaret Hill", first_name="Margaret", address="1 Mill Lane", key_safe="1234"),
    people=PEOPLE,
    consent=CONSENT,
    rotas={"family_on_call": FAMILY_ON_CALL},
    plans={plan.name: plan for plan in (LIFE, CLINICAL, SERVICE)},
    alarms=ALARMS,
    devices={},
    home=Home(id="hh-0042", tz=LONDON, resident="margaret", resident_name="Margaret", sensors={}),
    sms=SmsPolicy(primary="twilio"),
)


def without(household: Household, *names: str) -> Household:
    """The household after these people have left it."""
    return replace(household, people={key: one for key, one in household.people.items() if key not in names})


def finding(
    kind: FindingKind = FindingKind.PANIC,
    *,
    at: datetime = START,
    severity: int = 1,
    room: str | None = "bathroom",
    episode: str = "",
    because: str = "Margaret pressed her pendant.",
    facts: Mapping[str, float] | None = None,
) -> Finding:
    evidence = tuple(Evidence(device="d", what=name, value=value, at=at) for name, value in (facts or {}).items())
    return Finding(
        kind=kind,
        severity=severity,
        at=at,
        because=because,
        detector="test",
        detector_version=1,
        episode=episode or f"{kind} {at.isoformat()}",
        room=room,
        evidence=evidence,
    )
