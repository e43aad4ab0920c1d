"""The canary: a text that goes out now and then and is to be answered, so that a dead path is found in time.

It is a message like any other: written first, claimed, sent, looked for after a crash. What comes back counts, whatever
it says. What does not come back in time is a fault.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from hub.escalation import cases, outbox
from hub.escalation.context import Context
from hub.escalation.letters import Letter
from hub.escalation.outbox import Draft, Slot
from hub.escalation.recipients import Way, address
from hub.escalation.texts import Text, text_of
from hub.household.model import CanaryPolicy
from hub.model import Purpose
from hub.store.faults import Fault
from hub.store.schema import from_us, inbound, notification, to_us

CHANNEL = "sms"
KIND = "canary"
ROUND = -2
"""The round of a test text; its step is the day it went out, so that there is one a day at most."""
RETURNED = "canary"
"""The effect of an answer to a test text."""
LATE = timedelta(hours=3)
"""A test text that could not go out for so long waits for another day: nobody is disturbed in the evening."""
SECOND = timedelta(seconds=1)
"""Carriers tell when an answer was sent to the second only."""
TEXT = "A test of the alarm system: please answer OK, so that we know that texts come and go. Ref {reference}"
THANKS = "Thank you. Texts come and go."
LOST = "A test text was not answered in time: texts, or the answers to them, may not get through."
FOUND = "A test text was answered."


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """The latest test text."""

    sent_at: datetime
    returned: bool


def is_due(last: date | None, local: datetime, policy: CanaryPolicy) -> bool:
    """Whether a test text goes out now, the last having gone out on that day. Pure."""
    on_its_day = last is None or (local.date() - last).days >= policy.every_days
    today = datetime.combine(local.date(), policy.at, local.tzinfo)
    return on_its_day and today <= local < today + LATE


def look(ctx: Context) -> None:
    """Send one if it is time; raise a fault if one has not come back, and end that fault once one has."""
    policy = ctx.household.canary
    if policy is None:
        return
    flight = latest(ctx, policy.to)
    if flight is not None and flight.returned:
        cases.end(ctx, KIND, CHANNEL, FOUND)
    elif flight is not None and ctx.now > flight.sent_at + policy.answer_within:
        _lost(ctx, flight, policy)
    local = ctx.now.astimezone(ctx.household.tz)
    last = None if flight is None else flight.sent_at.astimezone(ctx.household.tz).date()
    if is_due(last, local, policy):
        _send(ctx, policy, local.date())


def latest(ctx: Context, person: str) -> Flight | None:
    """The latest test text to this person; None: there was none."""
    mine = (notification.c.person == person) & (notification.c.round == ROUND) & notification.c.alarm_id.is_(None)
    query = select(notification.c.created_at).where(mine).order_by(notification.c.id.desc()).limit(1)
    created_at = ctx.connection.execute(query).scalar()
    if created_at is None:
        return None
    sent_at = from_us(created_at)
    since = to_us(sent_at - SECOND)
    answer = select(inbound.c.id).where(inbound.c.person == person, inbound.c.at >= since).limit(1)
    return Flight(sent_at=sent_at, returned=ctx.connection.execute(answer).first() is not None)


def is_awaited(ctx: Context, person: str) -> bool:
    """Whether this person has been sent a test text and has not answered it."""
    policy = ctx.household.canary
    if policy is None or policy.to != person:
        return False
    flight = latest(ctx, person)
    return flight is not None and not flight.returned


def thanks(letter: Letter) -> Text:
    """What is said back."""
    return text_of(THANKS, letter.household.consent.revision)


def _send(ctx: Context, policy: CanaryPolicy, day: date) -> None:
    contact = ctx.household.people[policy.to]
    slot = Slot(alarm=None, round=ROUND, step=day.toordinal(), purpose=Purpose.REPLY)
    way = Way(contact=contact, channel=CHANNEL, to=address(contact, CHANNEL, ctx.household))
    reference = outbox.reference(slot, way)
    text = text_of(TEXT.format(reference=reference), ctx.household.consent.revision)
    outbox.write(ctx, [Draft(slot=slot, way=way, text=text, reference=reference)])


def _lost(ctx: Context, flight: Flight, policy: CanaryPolicy) -> None:
    case = Fault(
        kind=KIND,
        subject=CHANNEL,
        because=LOST,
        opened_at=ctx.now,
        owner=policy.to,
        due_at=ctx.now + timedelta(days=1),
        cover="Alarms go out by every other way that the plan names.",
        since=flight.sent_at,
    )
    cases.open_(ctx, case)
