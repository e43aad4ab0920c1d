"""From a decision to messages: whom each kind of telling reaches, by which way, and why somebody is left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, select

from hub import ack_links
from hub.escalation import outbox, recipients
from hub.escalation.burden import about_life, spared
from hub.escalation.context import Context
from hub.escalation.decision import Event, EventKind, Tell
from hub.escalation.letters import Letter
from hub.escalation.outbox import Draft, Notification, Slot
from hub.escalation.recipients import Chain, Way
from hub.escalation.texts import render
from hub.household.unnamed import belongs_to_family
from hub.model import Alarm, Contact, Purpose, Role
from hub.store.prepared import Prepared
from hub.store.schema import acknowledgement

NO_ADDRESS = "no address"
NO_CHANNEL = "this hub has no such channel"
OPTED_OUT = "opted out"
DECLINED = "said that they cannot"
NOT_APPROVED = "the resident has not approved of calling community responders"
FOR_FAMILY = "this kind of alarm belongs to the family"
_QUIET = ("sms", "push", "console")
"""By these somebody who was rung up is told that they need not come."""

_SAID = Prepared(
    select(acknowledgement.c.person, acknowledgement.c.said)
    .where(acknowledgement.c.alarm_id == bindparam("alarm_id"))
    .order_by(acknowledgement.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Why a way may be closed just now: opted-out addresses, people who declined, people to be spared and why."""

    opted_out: frozenset[tuple[str, str]]
    declined: frozenset[str] = frozenset()
    spared: Mapping[str, str] = field(default_factory=dict)
    for_family: bool = False

    def reason(self, ctx: Context, way: Way) -> str | None:
        """Why this way is closed; None: it is open."""
        name = way.contact.name
        barred = (
            (NO_ADDRESS, not way.to),
            (NO_CHANNEL, ctx.adapter(way.channel) is None),
            (NOT_APPROVED, way.contact.responder is not None and ctx.household.consent.on_acceptance is None),
            (FOR_FAMILY, self.for_family and way.contact.role is Role.CLINICIAN),
            (OPTED_OUT, (family(ctx, way.channel), way.to) in self.opted_out),
            (DECLINED, name in self.declined),
            (self.spared.get(name, ""), name in self.spared),
        )
        return next((reason for reason, holds in barred if holds), None)


Pick = tuple[Way, str | None]
"""A way, and why it is not taken; None: it is."""


def family(ctx: Context, channel: str) -> str:
    """Texts are texts, by whichever path they go: who opts out of one has opted out of the other."""
    return "sms" if channel == ctx.household.sms.fallback else channel


def plan(ctx: Context, alarm: Alarm, tell: Tell, event: Event) -> int:
    """Write the messages of one telling down; how many people and channels it reaches."""
    return _PLANS[tell](ctx, alarm, event)


def enqueue(ctx: Context, slot: Slot, chains: Iterable[Chain], bars: Bars, going: str | None = None) -> int:
    """The first open way of each chain becomes a message, what is closed a suppressed one; how many are open.

    Nobody is spared where that would leave nobody; the siren in the resident's own home is nobody who comes.
    """
    known = list(chains)
    picks = [_pick(ctx, chain, bars) for chain in known]
    if bars.spared and not any(_reaches(one) and one[-1][0].contact.name != ctx.household.resident for one in picks):
        picks = [_pick(ctx, chain, replace(bars, spared={})) for chain in known]
    outbox.write(ctx, [_draft(ctx, slot, way, why, going) for one in picks for way, why in _worth_writing(one)])
    return sum(map(_reaches, picks))


def chains_of(ctx: Context, alarm: Alarm, row: Notification) -> list[Chain]:
    """All the chains of the telling that a message belongs to, as the household is now."""
    plan_ = alarm.policy.plan
    if row.purpose is Purpose.CHECK_IN:
        return recipients.prompt_chains(ctx.household)
    if row.purpose is Purpose.EXHAUSTED:
        return recipients.loud_chains(plan_, alarm.severity, ctx.household, ctx.now)
    if row.purpose is Purpose.ALARM and 0 <= row.step < len(plan_.steps):
        return recipients.step_chains(plan_.steps[row.step], ctx.household, ctx.now)
    return []


def _prompt(ctx: Context, alarm: Alarm, _event: Event) -> int:
    slot = Slot(alarm=alarm, round=alarm.prompts_given, step=-1, purpose=Purpose.CHECK_IN)
    return enqueue(ctx, slot, recipients.prompt_chains(ctx.household), Bars(opted_out=frozenset()))


def _step(ctx: Context, alarm: Alarm, event: Event) -> int:
    step = alarm.policy.plan.steps[alarm.step]
    chains = recipients.step_chains(step, ctx.household, ctx.now)
    return enqueue(ctx, _slot(alarm, Purpose.ALARM), chains, _bars(ctx, alarm, event))


def _loud(ctx: Context, alarm: Alarm, _event: Event) -> int:
    """Everybody. Where a life may hang on it, also those who had declined: nobody has come."""
    chains = recipients.loud_chains(alarm.policy.plan, alarm.severity, ctx.household, ctx.now)
    let_be = {} if about_life(alarm) else dict.fromkeys(_declined(ctx, alarm), DECLINED)
    family_s = belongs_to_family(alarm.policy.belongs_to, alarm.kind)
    bars = Bars(opted_out=outbox.opted_out(ctx.connection), spared=let_be, for_family=family_s)
    return enqueue(ctx, _slot(alarm, Purpose.EXHAUSTED), chains, bars)


