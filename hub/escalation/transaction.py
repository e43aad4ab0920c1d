"""How every transaction of the escalation ends: its faults are raised, and whoever watches is told of the change."""

import logging
from collections.abc import Callable
from typing import TypeVar

from hub.escalation.admission import raise_faults
from hub.escalation.attempt import attempt
from hub.escalation.context import Context
from hub.store.writer import touch
from hub.supervisor import describe

log = logging.getLogger(__name__)

T = TypeVar("T")

TOPIC = "alarm"


def carry_out(ctx: Context, work: Callable[[Context], T]) -> T:
    """Do this work, then raise the faults that it met, and say that something changed, if it did.

    A fault that cannot be raised does not undo the work.
    """
    result = work(ctx)
    if ctx.faults and (error := attempt(ctx, lambda: raise_faults(ctx))) is not None:
        log.error("a fault could not be raised: %s", describe(error))
    if ctx.changed:
        touch(ctx.connection, TOPIC)
    return result
