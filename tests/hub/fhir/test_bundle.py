"""An export as FHIR: every resource valid, a value or the reason why there is none, the same identity each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.model import Quantity
from hub.fhir.bundle import as_json, bundle
from hub.fhir.codes import CODES, LOINC, PRESSURE, UCUM
from hub.fhir.model import Appliance, Export, Measured, Raised, Scored, Subject

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SUBJECT = Subject(
    household="hh-7", key="margaret", full_name="Margaret Hill", birth_year=1941, address="14 Orchard Row, Hexley"
)
CUFF = Appliance(key="cuff", kind="Blood pressure monitor", name="kitchen cuff")


def measured(quantity: Quantity, value: float | None, minute: float = 0.0, absent: str | None = None) -> Measured:
    at = AT + timedelta(minutes=minute)
    return Measured(key=f"{quantity} {minute}", device="cuff", quantity=quantity, at=at, value=value, absent=absent)


def export(*some: Measured, **more: Any) -> Export:
    chosen: dict[str, Any] = {"subject": SUBJECT, "at": AT, "times": True, "consent_revision": 3, "appliances": [CUFF]}
    return Export(**(chosen | {"measured": some} | more))


def resources(made: Export, kind: str) -> list[dict[str, Any]]:
    checked = Bundle.model_validate(bundle(made))
    assert checked.entry is not None
    every = [one["resource"] for one in bundle(made)["entry"]]
    return [one for one in every if one["resourceType"] == kind]


# the codes and units as FIELD.md, section 3, has them
@pytest.mark.parametrize(
    ("quantity", "code", "ucum"),
    [
        (Quantity.HEART_RATE_BPM, "8867-4", "/min"),
        (Quantity.PULSE_BPM, "8867-4", "/min"),
        (Quantity.RESPIRATION_PER_MIN, "9279-1", "/min"),
        (Quantity.SPO2_PERCENT, "2708-6", "%"),
        (Quantity.SPO2_PERCENT, "59408-5", "%"),
        (Quantity.BODY_TEMPERATURE_C, "8310-5", "Cel"),
        (Quantity.WEIGHT_KG, "29463-7", "kg"),
        (Quantity.RESTING_PULSE_BPM, "40443-4", "/min"),
    ],
)
def test_each_measurement_has_its_loinc_code_and_its_ucum_unit(quantity: Quantity, code: str, ucum: str) -> None:
    (one,) = resources(export(measured(quantity, 61.2345)), "Observation")
    assert code in [coding["code"] for coding in one["code"]["coding"] if coding["system"] == LOINC]
    assert one["valueQuantity"] == {"value": 61.23, "unit": CODES[quantity].unit, "system": UCUM, "code": ucum}
    assert one["effectiveDateTime"] == "2026-11-24T09:00:00+00:00"


def test_the_two_blood_pressures_of_one_moment_are_one_panel() -> None:
    made = export(
        measured(Quantity.SYSTOLIC_MMHG, 132.0),
        measured(Quantity.PULSE_BPM, 70.0),
        measured(Quantity.DIASTOLIC_MMHG, 81.0),
        measured(Quantity.SYSTOLIC_MMHG, 128.0, 5),
    )
    whole, pulse, half = resources(made, "Observation")
    assert [coding["code"] for coding in whole["code"]["coding"]] == ["85354-9"]
    parts = {one["code"]["coding"][0]["code"]: one for one in whole["component"]}
    assert {code: one["valueQuantity"]["value"] for code, one in parts.items()} == {"8480-6": 132.0, "8462-4": 81.0}
    assert parts["8480-6"]["valueQuantity"]["code"] == "mm[Hg]"
    assert pulse["code"]["coding"][0]["code"] == "8867-4"
    assert half["component"][0]["valueQuantity"]["value"] == 128.0
    assert half["component"][1]["dataAbsentReason"]["text"] == "it was not measured"


def test_what_is_not_to_be_believed_has_the_reason_instead_of_a_value() -> None:
    (one,) = resources(export(measured(Quantity.SPO2_PERCENT, None, absent="no contact")), "Observation")
    assert "valueQuantity" not in one
    assert one["dataAbsentReason"]["coding"][0]["code"] == "error"
    assert one["dataAbsentReason"]["text"] == "no contact"


def test_a_partial_score_has_no_total() -> None:
    whole = Scored(key="finding 1", at=AT, total=7.0, at_least=7.0)
    partial = Scored(key="finding 2", at=AT, total=None, at_least=5.0)
    first, second = resources(export(scored=[whole, partial]), "Observation")
    assert first["valueQuantity"]["value"] == 7.0
    assert first["code"]["coding"][0]["code"] == "1104051000000101"
    assert second["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert second["dataAbsentReason"]["text"].endswith("at least 5")


def test_without_consent_for_times_none_is_given() -> None:
    raised = Raised(number=4, title="Fall", because=None, opened_at=None)
    made = export(measured(Quantity.PULSE_BPM, 70.0), times=False, raised=[raised])
    (one,) = resources(made, "Observation")
    assert "effectiveDateTime" not in one
    assert one["_effectiveDateTime"]["extension"][0]["valueCode"] == "masked"
    (flag,) = resources(made, "Flag")
    assert "period" not in flag


def test_an_open_alarm_is_a_flag_in_the_words_that_may_be_read() -> None:
    raised = Raised(number=4, title="Fall", because="A hard knock <at> 14:02.", opened_at=AT)
    (flag,) = resources(export(raised=[raised]), "Flag")
    assert (flag["status"], flag["code"]["text"]) == ("active", "Fall")
    assert "A hard knock &lt;at&gt; 14:02." in flag["text"]["div"]
    assert flag["period"]["start"] == "2026-11-24T09:00:00+00:00"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (SUBJECT, [{"text": "Margaret Hill"}]),
        (Subject(household="hh-7", key="margaret", first_name="Margaret"), [{"given": ["Margaret"]}]),
        (Subject(household="hh-7", key="margaret"), None),
    ],
)
def test_the_patient_is_as_known_as_the_recipient_may_know(subject: Subject, name: object) -> None:
    (patient,) = resources(export(subject=subject), "Patient")
    assert patient.get("name") == name
    assert patient.get("birthDate") == (None if subject.birth_year is None else "1941")
    assert ("address" in patient) is (subject.address is not None)


def test_a_device_has_its_own_name_only_where_that_may_be_told() -> None:
    unnamed = Appliance(key="strap", kind="Heart rate strap", name=None)
    first, second = resources(export(appliances=[CUFF, unnamed]), "Device")
    assert first["deviceName"] == [{"name": "kitchen cuff", "type": "user-friendly-name"}]
    assert "deviceName" not in second


def test_the_same_thing_has_the_same_identity_in_every_export_and_no_other_home_shares_it() -> None:
    one = measured(Quantity.PULSE_BPM, 70.0)
    first, again = (resources(export(one), "Observation")[0] for _ in range(2))
    assert first["id"] == again["id"]
    elsewhere = Subject(household="hh-8", key="margaret")
    assert resources(export(one, subject=elsewhere), "Observation")[0]["id"] != first["id"]


ANY = st.builds(
    measured,
    st.sampled_from(list(CODES)),
    st.none() | st.floats(0.0, 300.0),
    st.integers(0, 3).map(float),
    st.none() | st.text(min_size=1, max_size=20),
)


@settings(max_examples=30)
@given(some=st.lists(ANY, max_size=6), times=st.booleans())
def test_whatever_was_measured_the_bundle_is_valid_and_refers_to_what_is_in_it(
    some: list[Measured], times: bool
) -> None:
    made = bundle(export(*sorted(some, key=lambda one: one.at), times=times))
    checked = Bundle.model_validate_json(as_json(made))
    assert checked.type == "collection"
    known = {one["fullUrl"] for one in made["entry"]}
    for one in (entry["resource"] for entry in made["entry"]):
        for part in ("subject", "patient", "device"):
            assert one.get(part, {"reference": next(iter(known))})["reference"] in known
        if one["resourceType"] == "Observation":
            parts = one.get("component", [one])
            assert all(("valueQuantity" in part) != ("dataAbsentReason" in part) for part in parts)
            assert len(parts) == (2 if "component" in one else 1)
    singles = [one for one in some if one.quantity not in PRESSURE]
    assert len([one for one in made["entry"] if "valueQuantity" in one["resource"]]) <= len(singles)
