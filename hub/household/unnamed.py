"""What becomes of a kind of alarm that home.toml does not name: nothing that can be noticed is left without a plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from analytics.model import FindingKind
from hub.model import AlarmPolicy, CancelRule, CheckIn, EscalationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnamed:
    """How grave the kind is and how the resident is asked; whose plan it takes, before the gravest one of the file.

    `same_as` is a kind that it follows in everything, where that is named.
    """

    severity: int
    check_in: CheckIn
    plan_of: tuple[FindingKind, ...] = ()
    same_as: FindingKind | None = None


def _ask(seconds: float, cancel: CancelRule, prompts: int = 1) -> CheckIn:
    return CheckIn(window=timedelta(seconds=seconds), prompts=prompts, cancel=cancel)


UNNAMED: Mapping[FindingKind, Unnamed] = {
    FindingKind.PANIC: Unnamed(
        severity=10, check_in=_ask(0, CancelRule.ARC_ONLY), plan_of=(FindingKind.FALL, FindingKind.INACTIVITY)
    ),
    FindingKind.FALL: Unnamed(
        severity=9,
        check_in=_ask(30, CancelRule.BUTTON_OR_PHRASE, prompts=2),
        plan_of=(FindingKind.PANIC, FindingKind.INACTIVITY),
    ),
    FindingKind.WANDERING: Unnamed(
        severity=8, check_in=_ask(20, CancelRule.RETURNED_HOME), plan_of=(FindingKind.FALL, FindingKind.PANIC)
    ),
    FindingKind.INACTIVITY: Unnamed(
        severity=5,
        check_in=_ask(300, CancelRule.BUTTON_OR_PHRASE, prompts=3),
        plan_of=(FindingKind.FALL, FindingKind.PANIC),
    ),
    FindingKind.HOME_DANGER: Unnamed(
        severity=5,
        check_in=_ask(60, CancelRule.BUTTON_OR_PHRASE, prompts=2),
        plan_of=(FindingKind.FALL, FindingKind.PANIC),
    ),
    FindingKind.HOME_CLIMATE: Unnamed(
        severity=2,
        check_in=_ask(300, CancelRule.BUTTON_OR_PHRASE),
        plan_of=(FindingKind.FAULT, FindingKind.HUB_OFFLINE),
    ),
    FindingKind.ROUTINE_CHANGE: Unnamed(
        severity=3, check_in=_ask(300, CancelRule.ANNOTATE_ONLY), plan_of=(FindingKind.FAULT, FindingKind.HUB_OFFLINE)
    ),
    FindingKind.ABNORMAL_PULSE: Unnamed(
        severity=8, check_in=_ask(60, CancelRule.ANNOTATE_ONLY), same_as=FindingKind.ABNORMAL_SPO2
    ),
    FindingKind.ABNORMAL_SPO2: Unnamed(
        severity=8, check_in=_ask(60, CancelRule.ANNOTATE_ONLY), same_as=FindingKind.ABNORMAL_PULSE
    ),
    FindingKind.EARLY_WARNING: Unnamed(
        severity=8,
        check_in=_ask(60, CancelRule.ANNOTATE_ONLY),
        plan_of=(FindingKind.ABNORMAL_PULSE, FindingKind.ABNORMAL_SPO2),
    ),
    FindingKind.IRREGULAR_PULSE: Unnamed(
        severity=3, check_in=_ask(300, CancelRule.ANNOTATE_ONLY), plan_of=(FindingKind.FAULT, FindingKind.HUB_OFFLINE)
    ),
    FindingKind.UNUSUAL_VITALS: Unnamed(
        severity=3, check_in=_ask(300, CancelRule.ANNOTATE_ONLY), plan_of=(FindingKind.FAULT, FindingKind.HUB_OFFLINE)
    ),
    FindingKind.HUB_OFFLINE: Unnamed(
        severity=6, check_in=_ask(0, CancelRule.ANNOTATE_ONLY), plan_of=(FindingKind.FAULT,)
    ),
    FindingKind.FAULT: Unnamed(
        severity=4, check_in=_ask(0, CancelRule.ANNOTATE_ONLY), plan_of=(FindingKind.HUB_OFFLINE,)
    ),
}


FAMILY = "family"
USUALLY_FAMILY = frozenset({FindingKind.FAULT, FindingKind.HUB_OFFLINE})
"""What no clinician is told of, unless the household says so: it is about the system."""


def belongs_to_family(said: str | None, kind: str) -> bool:
    """Whether clinicians are left out of alarms of this kind, whoever the plan names."""
    return said == FAMILY or (said is None and kind in USUALLY_FAMILY)


def complete(named: Mapping[FindingKind, AlarmPolicy]) -> dict[str, AlarmPolicy]:
    """A policy for every kind: as named, else by the table. At least one kind must be named."""
    gravest = max(named.values(), key=lambda policy: policy.severity).plan
    return {kind.value: named.get(kind) or _unnamed(kind, named, gravest) for kind in FindingKind}


def _unnamed(kind: FindingKind, named: Mapping[FindingKind, AlarmPolicy], gravest: EscalationPolicy) -> AlarmPolicy:
    row = UNNAMED[kind]
    if row.same_as is not None and row.same_as in named:
        return named[row.same_as]
    plan = next((named[other].plan for other in row.plan_of if other in named), gravest)
    return AlarmPolicy(severity=row.severity, plan=plan, check_in=row.check_in)
