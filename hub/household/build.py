"""From a checked document to the household that the hub uses, and to the settings that were chosen in it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from analytics.model import FindingKind, Home, Sensor
from devices.kinds import DeviceSetup
from devices.registry import checked
from hub.household.document import (
    DAYS,
    AlarmTable,
    ChoiceTable,
    Document,
    NotifyTable,
    PersonTable,
    PlanTable,
    RotaTable,
)
from hub.household.document_channels import SmsTable
from hub.household.model import (
    CanaryPolicy,
    Cap,
    Consent,
    FaultPolicy,
    Household,
    Layer,
    ModemPolicy,
    Override,
    Person,
    PushPolicy,
    Rota,
    SmsPolicy,
    SpeakerPolicy,
    TwilioPolicy,
    VoicePolicy,
)
from hub.household.setups import CHOOSERS, alarm_settings, device_setup
from hub.household.unnamed import complete
from hub.model import (
    Address,
    AlarmPolicy,
    CheckIn,
    Contact,
    EscalationPolicy,
    Notify,
    Provenance,
    Responder,
    Role,
    Step,
)
from hub.store.settings import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that home.toml says: the household, and by key the settings that were chosen in it."""

    household: Household
    choices: dict[str, Choice]


_UNNAMED = {Role.ARC: "the alarm receiving centre"}
"""What somebody is called who has no name and whose key is no name."""


def build(document: Document) -> Declared:
    """Make a household of a document without problems."""
    home = document.household
    tz = ZoneInfo(home.tz)
    person = _person(document)
    plans = {name: _plan(name, plan) for name, plan in document.plans.items()}
    household = Household(
        id=home.id,
        tz=tz,
        resident=home.resident,
        person=person,
        people=_people(document, person),
        consent=_consent(document),
        rotas={name: _rota(name, rota) for name, rota in document.rotas.items()},
        plans=plans,
        alarms=complete({kind: _alarm(alarm, plans[alarm.plan]) for kind, alarm in document.alarms.items()}),
        devices=_devices(document),
        home=_home(document, person, tz),
        sms=_sms(document.channels.sms),
        modem=ModemPolicy(**document.channels.gsm_modem.model_dump()),
        speaker=SpeakerPolicy(**document.channels.speaker.model_dump()),
        push=PushPolicy(**document.channels.push.model_dump()),
        voice=VoicePolicy(primary=document.channels.voice.primary, ring=document.channels.voice.ring),
        twilio=TwilioPolicy(**document.channels.twilio.model_dump()),
        faults=_faults(document),
        canary=None if document.canary is None else CanaryPolicy(**document.canary.model_dump()),
        merge_window=document.incident.merge_window,
        per_person_per_hour=document.limits.per_person_per_hour,
        life_plans_exempt=document.limits.life_plans_exempt,
        night=(document.limits.night.start, document.limits.night.end),
        caps=_caps(document),
        key_secrets={name: one.key_secret for name, one in document.devices.items() if one.key_secret is not None},
    )
    return Declared(household=household, choices=_choices(document, tz))


def _alarm(table: AlarmTable, plan: EscalationPolicy) -> AlarmPolicy:
    asked = table.check_in
    check_in = CheckIn(window=asked.window, prompts=asked.prompts, cancel=asked.resident_cancel)
    return AlarmPolicy(severity=table.severity, plan=plan, check_in=check_in, belongs_to=table.belongs_to)


def _faults(document: Document) -> FaultPolicy:
    table = document.alarms.get(FindingKind.FAULT)
    if table is None:
        return FaultPolicy()
    collected = {} if table.digest is None else {"digest": table.digest}
    return FaultPolicy(never_digest=frozenset(table.never_digest), **collected)


def _words(key: str) -> str:
    """A key of the file as words: `front_door` is "front door"."""
    return key.replace("_", " ")


def _person(document: Document) -> Person:
    known = document.resident
    contact = document.people[document.household.resident]
    full = known.name or contact.name or _words(document.household.resident).title()
    return Person(
        full_name=full,
        first_name=known.first_name or full.split()[0],
        address=known.address,
        key_safe=known.key_safe,
        birth_date=known.birth_date,
    )


def _people(document: Document, resident: Person) -> dict[str, Contact]:
    def display(name: str) -> str:
        if name == document.household.resident:
            return resident.full_name
        return document.people[name].name or _UNNAMED.get(document.people[name].role) or _words(name).title()

    return {
        name: Contact(
            name=name,
            role=one.role,
            display=display(name),
            addresses=tuple(Address(channel=address.id, to=address.to) for address in one.channels),
            key_holder=one.key_holder,
            responder=_responder(one),
        )
        for name, one in document.people.items()
    }


