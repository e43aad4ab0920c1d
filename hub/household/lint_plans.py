"""A plan must not be able to end with nobody: every step reaches somebody, and the last one whatever was found."""

from collections.abc import Iterator, Mapping, Set
from difflib import get_close_matches
from itertools import chain, pairwise, product

from devices.model import Quantity
from devices.spelling import unknown
from hub.escalation.conditions import ConditionError, holds, parse
from hub.household.document import Document, NotifyTable, PlanTable, ResponderTable
from hub.household.lines import Key
from hub.household.unnamed import belongs_to_family
from hub.model import Role

SCORES = ("news2", "single", "news2_at_least")
"""Facts of a finding that are no measured quantity: the score, its gravest single part, and what it is at least."""

FACTS = (*SCORES, *(one.value for one in Quantity))


def plan_problems(document: Document) -> Iterator[tuple[Key, str]]:
    """Everything that is wrong with the plans."""
    for name, plan in document.plans.items():
        key: Key = ("plans", name)
        if plan.steps[-1].when is not None:
            yield (*key, "steps", len(plan.steps) - 1), "the last step must have no `when`, so that it always comes"
        wrong = list(_step_problems(document, plan, (*key, "steps")))
        yield from wrong
        if not wrong and len(reached := _channels(document, plan)) < 2:
            reason = (
                f"it needs at least two channels that reach somebody, in case one fails (now: {', '.join(reached)})"
            )
            yield (*key, "steps"), reason


def _step_problems(document: Document, plan: PlanTable, key: Key) -> Iterator[tuple[Key, str]]:
    seen: set[str] = set()
    for index, step in enumerate(plan.steps):
        if step.id in seen:
            yield (*key, index, "id"), f"the step {step.id!r} is there twice"
        seen.add(step.id)
        if step.when is not None and (reason := _never(step.when)) is not None:
            yield (*key, index, "when"), reason
        for place, notify in enumerate(step.notify):
            for part, reason in _notify_problems(document, notify):
                yield (*key, index, "notify", place, *part), reason


def _notify_problems(document: Document, notify: NotifyTable) -> Iterator[tuple[Key, str]]:
    if sum(target is not None for target in (notify.who, notify.rota, notify.role, notify.tier)) != 1:
        yield (), "it must name exactly one of `who`, `rota`, `role` and `tier`"
    elif notify.competence is not None and notify.tier is None:
        yield ("competence",), "something can be asked only of a `tier`"
    elif notify.who is not None and notify.who not in document.people:
        yield ("who",), unknown("person", notify.who, document.people)
    elif notify.rota is not None and notify.rota not in document.rotas:
        yield ("rota",), unknown("rota", notify.rota, document.rotas)
    else:
        yield from _reach_problems(document, notify)


def _reach_problems(document: Document, notify: NotifyTable) -> Iterator[tuple[Key, str]]:
    people = _people(document, notify)
    if notify.tier is not None and not people:
        able = f" for {notify.competence!r}" if notify.competence else ""
        yield ("tier",), f"no community responder of this household is near enough{able}"
    if notify.role is not None and not people:
        yield ("role",), f"nobody in this household has the role {notify.role.value!r}"
    everybody = {address.id for person in document.people.values() for address in person.channels}
    for place, channel in enumerate(notify.via):
        if channel not in everybody:
            yield ("via", place), _nobody_has(channel, everybody)
    unreached = [name for name in people if name in document.people and not _via(document, notify, name)]
    by_name = notify.role is None and notify.tier is None
    if unreached and (by_name or len(unreached) == len(people)):
        yield ("via",), f"{' and '.join(unreached)} cannot be reached by {' or '.join(notify.via)}"


def _nobody_has(channel: str, everybody: Set[str]) -> str:
    """What is wrong with a channel that nobody has: perhaps it was only misspelt."""
    known = ", ".join(sorted(everybody))
    meant = get_close_matches(channel, everybody, n=1)
    return f"nobody here has the channel {channel!r}; " + (
        f"did you mean {meant[0]!r}?" if meant else f"they have {known}"
    )


def _people(document: Document, notify: NotifyTable) -> list[str]:
    """Everybody whom this could tell at some time."""
    if notify.who is not None:
        return [notify.who]
    if notify.rota is not None:
        rota = document.rotas[notify.rota]
        shifts = [layer.who for layer in rota.layers] + [override.who for override in rota.overrides]
        return list(dict.fromkeys(shifts))
    if notify.tier is not None:
        return [name for name, person in document.people.items() if _answers(person.responder, notify.competence)]
    return [name for name, person in document.people.items() if person.role is notify.role]


def _answers(responder: ResponderTable | None, competence: str | None) -> bool:
    """Whether this is one of the tier, near enough and able."""
    if responder is None or responder.distance_m > responder.radius_m:
        return False
    return competence is None or competence in responder.competence


def family_problems(document: Document) -> Iterator[tuple[Key, str]]:
    """Steps that would tell nobody but clinicians of what belongs to the family: nobody would be told at all."""
    for kind, alarm in document.alarms.items():
        steps = document.plans[alarm.plan].steps if alarm.plan in document.plans else ()
        for index, step in enumerate(steps if belongs_to_family(alarm.belongs_to, kind) else ()):
            if step.when is not None and alarm.belongs_to is None:
                continue  # what is about the system has no measurements: such a step never comes
            told = [document.people.get(name) for notify in step.notify for name in _people_known(document, notify)]
            if told and all(one is not None and one.role is Role.CLINICIAN for one in told):
                reason = (
                    f"{kind.value!r} belongs to the family, so this step would tell nobody: name somebody else, too"
                )
                yield ("plans", alarm.plan, "steps", index), f'{reason}, or say `belongs_to = "all"` of it'


def _people_known(document: Document, notify: NotifyTable) -> list[str]:
    return [] if notify.rota is not None and notify.rota not in document.rotas else _people(document, notify)


def _via(document: Document, notify: NotifyTable, name: str) -> set[str]:
    """By which of the channels this person can be reached; a stranger in a rota is told of there."""
    person = document.people.get(name)
    return set() if person is None else {address.id for address in person.channels} & set(notify.via)


def _channels(document: Document, plan: PlanTable) -> set[str]:
    targets = [notify for step in plan.steps for notify in step.notify]
    people = [(notify, name) for notify in targets for name in _people(document, notify)]
    return {channel for notify, name in people for channel in _via(document, notify, name)}


def _never(condition: str) -> str | None:
    """Why a step with this condition could never come; None where it could."""
    limits: dict[str, set[float]] = {}
    try:
        for fact, _, limit in chain.from_iterable(parse(condition)):
            limits.setdefault(fact, set()).add(limit)
    except ConditionError as error:
        return str(error)
    for fact in limits:
        if fact not in FACTS:
            return unknown("fact", fact, FACTS)
    return None if _possible(condition, limits) else f"{condition!r} can never be true, so the step would never come"


def _possible(condition: str, limits: Mapping[str, set[float]]) -> bool:
    """Whether some value of each fact makes it true: every limit is tried, between two of them, and beyond."""
    tried = []
    for values in limits.values():
        known = sorted(values)
        between = [(low + high) / 2 for low, high in pairwise(known)]
        tried.append([known[0] - 1, *known, *between, known[-1] + 1])
    return any(holds(condition, dict(zip(limits, one, strict=True))) for one in product(*tried))
