"""What everybody would be told of an alarm, word by word, before there is one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from analytics.model import FindingKind
from hub.ack_links import PATH, SEAL_LENGTH
from hub.escalation import gsm7, texts
from hub.escalation.letters import SPOKEN, Letter, consented, has_accepted, may_see
from hub.escalation.planning import FOR_FAMILY, NOT_APPROVED
from hub.escalation.recipients import AT_HOME, PROMPTS, address, responders
from hub.escalation.replies import Word
from hub.household.model import Household
from hub.household.unnamed import belongs_to_family
from hub.model import Alarm, AlarmState, Contact, Notify, Purpose, Role

REFERENCE = "K3F9Q"
CODE = "47"
ROOM = "living_room"
FACTS = {
    FindingKind.ABNORMAL_PULSE: {"pulse_bpm": 128.0},
    FindingKind.ABNORMAL_SPO2: {"spo2_percent": 88.0},
    FindingKind.EARLY_WARNING: {"pulse_bpm": 115.0, "spo2_percent": 91.0, "news2_at_least": 5.0},
    FindingKind.UNUSUAL_VITALS: {"pulse_bpm": 95.0},
}
"""Made-up measurements, so that every part of a text is to be seen."""
FIELDS = (
    *("name", "first_name", "birth_year", "address", "key_safe", "contacts"),
    *("kind", "kind_plain", "room", "time", "vitals", "vitals_band", "news2"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One message that somebody would get, or the reason why they would not.

    `shows` are the fields that it may hold; `kept_back` are those that the role may see and this channel may not carry.
    """

    step: str
    when: str | None
    person: str
    name: str
    role: Role
    channel: str
    purpose: Purpose
    text: str
    length: int | None
    shows: tuple[str, ...]
    kept_back: tuple[str, ...]
    not_told: str | None = None


def previews(household: Household, kind: FindingKind, now: datetime) -> list[Preview]:
    """Everything that would be said about an alarm of this kind, in the order of its plan."""
    alarm = specimen(household, kind, now)
    found = [*_asked(household, alarm), *_steps(household, alarm)]
    return list(dict.fromkeys(found))


def specimen(household: Household, kind: FindingKind, now: datetime) -> Alarm:
    """A made-up alarm, that was noticed just now."""
    policy = household.alarms[kind]
    return Alarm(
        id=0,
        kind=kind.value,
        severity=policy.severity,
        state=AlarmState.ESCALATING,
        policy=policy,
        because="",
        room=ROOM,
        opened_at=now,
        version=1,
        code=CODE,
        step=0,
        facts=FACTS.get(kind, {}),
    )


def _asked(household: Household, alarm: Alarm) -> Iterator[Preview]:
    """What the resident hears first."""
    if alarm.policy.check_in.window:
        resident = household.people[household.resident]
        channel = next((one for one in PROMPTS if address(resident, one, household) == AT_HOME), PROMPTS[0])
        yield _preview(_letter(household, resident, channel, alarm), Purpose.CHECK_IN, "the resident is asked first")


def _steps(household: Household, alarm: Alarm) -> Iterator[Preview]:
    for step in alarm.policy.plan.steps:
        for notify in step.notify:
            for name in _people(household, notify):
                for told in _to(household, alarm, household.people[name], notify.via):
                    yield replace(told, step=step.id, when=step.when)


def _people(household: Household, notify: Notify) -> list[str]:
    """Everybody whom it could tell: of a rota all who are ever on."""
    rota = household.rotas.get(notify.rota or "")
    if rota is not None:
        names = [layer.who for layer in rota.layers] + [one.who for one in rota.overrides]
        return list(dict.fromkeys(names))
    if notify.tier is not None:
        return responders(household, notify.competence)
    if notify.role is not None:
        return [one.name for one in household.people.values() if one.role is notify.role]
    return [name for name in household.people if name == notify.who]


def _to(household: Household, alarm: Alarm, person: Contact, via: tuple[str, ...]) -> Iterator[Preview]:
    for channel in via:
        if not address(person, channel, household):
            continue
        letter = _letter(household, person, channel, alarm)
        yield _preview(letter, Purpose.ALARM)
        theirs = replace(letter, alarm=replace(alarm, state=AlarmState.ACKNOWLEDGED, owner=person.name))
        if has_accepted(theirs) and not _barred(theirs):
            yield _preview(theirs, Purpose.REPLY)


def _letter(household: Household, person: Contact, channel: str, alarm: Alarm) -> Letter:
    portal = household.sms.portal
    link = (
        None if portal is None else portal.rstrip("/") + PATH + REFERENCE + "x" * SEAL_LENGTH
    )  # as long as a real one
    return Letter(household=household, reader=person, channel=channel, reference=REFERENCE, alarm=alarm, link=link)


def _preview(letter: Letter, purpose: Purpose, step: str = "") -> Preview:
    why_not = _barred(letter)
    said = texts.answer(letter, Word.GOING) if purpose is Purpose.REPLY else texts.render(letter, purpose)
    spoken = letter.channel in SPOKEN
    seen = tuple(field for field in FIELDS if may_see(letter, field))
    mine = letter.reader.role is Role.RESIDENT
    return Preview(
        step=step,
        when=None,
        person=letter.reader.name,
        name=letter.reader.display,
        role=letter.reader.role,
        channel=letter.channel,
        purpose=purpose,
        text="" if why_not else said.text,
        length=None if spoken or why_not else gsm7.length(said.text),
        shows=FIELDS if mine else seen,
        kept_back=() if mine else tuple(one for one in FIELDS if consented(letter, one) and one not in seen),
        not_told=why_not,
    )


def _barred(letter: Letter) -> str | None:
    """Why this reader would not be told at all."""
    alarm, reader = letter.alarm, letter.reader
    if reader.responder is not None and letter.household.consent.on_acceptance is None:
        return NOT_APPROVED
    for_family = alarm is not None and belongs_to_family(alarm.policy.belongs_to, alarm.kind)
    return FOR_FAMILY if for_family and reader.role is Role.CLINICIAN else None
