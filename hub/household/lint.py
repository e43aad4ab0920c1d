"""What must hold of a household beyond its shape, so that no alarm can end with nobody: checked before it is saved."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analytics.settings import DEFAULTS, refusal
from devices.kinds import SetupError
from devices.registry import KINDS, checked
from devices.spelling import unknown
from hub.household.document import ChoiceTable, Document, LayerTable, OverrideTable
from hub.household.lines import Key
from hub.household.lint_plans import family_problems, plan_problems
from hub.household.setups import CHOOSERS, alarm_settings, device_setup
from hub.model import Provenance, Role

Problem = tuple[Key, str]
"""Where in the file, and why it cannot be used."""

CHANNELS: dict[str, tuple[re.Pattern[str], str]] = {
    "sms": (re.compile(r"\+[1-9]\d{6,14}"), "a telephone number with its country code, such as +447700900123"),
    "voice": (re.compile(r"\+[1-9]\d{6,14}"), "a telephone number with its country code, such as +447700900123"),
    "scaip": (re.compile(r"sips?:.+"), "the receiving centre's address, such as sips:rx@arc.example"),
    "push": (re.compile(r".+"), "the device that the portal has registered"),
    "webhook": (re.compile(r"https?://\S+"), "the receiver's address, such as https://care.example/alongside"),
    "console": (re.compile(r".*"), "anything"),
    "speaker": (re.compile(r".*"), "anything"),
    "button": (re.compile(r".*"), "anything"),
}
"""Every channel, and what its address must look like."""

LONGEST_ADDRESS = 60
CONSENT_FIELDS = {
    "name": "what the resident is called",
    "first_name": "the first name only",
    "birth_year": "the year of birth",
    "address": "where the home is",
    "key_safe": "how to get in",
    "contacts": "the other people and how to reach them",
    "kind": "what happened",
    "kind_plain": "only that somebody may need help",
    "room": "in which room",
    "time": "when",
    "vitals_band": "that a vital sign is high or low, without the number",
    "vitals": "vital signs as numbers",
    "news2": "the clinical score",
}
"""Every field that a role can be given, and what it shows."""


def problems(document: Document) -> Iterator[Problem]:
    """Everything that is wrong with a household."""
    for check in CHECKS:
        yield from check(document)


def _household(document: Document) -> Iterator[Problem]:
    home = document.household
    try:
        ZoneInfo(home.tz)
    except (ZoneInfoNotFoundError, ValueError):
        yield ("household", "tz"), f"there is no time zone {home.tz!r}; an example is 'Europe/London'"
    if home.resident not in document.people:
        yield ("household", "resident"), unknown("person", home.resident, document.people)
    elif document.people[home.resident].role is not Role.RESIDENT:
        yield ("people", home.resident, "role"), "this is whom the home is for, so the role must be 'resident'"


def _people(document: Document) -> Iterator[Problem]:
    for name, person in document.people.items():
        for index, address in enumerate(person.channels):
            key = ("people", name, "channels", index)
            if address.id not in CHANNELS:
                yield (*key, "id"), unknown("channel", address.id, CHANNELS)
            elif not CHANNELS[address.id][0].fullmatch(address.to):
                yield key, f"`to` must be {CHANNELS[address.id][1]}"
        if person.responder is not None and person.role is not Role.NEIGHBOUR:
            yield ("people", name, "responder"), "a community responder has the role 'neighbour'"


def _consent(document: Document) -> Iterator[Problem]:
    later = document.consent.responders_after_acceptance or ()
    if "address" in later and len(document.resident.address or "") > LONGEST_ADDRESS:
        reason = f"a responder's text has room for {LONGEST_ADDRESS} characters of it"
        yield ("resident", "address"), reason
    for role, fields in document.consent.model_dump(exclude={"revision", "responders_after_acceptance"}).items():
        for index, field in enumerate(fields):
            if field not in CONSENT_FIELDS:
                yield ("consent", role, index), unknown("field", field, CONSENT_FIELDS)


def _rotas(document: Document) -> Iterator[Problem]:
    for name, rota in document.rotas.items():
        if sum(layer.default for layer in rota.layers) != 1:
            reason = "exactly one layer must be `default = true`, so that somebody is always on call"
            yield ("rotas", name, "layers"), reason
        for index, layer in enumerate(rota.layers):
            yield from _shift(document, ("rotas", name, "layers", index), layer)
        for index, override in enumerate(rota.overrides):
            yield from _shift(document, ("rotas", name, "overrides", index), override)


def _shift(document: Document, key: Key, shift: LayerTable | OverrideTable) -> Iterator[Problem]:
    if shift.who not in document.people:
        yield (*key, "who"), unknown("person", shift.who, document.people)
    if isinstance(shift, OverrideTable) and shift.start >= shift.end:
        yield key, "`from` must be before `to`"
    if isinstance(shift, LayerTable) and (shift.start is None) != (shift.end is None):
        yield key, "`from` and `to` belong together"


def _alarms(document: Document) -> Iterator[Problem]:
    if not document.alarms:
        yield ("alarms",), "at least one kind of alarm must be named, so that the others can follow it"
    for kind, alarm in document.alarms.items():
        if alarm.plan not in document.plans:
            yield ("alarms", kind.value, "plan"), unknown("plan", alarm.plan, document.plans)
        for table, setting, value in alarm_settings(kind, alarm):
            if (reason := refusal(setting, value)) is not None:
                known = setting in DEFAULTS
                yield ("alarms", kind.value, table), reason if known else f"an alarm of this kind knows no `{table}`"


def _devices(document: Document) -> Iterator[Problem]:
    for name, table in document.devices.items():
        key = ("devices", name)
        try:
            checked(device_setup(name, table))
        except SetupError as error:
            yield key, str(error)
            continue
        if table.person is not None and table.person not in document.people:
            yield (*key, "person"), unknown("person", table.person, document.people)
        for trigger in table.answers:
            if trigger not in KINDS[table.kind].yields:
                yield (*key, "answers", trigger.value), f"a device of kind {table.kind!r} never reports this"
    for (one, first), (other, second) in combinations(document.devices.items(), 2):
        if first.address.upper() == second.address.upper() and _alike(first.kind, second.kind):
            yield ("devices", other, "address"), f"this is the address of {one!r} already"


def _alike(one: str, other: str) -> bool:
    """Whether both kinds would take the same frames, so that only one of two devices at an address could be heard."""
    return one == other or bool({*KINDS[one].sources} & {*KINDS[other].sources})


def _settings(document: Document) -> Iterator[Problem]:
    for name, choice in document.settings.items():
        if name not in DEFAULTS:
            yield ("settings", name), unknown("setting", name, DEFAULTS)
        elif (reason := refusal(name, choice.value)) is not None:
            yield ("settings", name), reason
        yield from _chooser(document, name, choice)


def _chooser(document: Document, name: str, choice: ChoiceTable) -> Iterator[Problem]:
    """Who may have chosen a setting: the resident, a clinician, or a decision that can be found again."""
    by = choice.by or document.household.resident
    if choice.provenance is Provenance.DECISION and choice.reference is None:
        yield ("settings", name), "a decision needs its `reference`"
    if choice.provenance in (Provenance.DECISION, Provenance.DEFAULT):
        return
    if by not in document.people:
        if choice.provenance is None:  # with it, somebody from outside may have chosen: a doctor
            yield ("settings", name, "by"), unknown("person", by, document.people)
        return
    own = CHOOSERS.get(document.people[by].role)
    if own is None:
        reason = "a setting is chosen by the resident, by a clinician, or by a decision (`provenance`, `reference`)"
        yield ("settings", name, "by"), reason
    elif choice.provenance not in (None, own):
        yield ("settings", name, "provenance"), f"what {by!r} chose has the provenance {own.value!r}"


def _canary(document: Document) -> Iterator[Problem]:
    """The test text goes to somebody who can answer it."""
    if document.canary is None:
        return
    name = document.canary.to
    if name not in document.people:
        yield ("canary", "to"), unknown("person", name, document.people)
    elif all(one.id != "sms" for one in document.people[name].channels):
        yield ("canary", "to"), f"{name!r} has no number for texts, so that no test text can go there"


CHECKS: tuple[Callable[[Document], Iterator[Problem]], ...] = (
    _household,
    _people,
    _consent,
    _rotas,
    plan_problems,
    family_problems,
    _alarms,
    _canary,
    _devices,
    _settings,
)
