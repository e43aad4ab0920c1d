"""Days, trends and measurements: what the summaries say, for whom, and what stands on the printed sheets."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from analytics.model import FindingKind
from analytics.vitals.news2 import Parameter, Urgency
from carer_portal import queries_days, queries_health, queries_reports, views_log
from carer_portal import wording_days as words
from carer_portal.queries_days import MEASURED, Days
from carer_portal.queries_health import PARTS, Health
from carer_portal.trends import change
from devices.model import Quantity
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Provenance, Role
from hub.store import devices, settings
from hub.store.rollups import hour_of
from hub.store.schema import rejection, rollup_hour, to_us
from hub.store.settings import Choice
from tests.carer_portal.doors import Doors
from tests.carer_portal.drawn import drawn, said
from tests.carer_portal.home import MadeHome, as_role, home_toml

EVERYTHING = '["name", "kind", "room", "time", "vitals", "news2", "birth_year", "address"]'


def summed(home: MadeHome, device: str, quantity: Quantity, hours_ago: int, value: float, n: int = 1) -> None:
    """One hour of one sensor, already summed up."""
    with home.writing() as connection:
        row = {"device_id": devices.ids(connection)[device], "quantity_id": devices.quantity_ids(connection)[quantity]}
        hour = hour_of(home.now - timedelta(hours=hours_ago))
        sums = {"n": n, "total": value * n, "lowest": value - 1, "highest": value + 1, "last": value, "last_id": 1}
        connection.execute(insert(rollup_hour).values(hour=hour, **row, **sums))


def lived_in(home: MadeHome, days: int = 40, fewer_since: int = 0) -> None:
    """Some weeks: much movement by day, a little at night."""
    home.set_up(home_toml(EVERYTHING))
    with home.writing() as connection:
        row = {
            "device_id": devices.ids(connection)["kitchen"],
            "quantity_id": devices.quantity_ids(connection)[Quantity.MOTION],
        }
        for day in range(days):
            for hour, signs in ((20, 10 if day >= fewer_since else 5), (31, 2)):  # 13:00 and 2:00 of the day before
                at = hour_of(home.now - timedelta(days=day, hours=hour))
                sums = {"n": signs, "total": signs, "lowest": 0, "highest": 1, "last": 0, "last_id": 1}
                connection.execute(insert(rollup_hour).values(hour=at, **row, **sums))


def seen(home: MadeHome, role: Role = Role.FAMILY, back: int = 14) -> Days:
    with home.writing() as connection:
        return queries_days.days(connection, as_role(connection, role, home.now), back)


def health_of(home: MadeHome, role: Role = Role.FAMILY) -> Health:
    with home.writing() as connection:
        return queries_health.health(connection, as_role(connection, role, home.now))


def test_each_day_has_its_movement_and_each_night_its_own(home: MadeHome) -> None:
    lived_in(home)
    found = seen(home)
    assert found.activity is not None
    assert [one.day for one in found.activity] == [date(2026, 11, 24) - timedelta(days=n) for n in reversed(range(14))]
    assert {(one.signs, one.at_night) for one in found.activity[:-1]} == {(12, 2)}
    assert found.activity[-1].signs == 0


def test_today_stands_beside_the_usual_day(home: MadeHome) -> None:
    lived_in(home)
    summed(home, "kitchen", Quantity.MOTION, 1, 1, n=3)
    hours = seen(home).hours
    assert (hours[13].usual, hours[13].today) == (10.0, 0)
    assert (hours[8].usual, hours[8].today) == (0.0, 3)


def test_a_lasting_change_is_said_with_how_sure_it_is(home: MadeHome) -> None:
    lived_in(home, days=80, fewer_since=20)
    found = seen(home, back=90).changed
    assert found is not None
    assert found.percent == pytest.approx(100 * 7 / 12, abs=3)
    assert found.confidence >= 0.95
    assert abs((found.since - date(2026, 11, 4)).days) <= 2
    page = said(drawn(home, "days"))
    assert words.AS_BEFORE in page, "two weeks are too short to tell"


def test_without_a_lasting_change_none_is_made_up(home: MadeHome) -> None:
    lived_in(home, days=80)
    assert seen(home, back=90).changed is None


def test_too_few_days_say_nothing() -> None:
    assert change([1.0, 9.0] * 10) is None
    assert change([0.0] * 60) is None


def test_measurements_are_shown_day_by_day(home: MadeHome) -> None:
    lived_in(home)
    for hours_ago, value in ((25, 60.0), (26, 80.0)):
        summed(home, "strap", Quantity.HEART_RATE_BPM, hours_ago, value)
    found = seen(home).measured
    assert found is not None
    [pulse] = found
    assert (pulse.day, pulse.lowest, pulse.mean, pulse.highest, pulse.times) == (date(2026, 11, 23), 59, 70, 81, 2)


@pytest.mark.parametrize(
    ("fields", "movement", "numbers"),
    [
        ('["kind", "time"]', True, False),
        ('["kind", "time", "vitals"]', True, True),
        ('["kind", "vitals"]', False, False),
        ('["time", "vitals"]', False, True),
        ("[]", False, False),
    ],
)
def test_consent_decides_what_of_the_days_is_seen(home: MadeHome, fields: str, movement: bool, numbers: bool) -> None:
    lived_in(home)
    summed(home, "strap", Quantity.HEART_RATE_BPM, 25, 70)
    home.set_up(home_toml(fields).replace("= 3", "= 4"))
    found = seen(home)
    assert (found.activity is not None) == movement
    assert (found.measured is not None) == numbers
    page = said(drawn(home, "days"))
    assert page.count(words.NOT_SHARED) == 2 - movement - numbers


def test_before_anything_is_summed_up_the_page_says_so(home: MadeHome) -> None:
    home.all_is_well()
    assert words.NOTHING_YET in said(drawn(home, "days"))


def test_a_year_can_be_asked_for(home: MadeHome) -> None:
    lived_in(home)
    page = drawn(home, "days")
    page.radio(key="back").set_value(365).run()
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == 3
    assert "Tuesday 24 November" in said(page)


def test_the_score_is_worked_out_from_what_is_fresh_and_believed(home: MadeHome) -> None:
    home.all_is_well()
    home.set_up(home_toml(EVERYTHING).replace("= 3", "= 4"))
    home.reads("strap", Quantity.RESPIRATION_PER_MIN, 26, ago=5)
    home.reads("strap", Quantity.BODY_TEMPERATURE_C, 40, ago=3, quality=0.2)
    home.reads("strap", Quantity.SYSTOLIC_MMHG, 85, ago=60 * 30)
    found = health_of(home)
    assert found.score is not None
    assert found.score.parts == {Parameter.RESPIRATION: 3, Parameter.SPO2: 0, Parameter.PULSE: 0}
    assert found.score.urgency is Urgency.URGENT
    page = said(drawn(home, "health"))
    assert "Partial: at least 3. Not known: air or oxygen, upper blood pressure, consciousness, temperature." in page
    assert "urgent review within 1 hour." in page
    assert '<th scope="row">Temperature (°C)</th><td>40</td><td>3 minutes ago (08:57)</td><td>doubted' in page


def test_without_measurements_there_is_no_score(home: MadeHome) -> None:
    home.set_up(home_toml(EVERYTHING))
    page = said(drawn(home, "health"))
    assert words.NEWS2_NONE.format(hours=24) in page
    assert words.NO_VALUES in page
    assert words.NONE_KEPT_OUT in page


def test_what_was_kept_out_is_counted_with_its_reason(home: MadeHome) -> None:
    home.all_is_well()
    with home.writing() as connection:
        row = {"device_id": 1, "quantity_id": 1, "at": to_us(home.ago(5)), "value": 0.0, "reason": "no contact"}
        connection.execute(insert(rejection), [row, row])
    assert health_of(home).kept_out == (("no contact", 2),)
    assert '<th scope="row">no contact</th><td>2</td>' in said(drawn(home, "health"))


def test_limits_say_who_decided_them_and_when_they_are_looked_at_again(home: MadeHome) -> None:
    home.all_is_well()
    with home.writing() as connection:
        prescribed = Choice(
            key="abnormal_spo2.low_percent",
            value=88.0,
            provenance=Provenance.CLINICIAN,
            by="nurses",
            because="chronic lung disease",
            review_at=home.now + timedelta(days=90),
        )
        settings.add(connection, prescribed, home.ago(60))
    page = said(drawn(home, "health"))
    assert "prescribed: chronic lung disease" in page
    assert "Monday 22 February" in page
    assert "as shipped: Royal College of Physicians" in page


@pytest.mark.parametrize(
    ("fields", "score", "values", "limits"),
    [
        ('["news2"]', True, False, True),
        ('["vitals"]', False, True, True),
        ('["vitals_band"]', False, False, True),
        ('["name", "kind", "room", "time"]', False, False, False),
    ],
)
def test_consent_decides_what_of_her_health_is_seen(
    home: MadeHome, fields: str, score: bool, values: bool, limits: bool
) -> None:
    home.all_is_well()
    home.set_up(home_toml(fields).replace("= 3", "= 4"))
    found = health_of(home)
    assert ((found.score is not None), (found.values is not None), bool(found.limits)) == (score, values, limits)


def test_every_quantity_part_and_urgency_has_its_words() -> None:
    assert set(words.QUANTITIES) == set(MEASURED)
    assert set(words.PARAMETERS) == set(Parameter) == set(PARTS.values())
    assert set(words.URGENCIES) == set(Urgency)


@pytest.fixture
def sheet(doors: Doors) -> Doors:
    """A home in which there is something to hand over."""
    more = (
        home_toml(EVERYTHING)
        .replace("= 3", "= 4")
        .replace(
            'first_name = "Margaret"', 'first_name = "Margaret"\nbirth_date = 1941-05-03\naddress = "1 High Street"'
        )
    )
    doors.home.set_up(more)
    number = doors.home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    doors.home.told(number, "priya", NotificationState.DELIVERED, ago=2)
    past = doors.home.closed(FindingKind.INACTIVITY, ago=3000)
    doors.home.labelled(past, "priya", Verdict.WRONG, "reading")
    return doors


def test_a_handover_stands_on_one_sheet(sheet: Doors) -> None:
    page = sheet.signed_in("priya").reads("/handover")
    for line in (
        "Margaret Hill, Tuesday 24 November, 09:00",
        "Born 1941",
        "Lives at 1 High Street",
        "Possible fall, 08:56: People are being told. Because of fall.",
        "No movement, Sunday 22 November at 06:50: Closed",
        "Partial: at least 0.",
        "Pulse (a minute)",
        "Priya",
        words.NOT_A_DEVICE,
    ):
        assert line in page
    assert "<script" not in page
    with sheet.home.writing() as connection:
        assert [one.page for one in views_log.since(connection, sheet.home.ago(60), 9)] == ["handover"]


def test_of_a_handover_only_what_is_shared_stands_there(sheet: Doors) -> None:
    page = sheet.signed_in("nurses", Role.CLINICIAN).reads("/handover")
    assert "Margaret Hill" in page
    for line in ("Born", "Lives at", "High Street", "Because of", "08:5"):
        assert line not in page
    assert words.NOT_SHARED in page
    joan = sheet.signed_in("joan", Role.NEIGHBOUR).reads("/handover")
    assert "May need help" in joan
    assert "fall" not in joan.lower()
    with sheet.home.writing() as connection:
        neighbour = queries_reports.handover(connection, as_role(connection, Role.NEIGHBOUR, sheet.home.now))
    assert (neighbour.born, neighbour.address, neighbour.lately, neighbour.health.values) == (None, None, (), None)


def test_a_month_stands_in_a_letter(sheet: Doors) -> None:
    for hours_ago in (48, 24 * 40):
        summed(sheet.home, "kitchen", Quantity.MOTION, hours_ago, 1, n=30)
    browser = sheet.signed_in("priya")
    page = browser.reads("/letter")
    for line in (
        "November 2026: how it went",
        "No movement: 1 (1 of them said to be wrong)",
        "Possible fall: 1 (0 of them said to be wrong)",
        "signs of movement a day; the month before",
        "Priya: 1",
        "/letter?month=2026-10",
    ):
        assert line in page
    october = browser.reads("/letter?month=2026-10")
    assert "October 2026: how it went" in october
    assert words.LETTER_NONE in october
    for wanted in ("2026-99", "2030-01", "1066-10", "x"):
        assert "November 2026: how it went" in browser.reads(f"/letter?month={wanted}")


def test_a_letter_tells_a_neighbour_nothing_of_what_was(sheet: Doors) -> None:
    page = sheet.signed_in("joan", Role.NEIGHBOUR).reads("/letter")
    assert page.count(words.NOT_SHARED) == 2
    assert "fall" not in page.lower()


@pytest.mark.parametrize("path", ["/handover", "/letter", "/health/fhir.json"])
def test_with_whom_nothing_is_shared_there_is_no_sheet(sheet: Doors, path: str) -> None:
    for person in ("olu", "fay", "zoe"):
        assert sheet.signed_in(person).get(path).status_code == 403
    assert sheet.browser().get(path).status_code == 303


def test_measurements_leave_for_a_record_system_only_with_consent(sheet: Doors) -> None:
    made = json.loads(sheet.signed_in("nurses", Role.CLINICIAN).get("/health/fhir.json").text)
    assert made["resourceType"] == "Bundle"
    assert {one["resource"]["resourceType"] for one in made["entry"]} >= {"Patient", "Observation"}
    assert "1 High Street" not in json.dumps(made)
    sheet.home.set_up(home_toml('["name", "kind"]').replace("= 3", "= 5"))
    assert sheet.signed_in("priya").get("/health/fhir.json").status_code == 403
