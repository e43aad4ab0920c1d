"""T5: what comes back from people's phones: counted once, understood or asked again, and always kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, or_, select

from hub.escalation import alarms, canary, outbox, texts
from hub.escalation.context import Context
from hub.escalation.evidence import SPOKEN_FOR
from hub.escalation.letters import Letter
from hub.escalation.optouts import opt_in, opt_out
from hub.escalation.outbox import REPLY_ROUND, Draft, Slot
from hub.escalation.recipients import Way
from hub.escalation.replies import Ask, Candidate, Reply, Word, match, parse, parse_resident
from hub.escalation.sayings import SAFE, Said, call_for_help, fine, say
from hub.escalation.texts import Text
from hub.model import Alarm, Cause, Contact, Inbound, Purpose
from hub.store.schema import alarm as alarm_table
from hub.store.schema import from_us, notification, to_us
from hub.store.schema import inbound as table

MOST_ANSWERS_AN_HOUR = 6
"""After so many, a phone that answers by itself is no longer answered."""
TOO_MANY = "too many replies within the hour"
_MEANINGS = {Word.GOING: Said.GOING, Word.CANNOT: Said.CANNOT, Word.SAFE: Said.CLOSED, Word.ARRIVED: Said.ARRIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a reply did: in a word, to which alarm, and what is said back."""

    what: str
    alarm: Alarm | None = None
    text: Callable[[Letter], Text] | None = None


def take(ctx: Context, message: Inbound) -> bool:
    """Take one message in, unless it was before; whether it was new."""
    known = select(table.c.id).where(table.c.provider_id == message.provider_id)
    if ctx.connection.execute(known).first() is not None:
        return False
    person = _sender(ctx, message)
    effect = Effect(what="unknown sender") if person is None else _effect(ctx, message, person)
    row = insert(table).values(
        provider_id=message.provider_id,
        channel=message.channel,
        sender=message.sender,
        text=message.text,
        at=to_us(message.at),
        person=None if person is None else person.name,
        alarm_id=None if effect.alarm is None else effect.alarm.id,
        effect=effect.what,
    )
    number = ctx.connection.execute(row.returning(table.c.id)).scalar_one()
    ctx.changed = True
    if person is not None and effect.text is not None:
        way = Way(contact=person, channel=message.channel, to=message.sender)
        _say_back(
            ctx, way, Slot(alarm=effect.alarm, round=REPLY_ROUND, step=number, purpose=Purpose.REPLY), effect.text
        )
    return True


def _effect(ctx: Context, message: Inbound, person: Contact) -> Effect:
    if person.name == ctx.household.resident:
        return _resident_effect(ctx, message)
    reply = parse(message.text)
    if reply.word is Word.OPT_OUT:
        opt_out(ctx, message.channel, message.sender)
        return Effect(what="opted out")
    if reply.word is Word.RESERVED:
        return Effect(what="left to the carrier")
    if reply.word is Word.OPT_IN:
        opt_in(ctx, message.channel, message.sender)
    return _answer(ctx, message, person, reply)


def _answer(ctx: Context, message: Inbound, person: Contact, reply: Reply) -> Effect:
    """An answer to an alarm, or a question back."""
    candidates = _candidates(ctx, person)
    codes = [one.code for one in candidates if one.is_open and one.told_at is not None]
    if not codes and canary.is_awaited(ctx, person.name):
        return Effect(what=canary.RETURNED, text=canary.thanks)
    if reply.word not in _MEANINGS:
        opted_in = reply.word is Word.OPT_IN
        return Effect(what="opted in") if opted_in and not codes else _asked(Ask.UNCLEAR, codes)
    found = match(reply, candidates, message.at)
    if isinstance(found, Ask):
        return _asked(found, codes)
    said = _MEANINGS[reply.word]
    heard = say(ctx, alarms.get(ctx.connection, found.alarm_id), said, person.name, SAFE if said is Said.CLOSED else "")
    return Effect(what=heard.cause.value, alarm=heard.alarm, text=_thanks(heard.cause, reply.word))


