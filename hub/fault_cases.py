"""From what supervision concludes to cases: opened, told anew how it is, closed by the hub itself when it is over.

A case has an owner and a deadline from the beginning. Who closes one by hand says that they know: the same trouble
then opens no other, but a new trouble does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from devices.supervision.model import Conclusion, Condition, Look
from hub.escalation.rota import on_call
from hub.household.model import Household
from hub.model import Notify
from hub.store import faults
from hub.store.faults import Fault
from hub.store.schema import alarm

Key = tuple[str, str]

KNOWN_FOR = timedelta(days=14)
"""So long a trouble that somebody has closed by hand, and that goes on, is their own business."""
CONDITIONS = frozenset(map(str, Condition))
"""The kinds of cases that supervision opens."""
GONE = "It no longer belongs to this home."
_GRAVE = timedelta(hours=24)
_USUAL = timedelta(days=3)
DUE: Mapping[str, timedelta] = {
    Condition.RECEIVER_DOWN: timedelta(hours=4),
    Condition.RECEIVER_DEAF: timedelta(hours=4),
    Condition.WEARABLE_SILENT: timedelta(hours=4),
    Condition.BATTERY_LOW: timedelta(days=14),
    Condition.UNTESTED: timedelta(days=7),
    Condition.CLOCK_WRONG: timedelta(days=7),
}
"""By when it is to be mended, where that is neither a day (grave) nor three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A case that is over now, and how it ended."""

    case: Fault
    outcome: str


def follow(
    connection: Connection, look: Look, declared: Callable[[str], bool], household: Household, now: datetime
) -> list[Closed]:
    """Let the cases follow what was concluded; which are over now."""
    known = {case.key: case for case in faults.open_cases(connection)}
    closed = _closed_by_hand(connection, now)
    for conclusion in look.conclusions:
        case = known.get(conclusion.key)
        if case is not None:
            _restate(connection, case, conclusion)
        elif not _is_known(conclusion, closed):
            faults.open_case(connection, _case_of(conclusion, household, now))
    over = list(_over(known.values(), look, declared))
    for one in over:
        faults.close_case(connection, one.case.number, one.outcome, now)
    _follow_owners(connection, known.values(), responsible(household, now))
    return over


def responsible(household: Household, now: datetime) -> str | None:
    """Whose a fault is until somebody takes it: the first whom the home's plan for faults tells."""
    policy = household.alarms.get("fault")
    notifies = (one for step in policy.plan.steps for one in step.notify) if policy else ()
    return next((name for one in notifies for name in _people(one, household, now)), None)


def _people(notify: Notify, household: Household, now: datetime) -> Iterable[str]:
    if notify.who is not None:
        return (notify.who,)
    if notify.rota is not None:
        return on_call(household.rotas[notify.rota], now, household.tz)
    return (name for name, contact in household.people.items() if contact.role is notify.role)


def _case_of(conclusion: Conclusion, household: Household, now: datetime) -> Fault:
    within = DUE.get(conclusion.condition, _GRAVE if conclusion.grave else _USUAL)
    return Fault(
        kind=conclusion.condition,
        subject=conclusion.subject,
        because=conclusion.sentence,
        opened_at=now,
        owner=responsible(household, now),
        due_at=now + within,
        cover=conclusion.cover,
        since=conclusion.since,
    )


def _restate(connection: Connection, case: Fault, conclusion: Conclusion) -> None:
    if (case.because, case.cover) != (conclusion.sentence, conclusion.cover):
        faults.restate(connection, case.number, conclusion.sentence, conclusion.cover)


def _closed_by_hand(connection: Connection, now: datetime) -> Mapping[Key, Fault]:
    """The newest of each that a person closed."""
    return {case.key: case for case in faults.closed_since(connection, now - KNOWN_FOR) if case.closed_by is not None}


def _is_known(conclusion: Conclusion, closed: Mapping[Key, Fault]) -> bool:
    """Whether somebody has closed this very trouble by hand, which began before that."""
    case = closed.get(conclusion.key)
    return case is not None and case.closed_at is not None and conclusion.since <= case.closed_at


def _over(cases: Iterable[Fault], look: Look, declared: Callable[[str], bool]) -> Iterator[Closed]:
    """Cases of kinds that supervision does not know are somebody else's to close."""
    for case in cases:
        if case.kind not in CONDITIONS:
            continue
        outcome = look.fine.get((Condition(case.kind), case.subject))
        if outcome is not None:
            yield Closed(case=case, outcome=outcome)
        elif not declared(case.subject):
            yield Closed(case=case, outcome=GONE)


def _follow_owners(connection: Connection, cases: Iterable[Fault], first: str | None) -> None:
    """Whoever takes the alarm by which people were told of a case has the case; one that nobody has is `first`'s."""
    told = {case.alarm_id for case in cases if case.alarm_id is not None}
    query = select(alarm.c.id, alarm.c.owner).where(alarm.c.id.in_(told), alarm.c.owner.is_not(None))
    owners = {row.id: row.owner for row in connection.execute(query)}
    for case in cases:
        owner = owners.get(case.alarm_id) or case.owner or first
        if owner is not None and owner != case.owner:
            faults.own(connection, case.number, owner)
