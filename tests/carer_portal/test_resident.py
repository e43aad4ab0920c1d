"""The resident's own pages: what they show, what their buttons ask for, and that they are nobody else's."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from analytics.model import FindingKind
from carer_portal import queries, queries_resident, wording_resident
from carer_portal import wording_access as access
from carer_portal.hub_requests import PageKind
from carer_portal.pages import PAGES
from carer_portal.plain.render import TEMPLATES
from carer_portal.plain.routes import TABLE
from hub.household.lint import CONSENT_FIELDS
from hub.intents import IntentKind
from hub.model import AlarmState, NotificationState, Purpose, Role
from hub.store.schema import intent
from hub.wishes import Length, Wish
from tests.carer_portal.doors import Browser, Doors
from tests.carer_portal.home import as_role, home_toml
from tests.carer_portal.hub_part import hub_works
from tests.carer_portal.views import looked

OWN = [one.path for one in TABLE if one.path.startswith("/me")]


@pytest.fixture
def tablet(doors: Doors) -> Browser:
    return doors.signed_in("margaret", Role.RESIDENT)


def asked(doors: Doors) -> list[tuple[str, object, str]]:
    with doors.home.writing() as connection:
        return [(row.kind, row.payload, row.by) for row in connection.execute(select(intent).order_by(intent.c.id))]


def sends(doors: Doors, tablet: Browser, path: str, **fields: str) -> str:
    """Send a form, let the hub answer, and read the page that comes then."""
    answer = tablet.sends(path, path, **fields)
    assert answer.status_code == 303, answer.text
    hub_works(doors.home)
    return tablet.reads(answer.headers["location"])


def test_a_quiet_day_on_one_page(tablet: Browser) -> None:
    said = tablet.reads("/me")
    for words in ("Hello, Margaret", wording_resident.FINE, wording_resident.HELP, wording_resident.NOTHING_GOING_ON):
        assert words in said
    assert "<script" not in said
    for label in wording_resident.LENGTHS.values():
        assert label in said


@pytest.mark.parametrize(
    ("act", "kind", "payload"),
    [
        ("fine", IntentKind.RESIDENT, {"said": "fine"}),
        ("help", IntentKind.RESIDENT, {"said": "help"}),
        ("hour", Wish.PAUSE, {"length": "hour"}),
        ("tonight", Wish.PAUSE, {"length": "tonight"}),
        ("until_i_say", Wish.PAUSE, {"length": "until_i_say"}),
        ("resume", Wish.RESUME, {}),
    ],
)
def test_each_button_asks_the_hub_in_her_name(
    doors: Doors, tablet: Browser, act: str, kind: str, payload: object
) -> None:
    tablet.sends("/me", "/me", act=act)
    assert asked(doors) == [(kind, payload, "margaret")]
    assert wording_resident.ASKED in tablet.reads("/me")


def test_what_the_hub_answers_stands_on_top(doors: Doors, tablet: Browser) -> None:
    assert "It is done." in sends(doors, tablet, "/me", act="help")


def test_what_is_going_on_is_said_in_words(doors: Doors, tablet: Browser) -> None:
    number = doors.home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    doors.home.told(number, "margaret", NotificationState.DELIVERED, ago=4, purpose=Purpose.CHECK_IN)
    said = tablet.reads("/me")
    for words in (
        "Possible fall",
        "Margaret is being asked first",
        "If there is no answer, people are told in 1 minute.",
    ):
        assert words in said
    doors.home.alarm(FindingKind.PANIC, AlarmState.ACKNOWLEDGED, owner="priya")
    assert "Priya is going" in tablet.reads("/me")


def test_the_sensors_rest_and_everybody_who_may_know_how_she_is_knows_that(doors: Doors, tablet: Browser) -> None:
    said = sends(doors, tablet, "/me", act=Length.AN_HOUR)
    assert "The sensors rest until 10:00." in said
    assert wording_resident.SWITCHED_OFF in said
    assert wording_resident.RESUME in said
    with doors.home.writing() as connection:
        family = queries.today(connection, as_role(connection, Role.FAMILY, doors.home.now))
        operator = queries.today(connection, as_role(connection, Role.OPERATOR, doors.home.now))
    assert family.sentence == "Margaret lets the sensors rest until 10:00, so we cannot tell how things are."
    assert operator.shown.resting is None
    assert "The sensors listen again." in sends(doors, tablet, "/me", act="resume")
    until_i_say = sends(doors, tablet, "/me", act=Length.UNTIL_I_SAY)
    assert wording_resident.PAUSED in until_i_say
    with doors.home.writing() as connection:
        family = queries.today(connection, as_role(connection, Role.FAMILY, doors.home.now))
    assert family.sentence == "Margaret lets the sensors rest, so we cannot tell how things are."


def test_who_may_see_what_is_shown_and_changed_group_by_group(doors: Doors, tablet: Browser) -> None:
    said = tablet.reads("/me/sharing")
    assert "Priya, Tom" in said
    assert re.search(r'id="neighbour-kind_plain" name="may-kind_plain" checked', said)
    said = sends(doors, tablet, "/me/sharing", role="family", **{"may-kind": "on", "may-first_name": "on"})
    assert "It is so from now on." in said
    with doors.home.writing() as connection:
        family = as_role(connection, Role.FAMILY, doors.home.now)
        assert family.sight.fields == {"kind", "first_name"}
        assert as_role(connection, Role.NEIGHBOUR, doors.home.now).sight.fields == {"first_name", "kind_plain"}


def test_everything_is_stopped_after_being_asked_once_more(doors: Doors, tablet: Browser) -> None:
    assert wording_resident.STOP_SURE in tablet.reads("/me/stop")
    assert asked(doors) == []
    sends(doors, tablet, "/me/stop")
    with doors.home.writing() as connection:
        for role in (Role.FAMILY, Role.NEIGHBOUR, Role.CLINICIAN):
            assert as_role(connection, role, doors.home.now).sight.fields == frozenset()


def test_who_looked_is_listed_day_by_day(doors: Doors, tablet: Browser) -> None:
    assert wording_resident.NOBODY_LOOKED in tablet.reads("/me/looked")
    looked(doors.home, "priya", "today", 1)
    looked(doors.home, "priya", "today", 50)
    looked(doors.home, "nurses", "health", 3 * 24 * 60)
    looked(doors.home, "zoe", "elsewhere", 5)
    said = tablet.reads("/me/looked")
    assert "Priya (family) looked at whether you are all right: 2 times, last 08:59" in said
    assert "the district nurses (clinician) looked at your measurements: 1 time, Saturday 21 November at 09:00" in said
    assert "zoe (family) looked at the page “elsewhere”" in said


def test_that_s_not_right_becomes_a_case_with_an_owner_a_due_date_and_an_answer(doors: Doors, tablet: Browser) -> None:
    number = doors.home.closed(FindingKind.FALL, ago=60)
    assert wording_resident.NO_WORDS in tablet.sends("/me/noticed", "/me/noticed", words=" ", alarm=str(number)).text
    said = sends(doors, tablet, "/me/noticed", words="I was only gardening", alarm=str(number))
    assert "Thank you. Fay is to answer you by 08.12.2026." in said
    assert "You said: “I was only gardening”" in said
    assert "Fay is to answer by Tuesday 8 December." in said
    with doors.home.writing() as connection:
        fay = as_role(connection, Role.FACILITATOR, doors.home.now)
        [case] = queries_resident.cases_of(connection, fay)
    doors.house.home.ask(PageKind.ANSWER, {"case_id": case.id, "words": "We moved the radar."}, "fay", doors.home.now)
    assert hub_works(doors.home) == ["Thank you. The answer can be read now."]
    assert "The answer of Fay: “We moved the radar.”" in tablet.reads("/me/noticed")


@pytest.mark.parametrize(
    ("kind", "payload", "by", "because"),
    [
        (PageKind.CONTEST, {"words": "no", "alarm_id": 99}, "margaret", "there is no alarm 99."),
        (PageKind.CONTEST, {"words": "no"}, "stranger", "you do not belong to this household."),
        (PageKind.CONTEST, {"words": ""}, "margaret", "could not be read"),
        (PageKind.ANSWER, {"case_id": 1, "words": "yes"}, "tom", "this is not yours to answer."),
        (PageKind.ANSWER, {"case_id": 7, "words": "yes"}, "fay", "this is not yours to answer."),
        (PageKind.MOMENT, {"words": "x" * 2001}, "margaret", "could not be read"),
    ],
)
def test_what_cannot_be_is_refused(
    doors: Doors, kind: PageKind, payload: dict[str, object], by: str, because: str
) -> None:
    doors.house.home.ask(PageKind.CONTEST, {"words": "it is wrong"}, "margaret", doors.home.now)
    hub_works(doors.home)
    doors.house.home.ask(kind, payload, by, doors.home.now)
    [said] = hub_works(doors.home)
    assert said.startswith("refused: ")
    assert because in said


def test_a_case_is_answered_once_and_is_somebody_s_even_where_nobody_runs_workshops(doors: Doors) -> None:
    doors.home.set_up(
        home_toml()
        .replace('[people.fay]\nname = "Fay"\nrole = "facilitator"\n', "")
        .replace('[people.olu]\nname = "Olu"\nrole = "operator"\n', "")
    )
    doors.house.home.ask(PageKind.CONTEST, {"words": "it is wrong"}, "margaret", doors.home.now)
    assert hub_works(doors.home)[0].startswith("Thank you. the district nurses is to answer")
    for expected in ("Thank you. The answer can be read now.", "refused: it has been answered already."):
        doors.house.home.ask(PageKind.ANSWER, {"case_id": 1, "words": "yes"}, "nurses", doors.home.now)
        assert hub_works(doors.home) == [expected]


def test_a_moment_is_remembered(doors: Doors, tablet: Browser) -> None:
    assert wording_resident.NO_WORDS in tablet.sends("/me/moment", "/me/moment", words="").text
    said = sends(doors, tablet, "/me/moment", words="It asked me twice <b>while</b> I cooked")
    assert "Thank you. It is kept." in said
    assert "09:00: It asked me twice <b>while</b> I cooked" in said
    assert "<b>" not in tablet.get("/me/moment").text


def test_the_sheet_for_the_fridge_says_who_helps_and_who_sees_what(doors: Doors, tablet: Browser) -> None:
    said = tablet.reads("/me/paper")
    for words in (
        "How things stand with Margaret, on Tuesday 24 November",
        "Priya",
        wording_resident.FIELDS["kind_plain"],
    ):
        assert words in said
    sends(doors, tablet, "/me/stop")
    assert wording_resident.NOTHING_SHARED in tablet.reads("/me/paper")


def test_her_data_is_all_of_it_but_neither_secrets_nor_others_numbers(doors: Doors, tablet: Browser) -> None:
    number = doors.home.alarm(FindingKind.FALL, AlarmState.ESCALATING, because="=cmd() fell")
    doors.home.told(number, "priya", NotificationState.DELIVERED, ago=1)
    looked(doors.home, "priya", "today", 1)
    doors.has_password("priya")
    archive = zipfile.ZipFile(io.BytesIO(tablet.get("/me/data.zip").content))
    held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {
        "data/observation.json",
        "data/portal_view.json",
        "tables/alarm.csv",
        "tables/codesign_utterance.csv",
    } <= set(held)
    everything = "\n".join(held.values())
    for secret in ("+447700900001", "argon2", tablet.cookies["alongside_session"]):
        assert secret not in everything
    assert "token_hash" not in held["tables/portal_session.csv"]
    [alarm] = csv.DictReader(io.StringIO(held["tables/alarm.csv"]))
    assert alarm["because"] == "'=cmd() fell", "a spreadsheet must not take it for a formula"
    assert alarm["opened_at"] == "2026-11-24T08:56:00+00:00"
    assert json.loads(held["data/alarm.json"])[0]["because"] == "=cmd() fell"
    assert "observation: 5" in held["README.txt"]


@pytest.mark.parametrize("path", OWN)
def test_her_pages_are_nobody_else_s(doors: Doors, path: str) -> None:
    for person in ("priya", "joan", "nurses", "olu", "fay", "zoe"):
        browser = doors.signed_in(person)
        answer = browser.get(path)
        assert answer.status_code == 403
        assert access.ONLY_RESIDENT in answer.text
        assert "Margaret" not in answer.text
    assert doors.browser().get(path).status_code == 303


@pytest.mark.parametrize("path", ["/me", "/me/sharing", "/me/stop", "/me/noticed", "/me/moment"])
def test_nobody_else_sends_her_forms(doors: Doors, path: str) -> None:
    priya = doors.signed_in("priya")
    fields = {"act": "help", "role": "family", "words": "x", "alarm": "1"}
    assert priya.sends(path, "/account", **fields).status_code == 403
    assert asked(doors) == []


def test_the_queries_behind_her_pages_give_nobody_else_anything(doors: Doors) -> None:
    doors.home.closed(FindingKind.FALL, ago=60)
    looked(doors.home, "tom", "today", 1)
    with doors.home.writing() as connection:
        for role in (Role.FAMILY, Role.NEIGHBOUR, Role.CLINICIAN, Role.OPERATOR, Role.FACILITATOR):
            other = as_role(connection, role, doors.home.now)
            assert queries_resident.sharing(connection, other) == ()
            assert queries_resident.looks(connection, other) == ()
            assert queries_resident.noticed(connection, other) == ()


def test_signing_in_leads_her_to_her_own_page(doors: Doors) -> None:
    answer = doors.browser().post(f"/join/{doors.invited('margaret')}", {})
    assert answer.headers["location"] == "/me"


def test_every_field_and_role_has_its_words() -> None:
    assert set(wording_resident.FIELDS) == set(CONSENT_FIELDS)
    assert set(wording_resident.GROUPS) == set(Role) - {Role.RESIDENT}
    assert set(wording_resident.LENGTHS) == set(Length)
    assert {page.path for page in PAGES if page.personal} <= set(wording_resident.SEEN)


def test_no_template_says_anything_by_itself() -> None:
    """Every word comes from the wording, so that it can be translated."""
    for path in TEMPLATES.glob("*.html"):
        source = re.sub(r"{% block css %}\w*{% endblock %}", "", path.read_text())
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", source, flags=re.DOTALL)
        assert not re.search(r"[A-Za-z]", text), f"{path.name} says {text.split()}"


def test_a_form_that_is_not_understood_changes_nothing(doors: Doors, tablet: Browser) -> None:
    answers: list[httpx.Response] = [
        tablet.sends("/me", "/me", act="dance"),
        tablet.sends("/me/sharing", "/me/sharing", role="stranger"),
        tablet.sends("/me/noticed", "/me", words="x", alarm="one"),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert asked(doors) == []


def test_a_pause_ends_by_itself_on_the_page(doors: Doors) -> None:
    doors.house.home.ask(Wish.PAUSE, {"length": "hour"}, "margaret", doors.home.now)
    hub_works(doors.home)
    with doors.home.writing() as connection:
        later = as_role(connection, Role.FAMILY, doors.home.now + timedelta(hours=2))
        assert queries.today(connection, later).shown.resting is None
