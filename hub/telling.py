"""Tells people without a database: from the household in memory straight to the channels, when nothing else works."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

from devices.model import LinkEvent
from hub.adapters import Adapters, close
from hub.channels.attended import Around, Attended
from hub.escalation import recipients
from hub.escalation.letters import Letter, who
from hub.escalation.recipients import Way
from hub.household.model import Household
from hub.model import Channel, ChannelError, Message, Purpose
from hub.supervisor import describe

logger = logging.getLogger(__name__)

NEEDS_HELP = "The alarm system at {who}'s needs help: {what}. Please look in, and see to it."
TO_RESIDENT = "Your alarm system is not working as it should: {what}. In danger, ring 999 or call out to a neighbour."
FIRST_STEP_ONLY = 1
"""The first time only the first step's people are told; from then on everybody."""


def ways(household: Household, told: int, now: datetime) -> list[Way]:
    """Who is told of a fault of the system itself, each by text; the first time those of the first step. Pure."""
    policy = household.alarms["fault"]
    steps = policy.plan.steps[:1] if told < FIRST_STEP_ONLY else policy.plan.steps
    chains = (chain for step in steps for chain in recipients.step_chains(step, household, now))
    texts = [way for chain in chains for way in chain if way.channel == "sms" and way.to]
    return list({way.to: way for way in texts}.values())


def letters(household: Household, told_by: Iterable[Way], what: str, now: datetime) -> Iterator[Message]:
    """What each is told, in the words that consent allows. Pure."""
    for number, way in enumerate(told_by, 1):
        letter = Letter(household=household, reader=way.contact, channel=way.channel, reference="")
        yield Message(
            notification_id=-number,
            person=way.contact.name,
            channel=way.channel,
            to=way.to,
            text=NEEDS_HELP.format(who=who(letter), what=what),
            reference=f"{now:%H%M%S}",
            purpose=Purpose.ALARM,
            claimed_at=now,
        )


def to_resident(household: Household, what: str, now: datetime) -> Message:
    """What the resident hears at home. Pure."""
    return Message(
        notification_id=0,
        person=household.resident,
        channel="speaker",
        to=recipients.AT_HOME,
        text=TO_RESIDENT.format(what=what),
        reference="",
        purpose=Purpose.STAND_DOWN,
        claimed_at=now,
    )


async def tell(channels: Adapters, household: Household, messages: Iterable[Message]) -> int:
    """Hand each message over by the first path that takes it; how many were taken. Lets go of the channels."""
    paths = [household.sms.primary, household.sms.fallback]
    try:
        async with _at_work(channels.values()):
            taken = [await _send(channels, one, paths if one.channel == "sms" else [one.channel]) for one in messages]
    finally:
        close(channels)
    return sum(taken)


async def _send(channels: Adapters, message: Message, paths: Iterable[str | None]) -> bool:
    for name in paths:
        channel = channels.get(name or "")
        if channel is None:
            continue
        try:
            await channel.send(message)
        except ChannelError as error:
            logger.warning("%s does not take a message: %s", name, describe(error))
        else:
            return True
    return False


@asynccontextmanager
async def _at_work(channels: Iterable[Channel]) -> AsyncIterator[None]:
    """Let channels with work of their own do it meanwhile."""
    around = Around(report=_noted, is_asked=lambda _: False)
    attended = {one.name: one for one in channels if isinstance(one, Attended)}
    tasks = [asyncio.create_task(_run(one, around)) for one in attended.values()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(channel: Attended, around: Around) -> None:
    await channel.run(around)


def _noted(event: LinkEvent) -> None:
    logger.info("%s is %s", event.subject, event.state)
