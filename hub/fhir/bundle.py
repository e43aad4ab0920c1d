"""Puts an export together as a FHIR R4 Bundle, and has it checked. Pure.

The same thing has the same identity in every export, so that a record system which is given it twice keeps it once.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from devices.model import Quantity
from hub.fhir.codes import CODES, NEWS2, PANEL, PRESSURE, UCUM, Code
from hub.fhir.model import Appliance, Export, Measured, Raised, Scored, Subject

Resource = dict[str, Any]
_SPACE = uuid.UUID("6f0f6d0a-9c0e-5f43-9a55-1f2f1c1b7a10")
_TERMS = "http://terminology.hl7.org/CodeSystem"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
DIGITS = 2


def as_json(made: Resource) -> str:
    """A Bundle as JSON, after `fhir.resources` has checked it."""
    return Bundle.model_validate(made).model_dump_json(indent=2)


def bundle(export: Export) -> Resource:
    """Patient, devices, observations, and a flag for each open alarm."""
    resources = [_patient(export.subject), *_others(export)]
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": "urn:alongside:consent-revision", "code": str(export.consent_revision)}]},
        "type": "collection",
        "timestamp": export.at.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }


def _others(export: Export) -> Iterator[Resource]:
    for appliance in export.appliances:
        yield _device(export, appliance)
    for one in _paired(export.measured):
        yield _pressure(export, one) if one[0].quantity in PRESSURE else _observation(export, one[0])
    for scored in export.scored:
        yield _score(export, scored)
    for raised in export.raised:
        yield _flag(export, raised)


def identity(subject: Subject, kind: str, key: str) -> str:
    """The identity of one thing of one home, for good."""
    return str(uuid.uuid5(_SPACE, f"{subject.household}/{kind}/{key}"))


def _patient(subject: Subject) -> Resource:
    made: Resource = {
        "resourceType": "Patient",
        "id": identity(subject, "Patient", subject.key),
        "identifier": [{"system": "urn:alongside:household", "value": subject.household}],
        "active": True,
    }
    if subject.full_name is not None:
        made["name"] = [{"text": subject.full_name}]
    elif subject.first_name is not None:
        made["name"] = [{"given": [subject.first_name]}]
    if subject.birth_year is not None:
        made["birthDate"] = f"{subject.birth_year:04d}"
    if subject.address is not None:
        made["address"] = [{"text": subject.address}]
    return made


def _device(export: Export, appliance: Appliance) -> Resource:
    made: Resource = {
        "resourceType": "Device",
        "id": identity(export.subject, "Device", appliance.key),
        "status": "active",
        "type": {"text": appliance.kind},
        "patient": _reference(export, "Patient", export.subject.key),
    }
    if appliance.name is not None:
        made["deviceName"] = [{"name": appliance.name, "type": "user-friendly-name"}]
    return made


def _paired(measured: Sequence[Measured]) -> Iterator[list[Measured]]:
    """Each measurement alone; the parts of a blood pressure that was taken at one moment together."""
    for _, group in groupby(measured, key=lambda one: (one.at, one.device)):
        together = list(group)
        pressure = [one for one in together if one.quantity in PRESSURE]
        if pressure:
            yield pressure
        yield from ([one] for one in together if one.quantity not in PRESSURE)


def _observation(export: Export, one: Measured) -> Resource:
    made = _begun(export, one.key, CODES[one.quantity], one.at)
    return made | _from(export, one) | _value(CODES[one.quantity], one.value, one.absent)


def _pressure(export: Export, parts: Sequence[Measured]) -> Resource:
    first = parts[0]
    made = _begun(export, first.key, PANEL, first.at) | _from(export, first)
    return made | {"component": [_component(quantity, parts) for quantity in PRESSURE]}


def _component(quantity: Quantity, parts: Sequence[Measured]) -> Resource:
    known = next((one for one in parts if one.quantity is quantity), None)
    value = None if known is None else known.value
    why = "it was not measured" if known is None else known.absent
    return {"code": _concept(CODES[quantity])} | _value(CODES[quantity], value, why)


def _score(export: Export, scored: Scored) -> Resource:
    partial = f"a part of the score is not known: it is at least {scored.at_least:g}"
    made = _begun(export, scored.key, NEWS2, scored.at)
    return made | _value(NEWS2, scored.total, partial, reason="unknown")


def _flag(export: Export, raised: Raised) -> Resource:
    words = " ".join(filter(None, (raised.title, raised.because)))
    made: Resource = {
        "resourceType": "Flag",
        "id": identity(export.subject, "Flag", f"alarm {raised.number}"),
        "text": {"status": "generated", "div": f"<div {_XHTML}>{escape(words)}</div>"},
        "status": "active",
        "category": [{"coding": [{"system": f"{_TERMS}/flag-category", "code": "safety", "display": "Safety"}]}],
        "code": {"text": raised.title},
        "subject": _reference(export, "Patient", export.subject.key),
    }
    return made | ({} if raised.opened_at is None else {"period": {"start": _instant(raised.opened_at)}})


def _begun(export: Export, key: str, code: Code, at: datetime) -> Resource:
    made: Resource = {
        "resourceType": "Observation",
        "id": identity(export.subject, "Observation", key),
        "status": "final",
        "category": [{"coding": [{"system": f"{_TERMS}/observation-category", "code": code.category}]}],
        "code": _concept(code),
        "subject": _reference(export, "Patient", export.subject.key),
    }
    if export.times:
        return made | {"effectiveDateTime": _instant(at)}
    return made | {"_effectiveDateTime": {"extension": [{"url": ABSENT, "valueCode": "masked"}]}}


def _from(export: Export, one: Measured) -> Resource:
    return {"device": _reference(export, "Device", one.device)}


def _value(code: Code, value: float | None, why: str | None, reason: str = "error") -> Resource:
    """A value, or the reason why there is none: never both, never neither."""
    if value is None:
        coding = [{"system": f"{_TERMS}/data-absent-reason", "code": reason}]
        return {"dataAbsentReason": {"coding": coding, "text": why or "it is not known"}}
    return {"valueQuantity": {"value": round(value, DIGITS), "unit": code.unit, "system": UCUM, "code": code.ucum}}


def _concept(code: Code) -> Resource:
    codings = [{"system": system, "code": one, "display": display} for system, one, display in code.codings]
    return {"coding": codings, "text": code.text}


def _reference(export: Export, kind: str, key: str) -> Resource:
    return {"reference": f"urn:uuid:{identity(export.subject, kind, key)}", "type": kind}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
