"""Whom a step tells, and by which ways in which order. Pure: contacts and rotas are as they are now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.escalation.rota import on_call
from hub.household.model import Household
from hub.model import Contact, EscalationPolicy, Notify, Role, Step

PROMPTS = ("speaker", "screen", "console")
"""Channels in the home by which the resident is asked."""
SIREN = ("siren", *PROMPTS)
LOUD_FROM_SEVERITY = 5
"""Below this nobody is woken by a siren: a tired battery is not worth it at three in the morning."""
AT_HOME = "home"
"""The address of what hangs on the wall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One person by one channel. `to` is empty where the person has no address for it."""

    contact: Contact
    channel: str
    to: str


Chain = tuple[Way, ...]
"""Ways to one person of which one is enough: the next is taken when one fails."""


def step_chains(step: Step, household: Household, now: datetime) -> list[Chain]:
    """Everybody this step tells: a chain for each person and channel, or one a person where the first will do."""
    return _distinct(chain for notify in step.notify for chain in _notify_chains(notify, household, now))


def loud_chains(plan: EscalationPolicy, severity: int, household: Household, now: datetime) -> list[Chain]:
    """Everybody whom the plan knows, by every way at once, the receiving centre by voice, and the siren."""
    every = [replace(notify, first_accepted=False) for step in plan.steps for notify in step.notify]
    every.append(Notify(role=Role.ARC, via=("voice",)))
    if severity >= LOUD_FROM_SEVERITY:
        every.append(Notify(who=household.resident, via=SIREN))
    return _distinct(chain for notify in every for chain in _notify_chains(notify, household, now))


def prompt_chains(household: Household) -> list[Chain]:
    """The ways in which the resident is asked at home, one after the other until one works."""
    resident = household.people[household.resident]
    return list(_notify_chains(Notify(who=resident.name, via=PROMPTS), household, None))


def fallbacks(household: Household, way: Way) -> Chain:
    """A way, and the other path to the same address where the household has one."""
    other = household.sms.fallback
    if way.channel != "sms" or not other:
        return (way,)
    return (way, replace(way, channel=other))


def address(contact: Contact, channel: str, household: Household) -> str:
    """Where this person is reached by this channel now; empty: they are not."""
    if contact.name == household.resident and channel in SIREN:
        return AT_HOME
    wanted = "sms" if channel == household.sms.fallback else channel
    known: Mapping[str, str] = {one.channel: one.to for one in contact.addresses}
    return known.get(wanted, "")


def rest(chains: Iterable[Chain], person: str, channel: str) -> Chain:
    """The ways that are left to this person once this channel has failed them."""
    for chain in chains:
        for index, way in enumerate(chain):
            if way.contact.name == person and way.channel == channel:
                return chain[index + 1 :]
    return ()


def responders(household: Household, competence: str | None) -> list[str]:
    """The community responders who are near enough and able, the nearest first."""
    able = ((one.responder, name) for name, one in household.people.items())
    return [name for _, name in sorted((one.distance_m, name) for one, name in able if one and one.answers(competence))]


def _notify_chains(notify: Notify, household: Household, now: datetime | None) -> Iterator[Chain]:
    for contact in _people(notify, household, now):
        ways = [Way(contact=contact, channel=one, to=address(contact, one, household)) for one in notify.via]
        usable = [way for way in ways if way.to] or ways[:1]
        if notify.first_accepted or contact.name == household.resident:
            yield tuple(one for way in usable for one in fallbacks(household, way))
        else:
            yield from (fallbacks(household, way) for way in usable)


def _people(notify: Notify, household: Household, now: datetime | None) -> list[Contact]:
    """Those who are meant, as the household is now; somebody who has left it is not."""
    names: Iterable[str] = () if notify.who is None else (notify.who,)
    rota = household.rotas.get(notify.rota or "")
    if rota is not None and now is not None:
        names = on_call(rota, now, household.tz)
    elif notify.role is not None:
        names = (one.name for one in household.people.values() if one.role is notify.role)
    elif notify.tier is not None:
        names = responders(household, notify.competence)
    return [household.people[name] for name in names if name in household.people]


def _distinct(chains: Iterable[Chain]) -> list[Chain]:
    """Each person and channel once, however often the plan names them."""
    found: dict[tuple[str, str], Chain] = {}
    for chain in chains:
        found.setdefault((chain[0].contact.name, chain[0].channel), chain)
    return list(found.values())
