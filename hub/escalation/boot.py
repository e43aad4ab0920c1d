"""What is done when the hub starts: timers of an earlier boot are set anew, calls that were under way are in doubt."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, func, or_, select, update

from hub.clock import boot_id
from hub.escalation import alarms
from hub.escalation.context import Context
from hub.escalation.timers import Moment, Timer, carried_over
from hub.model import Alarm, Cause, NotificationState
from hub.store import heartbeat
from hub.store.heartbeat import Beat
from hub.store.schema import from_us, inbound, notification, to_us

UNKNOWN_BOOT = "unknown"
FOLLOWED = timedelta(hours=1)
"""A message that was accepted longer ago than this is not followed any more."""


def start(ctx: Context, last_alive: Moment | None) -> None:
    """Take up where the hub stopped, having last been alive then. Until this is committed, nothing is sent."""
    for alarm in alarms.open_alarms(ctx.connection):
        if alarm.boot_id != ctx.moment.boot_id:
            _reset_alarm(ctx, alarm, last_alive)
    _reset_messages(ctx, last_alive)
    _doubt_calls(ctx)
    heartbeat.beat(ctx.connection, Beat(boot_id=ctx.moment.boot_id, boot_s=ctx.moment.boot_s, at=ctx.now))


def last_alive(connection: Connection) -> Moment | None:
    """When the hub was last known to be alive."""
    beat = heartbeat.last(connection)
    return None if beat is None else Moment(now=beat.at, boot_s=beat.boot_s, boot_id=beat.boot_id)


def this_boot() -> str:
    """The name of this boot."""
    return boot_name(boot_id())


def boot_name(known: str) -> str:
    """A boot's name; where the system does not tell, each process counts as one, and timers come early."""
    return known if known != UNKNOWN_BOOT else f"process {uuid4()}"


def heard_until(connection: Connection, last_alive: Moment | None) -> datetime | None:
    """Replies that were sent before this are known; None: nobody knows."""
    newest = connection.execute(select(func.max(inbound.c.at))).scalar()
    known = [from_us(newest)] if newest is not None else []
    known += [last_alive.now] if last_alive is not None else []
    return min(known, default=None)


def under_way(ctx: Context) -> dict[int, tuple[str, str]]:
    """Messages that were accepted and may still be on their way: number to channel and the provider's number."""
    query = select(notification.c.id, notification.c.channel, notification.c.provider_id).where(
        notification.c.state.in_([NotificationState.ACCEPTED, NotificationState.SENT]),
        notification.c.called_at > to_us(ctx.now - FOLLOWED),
        notification.c.provider_id.is_not(None),
    )
    found = ((row.id, ctx.adapter(row.channel), row.provider_id) for row in ctx.connection.execute(query))
    return {number: (adapter, provider_id) for number, adapter, provider_id in found if adapter is not None}


def _reset_alarm(ctx: Context, alarm: Alarm, last_alive: Moment | None) -> None:
    old = Timer(at=alarm.next_at or ctx.now, boot_s=alarm.next_boot_s or 0.0, boot_id=alarm.boot_id or "")
    due = carried_over(old, last_alive, ctx.moment)
    after = replace(alarm, version=alarm.version + 1, next_at=due.at, next_boot_s=due.boot_s, boot_id=due.boot_id)
    alarms.swap(ctx.connection, alarm, after)
    left_s = due.boot_s - ctx.moment.boot_s
    alarms.record(ctx, after, Cause.RESTARTED, f"The hub's computer restarted; {left_s:.0f} s are left.")


def _reset_messages(ctx: Context, last_alive: Moment | None) -> None:
    other = or_(notification.c.boot_id != ctx.moment.boot_id, notification.c.boot_id.is_(None))
    columns = (notification.c.id, notification.c.next_at, notification.c.next_boot_s, notification.c.boot_id)
    query = select(*columns).where(notification.c.next_at.is_not(None), other)
    for row in ctx.connection.execute(query).all():
        old = Timer(at=from_us(row.next_at), boot_s=row.next_boot_s or 0.0, boot_id=row.boot_id or "")
        due = carried_over(old, last_alive, ctx.moment)
        when = {"next_at": to_us(due.at), "next_boot_s": due.boot_s, "boot_id": due.boot_id}
        ctx.connection.execute(update(notification).where(notification.c.id == row.id).values(when))


def _doubt_calls(ctx: Context) -> None:
    """Whatever was being called when the hub stopped is looked up at the provider before it is sent again."""
    now = {"next_at": to_us(ctx.now), "next_boot_s": ctx.moment.boot_s, "boot_id": ctx.moment.boot_id}
    calling = notification.c.state.in_([NotificationState.CALLING, NotificationState.UNKNOWN])
    doubt = {"state": NotificationState.UNKNOWN, "reason": None, **now}
    if ctx.connection.execute(update(notification).where(calling).values(doubt)).rowcount:
        ctx.changed = True
