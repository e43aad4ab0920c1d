"""T6: what people say of an alarm, by whatever means: everyone who answers is recorded, one of them has it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import insert

from analytics.model import Finding, FindingKind
from hub.escalation import alarms
from hub.escalation.admission import admit
from hub.escalation.context import Context
from hub.escalation.decision import Event, EventKind
from hub.escalation.transitions import apply
from hub.model import TERMINAL, Alarm, AlarmState, Cause
from hub.store.schema import acknowledgement, to_us

LATELY = timedelta(hours=24)
"""So far back the resident's own cancellations count."""
SAFE = "safe"
"""The outcome of an alarm that was closed by a reply."""

_NOT_ABOUT_THE_RESIDENT = frozenset({FindingKind.FAULT, FindingKind.HUB_OFFLINE})


class Said(StrEnum):
    """What a person says of an alarm."""

    GOING = "going"
    CANNOT = "cannot"
    ARRIVED = "arrived"
    CLOSED = "closed"


_EVENTS = {
    Said.GOING: EventKind.GOING,
    Said.CANNOT: EventKind.CANNOT,
    Said.ARRIVED: EventKind.ARRIVED,
    Said.CLOSED: EventKind.CLOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What became of something that was said."""

    alarm: Alarm
    cause: Cause
    won: bool


def say(ctx: Context, alarm: Alarm, said: Said, by: str, outcome: str = "") -> Heard:
    """Somebody answers an alarm. Raises `StaleError` where it was changed since it was read."""
    after, cause = apply(ctx, alarm, Event(kind=_EVENTS[said], by=by, outcome=outcome))
    won = after.version > alarm.version and (after.owner == by or said is Said.CLOSED)
    row = {"alarm_id": alarm.id, "person": by, "said": said, "at": to_us(ctx.now), "won": won}
    ctx.connection.execute(insert(acknowledgement), row)
    return Heard(alarm=after, cause=cause, won=won)


def settle(ctx: Context, alarm_id: int, outcome: str, by: str | None) -> None:
    """What an alarm was about is over: end it, if it is open."""
    alarm = alarms.get(ctx.connection, alarm_id)
    if alarm.state not in TERMINAL:
        apply(ctx, alarm, Event(kind=EventKind.CLOSE, by=by, outcome=outcome))


def fine(ctx: Context) -> list[int]:
    """The resident says that all is well: which alarms that answers."""
    return _answer(ctx, EventKind.FINE)


def returned(ctx: Context) -> list[int]:
    """The resident is back home: which alarms that answers."""
    return _answer(ctx, EventKind.RETURNED)


def call_for_help(ctx: Context, how: str) -> list[int]:
    """The resident asks for help: an answer to what was asked, or else an alarm of its own."""
    asked = [alarm for alarm in alarms.open_alarms(ctx.connection) if alarm.state is AlarmState.CHECKIN]
    if not asked:
        return admit(ctx, [_panic(ctx, how)])
    for alarm in asked:
        apply(ctx, alarm, Event(kind=EventKind.HELP, by=ctx.household.resident))
    return [alarm.id for alarm in asked]


def _answer(ctx: Context, kind: EventKind) -> list[int]:
    """Tell it to the alarms that ask the resident; if none does, to those that are about the resident at all."""
    about = [alarm for alarm in alarms.open_alarms(ctx.connection) if alarm.kind not in _NOT_ABOUT_THE_RESIDENT]
    answered = [alarm for alarm in about if alarm.state is AlarmState.CHECKIN] or about
    for alarm in answered:
        cancels = alarms.cancels_since(ctx.connection, alarm.kind, ctx.now - LATELY)
        apply(ctx, alarm, Event(kind=kind, by=ctx.household.resident, earlier_cancels=cancels))
    return [alarm.id for alarm in answered]


def _panic(ctx: Context, how: str) -> Finding:
    return Finding(
        kind=FindingKind.PANIC,
        severity=10,
        at=ctx.now,
        because=f"{ctx.household.person.first_name} asked for help {how}.",
        detector="resident",
        detector_version=1,
        episode=f"{how} {ctx.now.isoformat()}",
    )