def _stand_down(ctx: Context, alarm: Alarm, _event: Event) -> int:
    """Those already told, except whoever is going; and the resident, who waits for help."""
    others = [row for row in outbox.told(ctx.connection, alarm.id) if row.person != alarm.owner]
    home = recipients.prompt_chains(ctx.household) if alarm.owner != ctx.household.resident else []
    chains = [*_quietly(ctx, others), *home]
    return enqueue(ctx, _slot(alarm, Purpose.STAND_DOWN), chains, _open_bars(ctx), alarm.owner)


def _backup(ctx: Context, alarm: Alarm, event: Event) -> int:
    """Whoever would go, too, is told who is going."""
    person = ctx.household.people.get(event.by or "")
    if person is None:
        return 0
    theirs = [row.channel for row in outbox.told(ctx.connection, alarm.id) if row.person == person.name]
    way = _quiet_way(ctx, person, *theirs[:1])
    chains = [recipients.fallbacks(ctx.household, way)] if way else []
    return enqueue(ctx, _slot(alarm, Purpose.BACKUP), chains, _open_bars(ctx), alarm.owner)


def _closed(ctx: Context, alarm: Alarm, event: Event) -> int:
    """Those who were told, except whoever closed it."""
    others = [row for row in outbox.told(ctx.connection, alarm.id) if row.person != event.by]
    return enqueue(ctx, _slot(alarm, Purpose.CLOSED), _quietly(ctx, others), _open_bars(ctx))


_PLANS: dict[Tell, Callable[[Context, Alarm, Event], int]] = {
    Tell.PROMPT: _prompt,
    Tell.STEP: _step,
    Tell.LOUD: _loud,
    Tell.STAND_DOWN: _stand_down,
    Tell.BACKUP: _backup,
    Tell.CLOSED: _closed,
}


def _slot(alarm: Alarm, purpose: Purpose) -> Slot:
    return Slot(alarm=alarm, round=alarm.round, step=alarm.step, purpose=purpose)


def _bars(ctx: Context, alarm: Alarm, event: Event) -> Bars:
    """What stands in the way of asking people about this alarm."""
    return Bars(
        opted_out=outbox.opted_out(ctx.connection),
        declined=frozenset() if event.kind is EventKind.OPENED else _declined(ctx, alarm),
        spared=spared(ctx, alarm),
        for_family=belongs_to_family(alarm.policy.belongs_to, alarm.kind),
    )


def _open_bars(ctx: Context) -> Bars:
    return Bars(opted_out=outbox.opted_out(ctx.connection))


def _quietly(ctx: Context, rows: Sequence[Notification]) -> list[Chain]:
    """One text for each person who was told, by the way they were told or, after a call, by a quiet one."""
    chains: dict[str, Chain] = {}
    for row in rows:
        contact = ctx.household.people.get(row.person)
        way = _quiet_way(ctx, contact, row.channel) if contact else None
        if way and row.person != ctx.household.resident:
            chains.setdefault(row.person, recipients.fallbacks(ctx.household, way))
    return list(chains.values())


def _quiet_way(ctx: Context, contact: Contact, told_by: str = "") -> Way | None:
    """A way that does not ring: the one they were told by, if it is such, or the first that they have."""
    channels = (told_by, *_QUIET) if told_by != "voice" else _QUIET
    ways = ((one, recipients.address(contact, one, ctx.household)) for one in channels)
    return next((Way(contact=contact, channel=channel, to=to) for channel, to in ways if to), None)


def _pick(ctx: Context, chain: Chain, bars_: Bars) -> list[Pick]:
    """The ways of a chain up to the first open one."""
    picks: list[Pick] = []
    for way in chain:
        picks.append((way, bars_.reason(ctx, way)))
        if picks[-1][1] is None:
            break
    return picks


def _reaches(picks: Sequence[Pick]) -> bool:
    return bool(picks) and picks[-1][1] is None


def _worth_writing(picks: Sequence[Pick]) -> list[Pick]:
    """What is kept: the open way, and each that was closed by a person's choice or limit, or was the only one."""
    return [
        (way, why)
        for index, (way, why) in enumerate(picks)
        if why not in (NO_CHANNEL, NO_ADDRESS) or (index == 0 and not _reaches(picks))
    ]


def _draft(ctx: Context, slot: Slot, way: Way, why: str | None, going: str | None) -> Draft:
    reference = outbox.reference(slot, way)
    letter = Letter(
        household=ctx.household,
        reader=way.contact,
        channel=way.channel,
        reference=reference,
        alarm=slot.alarm,
        going=going,
        link=ack_links.link(ctx.household.sms.portal, ctx.household.id, reference),
    )
    text = render(letter, slot.purpose)
    return Draft(slot=slot, way=way, text=text, reference=reference, suppressed=why)


def _declined(ctx: Context, alarm: Alarm) -> frozenset[str]:
    """Those whose last word on this alarm was that they cannot."""
    last = dict(_SAID.run(ctx.connection, {"alarm_id": alarm.id}).fetchall())
    return frozenset(person for person, word in last.items() if word == "cannot")
