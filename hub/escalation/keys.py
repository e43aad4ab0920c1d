"""T5, from a call: a key that somebody pressed is an answer, counted once. Nothing else in a call is one."""

from dataclasses import dataclass, replace

from sqlalchemy import insert, select

from hub.escalation import alarms, outbox, results, texts
from hub.escalation.context import Context
from hub.escalation.letters import VOICE, Letter
from hub.escalation.outbox import Notification
from hub.escalation.replies import Word
from hub.escalation.sayings import SAFE, Said, say
from hub.model import Cause, Contact, Evidence, NotificationState
from hub.store.schema import inbound as table
from hub.store.schema import to_us

KEYS = {"1": Word.GOING, "2": Word.CANNOT, "3": Word.SAFE}
_MEANINGS = {Word.GOING: Said.GOING, Word.CANNOT: Said.CANNOT, Word.SAFE: Said.CLOSED}


class UnknownCallError(LookupError):
    """No such call was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A key that was pressed in a call about this message, of this reference; `call` is the provider's number."""

    call: str
    message: int
    reference: str
    key: str

    @property
    def number(self) -> str:
        """What makes it count once, however often it is reported."""
        return f"{self.call}/{self.key}"


def press(ctx: Context, pressed: Pressed) -> str | None:
    """What is said to whoever pressed a key; None: that key means nothing, and is asked for again.

    Raises `UnknownCallError`.
    """
    row, person = _call(ctx, pressed)
    if pressed.key not in KEYS:
        return None
    word = KEYS[pressed.key]
    known = ctx.connection.execute(select(table.c.effect).where(table.c.provider_id == pressed.number)).scalar()
    cause = _answered(ctx, pressed, row, word) if known is None else Cause(known)
    alarm = alarms.get(ctx.connection, row.alarm_id or 0)
    letter = Letter(household=ctx.household, reader=person, channel=VOICE, reference=row.reference, alarm=alarm)
    return texts.heard(replace(letter, going=alarm.owner), word, cause).text


def _call(ctx: Context, pressed: Pressed) -> tuple[Notification, Contact]:
    """The call that a key was pressed in, and who was called."""
    row = outbox.load(ctx.connection, pressed.message)
    if row is None or (row.channel, row.reference) != (VOICE, pressed.reference):
        raise UnknownCallError("no such call was made")
    person = ctx.household.people.get(row.person)
    if person is None or row.alarm_id is None or row.provider_id not in (None, pressed.call):
        raise UnknownCallError("the call was not made to anybody of this household")
    return row, person


def _answered(ctx: Context, pressed: Pressed, row: Notification, word: Word) -> Cause:
    said = _MEANINGS[word]
    alarm = alarms.get(ctx.connection, row.alarm_id or 0)
    heard = say(ctx, alarm, said, row.person, SAFE if said is Said.CLOSED else "")
    kept = {
        "provider_id": pressed.number,
        "channel": VOICE,
        "sender": row.to,
        "text": pressed.key,
        "at": to_us(ctx.now),
        "person": row.person,
        "alarm_id": alarm.id,
        "effect": heard.cause,
    }
    ctx.connection.execute(insert(table), kept)
    ctx.changed = True
    results.reported(ctx, row.id, Evidence(state=NotificationState.READ, provider_id=pressed.call))
    return heard.cause
