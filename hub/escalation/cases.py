"""Faults of the hub's own parts as cases, from inside the escalation's transactions: opened, ended, told no longer."""

from hub.escalation import sayings
from hub.escalation.context import Context
from hub.store import faults
from hub.store.faults import Fault


def open_(ctx: Context, case: Fault) -> bool:
    """Open a case; whoever watches the cases tells people. False where one of its kind and subject is open."""
    return faults.open_case(ctx.connection, case) is not None


def end(ctx: Context, kind: str, subject: str, outcome: str) -> None:
    """End the case of this kind and subject, if it is open, and the alarm by which people were told of it alone."""
    for case in faults.open_cases(ctx.connection):
        if case.key == (kind, subject) and faults.close_case(ctx.connection, case.number, outcome, ctx.now):
            others = {one.alarm_id for one in faults.open_cases(ctx.connection)}
            if case.alarm_id is not None and case.alarm_id not in others:
                sayings.settle(ctx, case.alarm_id, outcome, None)