def _caps(document: Document) -> dict[str, Cap]:
    """What each person has agreed to bear: their own word before the household's."""
    limits = document.limits
    caps = {
        name: Cap(
            nights=limits.nights_per_week if one.nights_per_week is None else one.nights_per_week,
            messages=limits.messages_per_week if one.messages_per_week is None else one.messages_per_week,
        )
        for name, one in document.people.items()
        if name != document.household.resident
    }
    return {name: cap for name, cap in caps.items() if cap != Cap()}


def _responder(person: PersonTable) -> Responder | None:
    agreed = person.responder
    if agreed is None:
        return None
    return Responder(
        consented=agreed.consented,
        competence=frozenset(agreed.competence),
        distance_m=agreed.distance_m,
        radius_m=agreed.radius_m,
    )


def _consent(document: Document) -> Consent:
    given = document.consent.model_dump(exclude={"revision", "responders_after_acceptance"})
    fields = {Role(role): frozenset(names) for role, names in given.items() if names}
    later = document.consent.responders_after_acceptance
    on_acceptance = None if later is None else frozenset[str](later)
    return Consent(revision=document.consent.revision, fields=fields, on_acceptance=on_acceptance)


def _rota(name: str, rota: RotaTable) -> Rota:
    layers = tuple(
        Layer(
            who=layer.who,
            days=frozenset(DAYS.index(day) for day in layer.days),
            start=layer.start,
            end=layer.end,
            default=layer.default,
        )
        for layer in rota.layers
    )
    overrides = tuple(Override(who=one.who, start=one.start, end=one.end) for one in rota.overrides)
    return Rota(name=name, layers=layers, overrides=overrides)


def _plan(name: str, plan: PlanTable) -> EscalationPolicy:
    return EscalationPolicy(
        name=name,
        steps=tuple(
            Step(id=step.id, wait=step.wait, notify=tuple(map(_notify, step.notify)), when=step.when)
            for step in plan.steps
        ),
        rounds=plan.rounds,
        ack_timeout=plan.ack_timeout,
        attend_timeout=plan.attend_timeout,
        exhausted_retry=plan.exhausted_retry,
    )


def _notify(notify: NotifyTable) -> Notify:
    return Notify(
        via=notify.via,
        who=notify.who,
        rota=notify.rota,
        role=notify.role,
        tier=notify.tier,
        competence=notify.competence,
        first_accepted=notify.mode == "first_accepted",
    )


def _devices(document: Document) -> dict[str, DeviceSetup]:
    return {name: checked(device_setup(name, table)) for name, table in document.devices.items()}


def _home(document: Document, person: Person, tz: ZoneInfo) -> Home:
    sensors = {
        name: Sensor(
            device=name,
            kind=table.kind,
            name=table.name or _words(name),
            room=table.room,
            person=table.person,
            outer_door=table.outer_door,
            bed=table.bed,
            answers=table.answers,
        )
        for name, table in document.devices.items()
    }
    return Home(
        id=document.household.id,
        tz=tz,
        resident=document.household.resident,
        resident_name=person.first_name,
        sensors=sensors,
        occupants=document.household.occupants,
    )


def _sms(sms: SmsTable) -> SmsPolicy:
    return SmsPolicy(
        primary=sms.primary,
        fallback=sms.fallback,
        accept_by=sms.accept_by,
        delivered_by=sms.delivered_by,
        retry=sms.retry,
        validity=sms.validity,
        code_digits=sms.reply_code.digits,
        code_reuse_after=sms.reply_code.reuse_after,
        portal=sms.portal,
    )


def _choices(document: Document, tz: ZoneInfo) -> dict[str, Choice]:
    """The settings of the alarms' own tables, and those of `[settings]`, which come before them."""
    resident = document.household.resident
    implied = {
        key: Choice(
            key=key,
            value=value,
            provenance=Provenance.RESIDENT,
            by=resident,
            because=f"as declared in home.toml for alarms of the kind {_words(kind)}",
        )
        for kind, alarm in document.alarms.items()
        for _, key, value in alarm_settings(kind, alarm)
    }
    return implied | {key: _choice(document, key, table, tz) for key, table in document.settings.items()}


def _choice(document: Document, key: str, table: ChoiceTable, tz: ZoneInfo) -> Choice:
    by = table.by or document.household.resident
    review = None if table.review_at is None else datetime.combine(table.review_at, time(0), tz).astimezone(UTC)
    return Choice(
        key=key,
        value=table.value if isinstance(table.value, bool | str) else float(table.value),
        provenance=table.provenance or CHOOSERS[document.people[by].role],
        by=by,
        because=table.because or "as declared in home.toml",
        reference=table.reference,
        review_at=review,
    )
