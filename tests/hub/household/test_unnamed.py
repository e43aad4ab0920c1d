"""A kind of alarm that the file does not name is not left without a plan."""

from datetime import timedelta

import pytest

from analytics.model import FindingKind
from hub.household.unnamed import UNNAMED, complete
from hub.model import AlarmPolicy, CancelRule, CheckIn, EscalationPolicy, Notify, Step

MINUTE = timedelta(minutes=1)


def plan(name: str) -> EscalationPolicy:
    step = Step(id="all", wait=MINUTE, notify=(Notify(via=("sms",), who="nadia"),))
    return EscalationPolicy(
        name=name, steps=(step,), rounds=1, ack_timeout=MINUTE, attend_timeout=MINUTE, exhausted_retry=MINUTE
    )


def policy(name: str, severity: int) -> AlarmPolicy:
    return AlarmPolicy(severity=severity, plan=plan(name), check_in=CheckIn(window=2 * MINUTE))


@pytest.mark.parametrize("named", FindingKind)
def test_one_named_kind_is_enough_for_all(named: FindingKind) -> None:
    alarms = complete({named: policy("only", 7)})

    assert set(alarms) == set(FindingKind)
    assert {one.plan.name for one in alarms.values()} == {"only"}
    assert alarms[named].severity == 7


def test_the_table_has_a_row_for_every_kind() -> None:
    assert set(UNNAMED) == set(FindingKind)


def test_oxygen_follows_the_pulse_in_everything() -> None:
    pulse = policy("clinical", 8)
    alarms = complete({FindingKind.ABNORMAL_PULSE: pulse, FindingKind.FALL: policy("life", 9)})

    assert alarms[FindingKind.ABNORMAL_SPO2] == pulse


def test_a_danger_to_life_takes_the_plan_of_its_nearest_relation_and_its_own_questions() -> None:
    alarms = complete({FindingKind.FALL: policy("life", 5), FindingKind.FAULT: policy("service", 9)})

    panic = alarms[FindingKind.PANIC]
    assert (panic.plan.name, panic.severity) == ("life", 10)
    assert panic.check_in == CheckIn(window=timedelta(0), cancel=CancelRule.ARC_ONLY)
    assert alarms[FindingKind.HUB_OFFLINE].plan.name == "service"


def test_without_a_relation_the_gravest_plan_is_taken() -> None:
    alarms = complete({FindingKind.WANDERING: policy("life", 8), FindingKind.FAULT: policy("service", 4)})

    assert alarms[FindingKind.ABNORMAL_PULSE].plan.name == "life"
    assert alarms[FindingKind.FALL].plan.name == "life"
