"""`alongside export fhir`: what a recipient is given, and what consent keeps from them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from typer.testing import CliRunner, Result

from alongside.export import app
from analytics.model import FindingKind
from carer_portal import views_log
from devices.model import Quantity
from hub.clock import SystemClock
from hub.model import AlarmState
from hub.store import devices, schema
from hub.store.schema import to_us
from tests.carer_portal.home import MadeHome, home_toml, make_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[MadeHome]:
    made = make_home(tmp_path / "home.sqlite3")
    made.now = SystemClock().now()
    made.set_up()
    yield made
    made.engine.dispose()


@pytest.fixture
def lived(home: MadeHome) -> MadeHome:
    """A morning in which something was measured, well and badly, and an alarm is open."""
    home.reads("oximeter", Quantity.SPO2_PERCENT, 96.0, ago=60)
    home.reads("strap", Quantity.HEART_RATE_BPM, 0.0, ago=50, quality=0.0)
    home.reads("strap", Quantity.HEART_RATE_BPM, 72.0, ago=40)
    home.reads("strap", Quantity.HEART_RATE_BPM, 99.0, ago=2_000)
    home.reads("kitchen", Quantity.MOTION, 1.0, ago=30)
    with home.writing() as connection:
        numbers = devices.ids(connection)["oximeter"], devices.quantity_ids(connection)
    home.put(
        schema.rejection,
        device_id=numbers[0],
        quantity_id=numbers[1][Quantity.SPO2_PERCENT],
        at=to_us(home.ago(20)),
        value=31.0,
        reason="the sensor did not touch the skin",
    )
    home.put(
        schema.rejection,
        device_id=numbers[0],
        quantity_id=numbers[1][Quantity.MOTION],
        at=to_us(home.ago(20)),
        value=3.0,
        reason="3 is neither a yes (1) nor a no (0)",
    )
    score = {"device": "oximeter", "what": "news2_at_least", "value": 5.0, "at": "", "id": 1}
    home.put(
        schema.finding,
        kind=FindingKind.EARLY_WARNING,
        severity=8,
        at=to_us(home.ago(15)),
        because="The score.",
        detector="news2",
        detector_version=1,
        episode="urgent",
        evidence=[score],
        settings={},
    )
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    return home


def run(home: MadeHome, *words: str, resident: str = "margaret", since: timedelta = timedelta(hours=20)) -> Result:
    start = (home.now - since).isoformat()
    return CliRunner().invoke(app, ["fhir", resident, "--since", start, "--db", str(home.path), *words])


def exported(result: Result) -> dict[str, list[dict[str, Any]]]:
    """The resources by kind, once the whole is known to be valid."""
    assert result.exit_code == 0, result.output
    Bundle.model_validate_json(result.stdout)
    kinds: dict[str, list[dict[str, Any]]] = {"Observation": [], "Device": [], "Flag": []}
    for entry in json.loads(result.stdout)["entry"]:
        kinds.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return kinds


def consenting(home: MadeHome, *fields: str) -> MadeHome:
    """The resident lets clinicians see just these."""
    agreed = json.dumps(list(fields))
    home.set_up(
        home_toml()
        .replace('clinician = ["name", "kind", "vitals"]', f"clinician = {agreed}")
        .replace("revision = 3", "revision = 4")
    )
    return home


ALL = ("name", "birth_year", "kind", "room", "time", "vitals", "news2")


def test_a_clinician_who_may_see_it_is_given_what_was_measured_since(lived: MadeHome) -> None:
    result = run(consenting(lived, *ALL))
    made = exported(result)
    values = [one.get("valueQuantity", {}).get("value") for one in made["Observation"]]
    assert values == [96.0, None, 72.0, None, None]
    reasons = [one["dataAbsentReason"]["text"] for one in made["Observation"] if "dataAbsentReason" in one]
    assert reasons == [
        "the sensor itself did not trust this reading",
        "the sensor did not touch the skin",
        "a part of the score is not known: it is at least 5",
    ]
    assert [one["deviceName"][0]["name"] for one in made["Device"]] == ["oximeter", "chest strap"]
    (flag,) = made["Flag"]
    assert "Because of fall." in flag["text"]["div"]
    assert made["Patient"][0]["name"] == [{"text": "Margaret Hill"}]
    assert result.stderr == (
        "5 observations, 2 devices and 1 open alarm for the role 'clinician', by consent revision 4.\n"
    )


def test_what_the_resident_has_not_agreed_to_is_left_out_and_said_to_be(lived: MadeHome) -> None:
    made = exported(result := run(lived, "--for", "nurses"))
    assert all("effectiveDateTime" not in one for one in made["Observation"])
    assert len(made["Observation"]) == 4
    assert not any("deviceName" in one for one in made["Device"])
    assert "period" not in made["Flag"][0]
    assert "Because" not in result.stdout
    assert "for the district nurses, by consent revision 3. Left out" in result.stderr
    for words in ("early-warning scores", "when anything was", "the names of devices and rooms", "the year of birth"):
        assert words in result.stderr


def test_who_may_see_no_measurement_is_given_none(lived: MadeHome) -> None:
    made = exported(run(lived, "--for", "joan"))
    assert made["Observation"] == made["Device"] == []
    assert made["Patient"][0]["name"] == [{"given": ["Margaret"]}]
    assert len(made["Flag"]) == 1
    nothing = exported(run(lived, "--for", "fay"))
    assert nothing["Observation"] == nothing["Flag"] == []
    assert "name" not in nothing["Patient"][0]


def test_the_export_is_written_down_as_a_look_for_the_resident_to_read(lived: MadeHome) -> None:
    exported(run(lived, "--for", "nurses"))
    exported(run(lived, "--for", "margaret"))
    with lived.writing() as connection:
        looks = views_log.since(connection, lived.ago(60), 10)
    assert [(one.person, one.page) for one in looks] == [("nurses", "export")]


def test_of_a_stream_one_reading_in_five_minutes_is_given_and_a_believable_one(home: MadeHome) -> None:
    home.now = home.now.replace(minute=home.now.minute // 5 * 5, second=0, microsecond=0)
    for second in range(0, 900, 30):
        home.reads(
            "strap", Quantity.HEART_RATE_BPM, 70.0, ago=30 - second / 60, quality=0.1 if second % 300 < 60 else None
        )
    made = exported(run(consenting(home, *ALL)))
    assert len(made["Observation"]) == 3
    assert all(one["valueQuantity"]["value"] == 70.0 for one in made["Observation"])


def test_a_device_that_is_no_longer_declared_still_measured(lived: MadeHome) -> None:
    toml = home_toml().replace("[devices.oximeter]", "[devices.other]").replace("revision = 3", "revision = 4")
    lived.set_up(toml.replace('clinician = ["name", "kind", "vitals"]', f"clinician = {json.dumps(ALL)}"))
    made = exported(run(lived))
    gone = next(one for one in made["Device"] if one["type"]["text"] == "a device of this home")
    assert gone["deviceName"][0]["name"] == "oximeter"


def test_it_can_be_written_to_a_file(lived: MadeHome, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    result = run(lived, "--out", str(path))
    assert result.stdout == ""
    Bundle.model_validate_json(path.read_text())


@pytest.mark.parametrize(
    ("words", "resident", "reason"),
    [
        ((), "edith", "'edith' does not live here: the resident of this home is 'margaret'"),
        (
            ("--for", "nobody"),
            "margaret",
            "'nobody' is nobody of this household, and no role; its people are fay, joan",
        ),
        (("--since", "yesterday"), "margaret", "'yesterday' is no date or time such as 2026-11-01"),
        (("--since", "2999-01-01"), "margaret", "'2999-01-01' lies in the future"),
    ],
)
def test_a_wrong_word_is_refused_in_a_sentence(
    home: MadeHome, words: tuple[str, ...], resident: str, reason: str
) -> None:
    result = run(home, *words, resident=resident)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_where_no_home_is_declared_nothing_can_be_exported(tmp_path: Path) -> None:
    nowhere = CliRunner().invoke(app, ["fhir", "x", "--since", "2026-01-01", "--db", str(tmp_path / "none.sqlite3")])
    assert (nowhere.exit_code, "alongside home apply" in nowhere.stderr) == (2, True)
    empty = make_home(tmp_path / "home.sqlite3")
    undeclared = run(empty)
    assert (undeclared.exit_code, "alongside home apply" in undeclared.stderr) == (2, True)
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"no database at all" * 100)
    result = CliRunner().invoke(app, ["fhir", "x", "--since", "2026-01-01", "--db", str(broken)])
    assert result.exit_code == 2


def test_a_folder_that_is_not_there_is_refused_in_a_sentence(lived: MadeHome, tmp_path: Path) -> None:
    result = run(lived, "--out", str(tmp_path / "nowhere" / "bundle.json"))
    assert result.exit_code != 0
    assert "cannot be written: No such file or directory" in result.stderr
