"""What is done when the hub starts: timers of an earlier boot are set anew, calls that were under way are in doubt."""

from dataclasses import replace

from sqlalchemy import Connection, or_, select, update

from hub.escalation import alarms
from hub.escalation.context import Context
from hub.escalation.timers import Moment, Timer, carried_over
from hub.model import Alarm, Cause, NotificationState
from hub.store import heartbeat
from hub.store.heartbeat import Beat
from hub.store.schema import from_us, notification, to_us


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
    calling = notification.c.state == NotificationState.CALLING
    doubt = {"state": NotificationState.UNKNOWN, "reason": None, **now}
    if ctx.connection.execute(update(notification).where(calling).values(doubt)).rowcount:
        ctx.changed = True
