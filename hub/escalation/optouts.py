"""Addresses that may not be written to: noted at once, planned around, and a fault, for a life may hang on them."""

from sqlalchemy import insert, select, update

from hub.escalation import outbox
from hub.escalation.context import Context, Fault
from hub.escalation.fallback import suppress
from hub.escalation.planning import OPTED_OUT, family
from hub.store.schema import opt_out as table
from hub.store.schema import to_us

_BECAUSE = "Somebody who should be told of alarms has opted out of texts, or their phone refuses them."


def opt_out(ctx: Context, channel: str, to: str) -> None:
    """From now on nothing goes to this address by this kind of channel; what waits for it takes another way."""
    kind = family(ctx, channel)
    here = (table.c.channel == kind, table.c.to == to, table.c.ended_at.is_(None))
    if ctx.connection.execute(select(table.c.id).where(*here)).first() is not None:
        return
    row = insert(table).values(channel=kind, to=to, at=to_us(ctx.now)).returning(table.c.id)
    number = ctx.connection.execute(row).scalar_one()
    ctx.changed = True
    ctx.faults.append(Fault(subject=f"opt-out {number}", because=_BECAUSE))
    for waiting in outbox.waiting_for(ctx.connection, to):
        if family(ctx, waiting.channel) == kind:
            suppress(ctx, waiting, OPTED_OUT)


def opt_in(ctx: Context, channel: str, to: str) -> None:
    """This address may be written to again."""
    here = (table.c.channel == family(ctx, channel), table.c.to == to, table.c.ended_at.is_(None))
    ctx.connection.execute(update(table).where(*here).values(ended_at=to_us(ctx.now)))
    ctx.changed = True
