"""What each role may see: consent decides in the queries, so that no page can show more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from analytics.model import FindingKind
from carer_portal.model import Today
from carer_portal.queries import today
from carer_portal.sight import Sight
from devices.model import Quantity
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Purpose, Role
from hub.store.schema import consent, to_us
from tests.carer_portal.home import MadeHome, as_role, home_toml

SECRETS = {
    "name": "Margaret",
    "kind": "Possible fall",
    "room": "kitchen",
    "value": "72 a minute",
    "band": "within the agreed range",
    "because": "Because of fall.",
    "moved_at": "08:57",
    "outcome": "Needed a hand.",
    "label": "the bath mat",
    "told": "Priya",
}
"""Each thing that may be known, and the words in which it would be told."""

EVERYTHING = frozenset(SECRETS)
HELPERS_OWN = {"told"}
TELLING = {"name", "kind", "room", "time"}
SEES: dict[tuple[str, ...], set[str] | frozenset[str]] = {
    (): set(),
    ("name",): {"name"},
    ("first_name",): {"name"},
    ("kind",): {"kind"} | HELPERS_OWN,
    ("kind_plain",): HELPERS_OWN,
    ("room",): {"room"},
    ("time",): {"moved_at"},
    ("kind", "room"): {"kind", "room"} | HELPERS_OWN,
    ("kind", "room", "time"): {"kind", "room", "moved_at"} | HELPERS_OWN,
    ("first_name", "kind", "room", "time"): EVERYTHING - {"value", "band"},
    ("kind", "vitals_band"): {"kind", "band"} | HELPERS_OWN,
    ("kind", "vitals"): {"kind", "band", "value"} | HELPERS_OWN,
    ("birth_year", "address", "key_safe", "contacts", "news2"): set(),
    ("name", "kind", "room", "time", "vitals"): set(EVERYTHING),
}
"""Which fields let a helper see what. A sentence that tells several things needs all of them."""


def eventful(home: MadeHome, fields: tuple[str, ...]) -> None:
    """A home in which each of the secrets is there to be told."""
    home.all_is_well()
    home.set_up(home_toml(f"[{', '.join(f'{one!r}' for one in fields)}]").replace("'", '"').replace("= 3", "= 4"))
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING, owner=None)
    home.told(number, "margaret", NotificationState.DELIVERED, ago=2, purpose=Purpose.CHECK_IN)
    home.told(number, "priya", NotificationState.DELIVERED, ago=1)
    past = home.closed(FindingKind.FALL, ago=30, outcome="Needed a hand.")
    home.labelled(past, "tom", Verdict.RIGHT, "the bath mat")


def seen_by(home: MadeHome, role: Role) -> Today:
    with home.writing() as connection:
        return today(connection, as_role(connection, role, home.now))


def told(page: Today) -> set[str]:
    """Which of the secrets are anywhere in what the page is given, said or not."""
    everything = repr(replace(page, shown=page.shown))
    when = {"moved_at"} if page.shown.movement is not None and page.shown.movement.at is not None else set()
    rooms = {"room"} if "'kitchen'" in everything or "Kitchen" in everything else set()
    values = {"value"} if any(one.value is not None for one in page.shown.vitals) else set()
    bands = {"band"} if page.shown.vitals else set()
    found = {key for key in ("name", "kind", "because", "outcome", "label", "told") if SECRETS[key] in everything}
    return found | when | rooms | values | bands


@pytest.mark.parametrize(("fields", "sees"), list(SEES.items()), ids=lambda one: "+".join(sorted(one)) or "nothing")
def test_a_family_sees_what_its_fields_allow_and_nothing_else(
    home: MadeHome, fields: tuple[str, ...], sees: set[str]
) -> None:
    eventful(home, fields)
    assert told(seen_by(home, Role.FAMILY)) == sees


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FACILITATOR, Role.ARC])
def test_a_role_with_which_nothing_is_shared_is_told_so(home: MadeHome, role: Role) -> None:
    eventful(home, ())
    page = seen_by(home, role)
    assert told(page) == set()
    assert page.status is None
    assert page.why == ()
    assert page.sentence == "Nothing about how the resident is has been shared with you."
    assert not page.helps


def test_the_resident_sees_everything_about_herself(home: MadeHome) -> None:
    eventful(home, ())
    assert told(seen_by(home, Role.RESIDENT)) == EVERYTHING


def test_a_neighbour_is_told_that_help_is_needed_and_not_why(home: MadeHome) -> None:
    eventful(home, ())
    page = seen_by(home, Role.NEIGHBOUR)
    assert told(page) == {"name", "told"}
    assert page.shown.alarms[0].title == "May need help"
    assert page.sentence == "Margaret may need help."


def test_without_rooms_a_sensor_is_called_by_what_it_is(home: MadeHome) -> None:
    home.set_up()
    page = seen_by(home, Role.NEIGHBOUR)
    assert {one.name for one in page.shown.blind.unheard} >= {"HLK-LD2410 presence radar", "Shelly BLU Motion"}
    assert page.shown.doors == ()


def test_a_vital_sign_that_may_not_be_known_does_not_colour_the_answer(home: MadeHome) -> None:
    home.all_is_well()
    home.reads("strap", Quantity.HEART_RATE_BPM, 150, ago=1)
    assert seen_by(home, Role.FAMILY).status == "look"
    assert seen_by(home, Role.NEIGHBOUR).status == "well"


def test_whoever_mends_things_is_told_what_is_broken_and_nothing_of_the_person(home: MadeHome) -> None:
    eventful(home, ())
    home.alarm(FindingKind.FAULT, AlarmState.ESCALATING, because="The kitchen sensor's battery is flat.")
    home.fault("The kitchen sensor's battery is flat.")
    page = seen_by(home, Role.OPERATOR)
    assert [one.because for one in page.shown.alarms] == ["The kitchen sensor's battery is flat."]
    assert [line.text for line in page.cannot_see] == ["The kitchen sensor's battery is flat."]
    assert page.status is None
    neighbour = seen_by(home, Role.NEIGHBOUR)
    assert neighbour.shown.alarms[-1].because == "Something with the equipment"
    assert [line.text for line in neighbour.cannot_see] == ["Something with the equipment"]


def test_consent_ends_when_it_expires(home: MadeHome) -> None:
    home.all_is_well()
    assert "kitchen" in seen_by(home, Role.FAMILY).sentence
    with home.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_consent_update")
        connection.execute(update(consent).values(expires_at=to_us(home.now + timedelta(minutes=1))))
    assert "kitchen" in seen_by(home, Role.FAMILY).sentence
    home.now += timedelta(minutes=1)
    page = seen_by(home, Role.FAMILY)
    assert page.sentence == "Nothing about how the resident is has been shared with you."


def test_consent_that_is_withdrawn_altogether_leaves_nothing(home: MadeHome) -> None:
    home.all_is_well()
    nothing = home_toml("[]").replace('["first_name", "kind_plain"]', "[]").replace('["name", "kind", "vitals"]', "[]")
    home.set_up(nothing.replace("revision = 3", "revision = 4"))
    for role in (Role.FAMILY, Role.NEIGHBOUR, Role.CLINICIAN):
        assert seen_by(home, role).status is None


@pytest.mark.parametrize(
    ("kind", "fields", "because"),
    [
        ("abnormal_pulse", TELLING | {"vitals"}, "words"),
        ("abnormal_pulse", TELLING | {"vitals_band"}, "The pulse has stayed outside the agreed range."),
        ("abnormal_spo2", TELLING, "The blood oxygen has stayed below the agreed level."),
        ("fall", {"first_name", "kind", "room", "time"}, "words"),
        ("fall", {"kind", "room", "time"}, None),
        ("fall", {"kind", "room", "vitals"}, None),
        ("fault", {"room"}, "words"),
        ("fault", {"kind"}, "Something with the equipment"),
    ],
)
def test_why_there_is_an_alarm(kind: str, fields: set[str], because: str | None) -> None:
    sight = Sight(role=Role.FAMILY, fields=frozenset(fields))
    assert sight.because(kind, "words") == because


def test_an_alarm_of_a_kind_that_this_version_does_not_know_is_still_called_something() -> None:
    assert Sight(role=Role.FAMILY, fields=frozenset({"kind"})).title("flood") == "May need help"
    assert Sight(role=Role.NEIGHBOUR, fields=frozenset({"kind_plain"})).title("fault") == "Something is broken"
