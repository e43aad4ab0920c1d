"""A household in plain words: who lives here, who helps, what is noticed, what happens then, who may see what. Pure."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from analytics.plain import count, duration
from devices.registry import KINDS
from hub.household.model import Household
from hub.household.saved import Application
from hub.model import AlarmPolicy, Contact, EscalationPolicy, Notify, Role, Setting, Step

TIMES = {1: "once", 2: "twice", 3: "three times"}
FIELDS = {
    "name": "the name",
    "first_name": "the first name",
    "birth_year": "the year of birth",
    "address": "the address",
    "key_safe": "how to get in",
    "contacts": "who the others are",
    "kind": "what happened",
    "kind_plain": "that somebody may need help",
    "room": "where",
    "time": "when",
    "vitals": "vital signs",
    "vitals_band": "that a vital sign is high or low",
    "news2": "the early-warning score",
}
"""What each field of `[consent]` lets people see."""


def tell(home: Household, settings: Iterable[Setting], applied: Application) -> Iterator[str]:
    """Everything that is in force."""
    yield f"{home.person.full_name}'s home ({home.id}, {home.tz.key})"
    at = applied.at.astimezone(home.tz)
    yield f"Revision {applied.revision} of the household, applied by {applied.by} on {at:%d %B %Y at %H:%M}"
    yield from _section("People", (_person(one) for one in home.people.values()))
    yield from _section("Sensors", (_sensor(home, name) for name in home.devices))
    yield from _section("Alarms", (f"{_words(kind)}: {_policy(policy)}" for kind, policy in home.alarms.items()))
    yield from _section("Plans", (line for plan in home.plans.values() for line in _plan(home, plan)))
    yield from _section(f"Who may see what (consent revision {home.consent.revision})", _consent(home))
    yield from _section("Chosen settings", (_setting(home, one) for one in settings))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    if found:
        yield ""
        yield title
        yield from found


def _words(key: str) -> str:
    return key.replace("_", " ")


def _listed(parts: Iterable[str], last: str = "and") -> str:
    """Several things in a row.

    >>> _listed(["sms", "voice", "push"])
    'sms, voice and push'
    """
    *rest, end = parts
    return f"{', '.join(rest)} {last} {end}" if rest else end


def _person(contact: Contact) -> str:
    channels = list(dict.fromkeys(address.channel for address in contact.addresses))
    reached = f"by {_listed(channels)}" if channels else "not to be reached"
    key = ", has a key" if contact.key_holder else ""
    agreed = contact.responder
    called = f", may be called as a responder up to {agreed.radius_m} m away" if agreed is not None else ""
    return f"{contact.display}: {contact.role}, {reached}{key}{called}"


def _sensor(home: Household, name: str) -> str:
    sensor = home.home.sensors[name]
    place = _words(sensor.room) if sensor.room else None
    worn = f"worn by {home.people[sensor.person].display}" if sensor.person else None
    return ", ".join(part for part in (f"{sensor.name}: {KINDS[sensor.kind].title}", place or worn) if part)


def _policy(policy: AlarmPolicy) -> str:
    ask = policy.check_in
    often = TIMES.get(ask.prompts, f"{ask.prompts} times")
    asked = f"the resident is asked first, {often} within {duration(ask.window)}"
    theirs = "; a matter for the family alone" if policy.belongs_to == "family" else ""
    return (
        f"severity {policy.severity} of 10, plan '{policy.plan.name}', "
        f"{asked if ask.window else 'people are told at once'}{theirs}"
    )


def _plan(home: Household, plan: EscalationPolicy) -> Iterator[str]:
    yield f"{plan.name}: {_rounds(plan)}"
    yield from (f"  {place}. {_step(home, step)}" for place, step in enumerate(plan.steps, 1))
    yield f"  Whoever goes must have arrived within {duration(plan.ack_timeout)}, or the next step comes."
    yield f"  If nobody has answered, everybody is called, and again every {duration(plan.exhausted_retry)}."


def _rounds(plan: EscalationPolicy) -> str:
    steps = count(len(plan.steps), "step")
    return f"{steps}, gone through {TIMES.get(plan.rounds, f'{plan.rounds} times')}"


def _step(home: Household, step: Step) -> str:
    told = ", and ".join(_notify(home, one) for one in step.notify)
    when = f" (only if {step.when})" if step.when else ""
    wait = f"; then {duration(step.wait)} to answer" if step.wait > timedelta(0) else ""
    return f"{told}{when}{wait}"


def _notify(home: Household, notify: Notify) -> str:
    ways = _listed(notify.via, "or" if notify.first_accepted else "and")
    return f"{_whom(home, notify)} by {ways}"


def _whom(home: Household, notify: Notify) -> str:
    if notify.who is not None:
        person = home.people.get(notify.who)
        return person.display if person is not None else notify.who
    if notify.rota is not None:
        return f"whoever is on for '{_words(notify.rota)}'"
    if notify.tier is not None:
        return "community responders" + (f" able to do {_words(notify.competence)}" if notify.competence else "")
    return f"every {notify.role}" if notify.role is not Role.FAMILY else "all of the family"


def _consent(home: Household) -> Iterator[str]:
    for role, fields in home.consent.fields.items():
        yield f"{role}: {_listed([words for field, words in FIELDS.items() if field in fields])}"
    later = home.consent.on_acceptance
    if later is not None:
        more = _listed([FIELDS[field] for field in sorted(later)]) if later else "nothing more"
        yield f"a community responder who is on the way: {more}"


def _setting(home: Household, setting: Setting) -> str:
    person = home.people.get(setting.by)
    who = person.display if person is not None else setting.by
    at = f"{setting.at.astimezone(home.tz):%d %B %Y}"
    return f"{setting.key} = {setting.value}: {who}, {at}" + (f": {setting.because}" if setting.because else "")