def _thanks(cause: Cause, word: Word) -> Callable[[Letter], Text] | None:
    """What is said back; a backup has been told already who is going."""
    if cause is Cause.BACKUP_GOING:
        return None
    return lambda letter: texts.answer(letter, None if cause is Cause.TOO_LATE else word)


def _asked(why: Ask, codes: list[str]) -> Effect:
    return Effect(what=f"asked: {why}", text=lambda letter: texts.ask(letter, why, codes))


def _resident_effect(ctx: Context, message: Inbound) -> Effect:
    word = parse_resident(message.text).word
    if word is Word.FINE:
        fine(ctx)
    elif word is Word.HELP:
        call_for_help(ctx, "by text")
    elif word is Word.OPT_OUT:
        opt_out(ctx, message.channel, message.sender)
        return Effect(what="opted out")
    return Effect(what=word.value, text=lambda letter: texts.answer_resident(letter, word))


def _say_back(ctx: Context, way: Way, slot: Slot, text: Callable[[Letter], Text]) -> None:
    """Answer a reply, once; a phone that answers by itself is not answered for ever."""
    reference = outbox.reference(slot, way)
    letter = Letter(
        household=ctx.household, reader=way.contact, channel=way.channel, reference=reference, alarm=slot.alarm
    )
    why = TOO_MANY if _answers_lately(ctx, way.contact) >= MOST_ANSWERS_AN_HOUR else None
    outbox.write(ctx, [Draft(slot=slot, way=way, text=text(letter), reference=reference, suppressed=why)])


def _answers_lately(ctx: Context, person: Contact) -> int:
    query = select(func.count()).where(
        notification.c.person == person.name,
        notification.c.purpose == Purpose.REPLY,
        notification.c.created_at > to_us(ctx.now - timedelta(hours=1)),
    )
    return ctx.connection.execute(query).scalar_one()


def _sender(ctx: Context, message: Inbound) -> Contact | None:
    """Whose address this is; of two who share one, the one who was told of an open alarm."""
    sender = _bare(message.sender)
    theirs = [
        one for one in ctx.household.people.values() if any(_bare(way.to) == sender for way in one.addresses if way.to)
    ]
    return max(theirs, key=lambda one: _was_told(ctx, one), default=None)


def _was_told(ctx: Context, person: Contact) -> bool:
    return any(one.is_open and one.told_at is not None for one in _candidates(ctx, person))


def _bare(address: str) -> str:
    """An address as it is compared: without spaces, hyphens and brackets."""
    return "".join(character for character in address if character not in " -()")


def _candidates(ctx: Context, person: Contact) -> list[Candidate]:
    """Alarms that a reply of this person could be about, the latest first."""
    told = _told_at(ctx, person)
    since = to_us(ctx.now - ctx.household.sms.code_reuse_after)
    recent = or_(alarm_table.c.closed_at.is_(None), alarm_table.c.closed_at > since)
    query = select(alarm_table.c.id, alarm_table.c.code, alarm_table.c.closed_at).where(recent)
    rows = ctx.connection.execute(query.order_by(alarm_table.c.id.desc()))
    return [
        Candidate(alarm_id=row.id, code=row.code, is_open=row.closed_at is None, told_at=told.get(row.id))
        for row in rows
    ]


def _told_at(ctx: Context, person: Contact) -> dict[int, datetime]:
    """When this person was last told of each alarm."""
    query = (
        select(notification.c.alarm_id, func.max(notification.c.called_at))
        .where(
            notification.c.person == person.name,
            notification.c.alarm_id.is_not(None),
            notification.c.called_at.is_not(None),
            notification.c.state.in_(list(SPOKEN_FOR)),
        )
        .group_by(notification.c.alarm_id)
    )
    return {alarm_id: from_us(at) for alarm_id, at in ctx.connection.execute(query)}
