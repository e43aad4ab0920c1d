"""People and plan, and the things in the home: who may see what, and what can be done."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from analytics.model import FindingKind
from carer_portal import queries_plan, queries_things, wording
from carer_portal import wording_plan as words
from carer_portal.queries_plan import Plan
from carer_portal.queries_things import Things
from devices.model import Quantity
from hub.model import AlarmState, NotificationState, Role
from hub.store.schema import intent
from tests.carer_portal.drawn import drawn, said
from tests.carer_portal.home import MadeHome, as_role, home_toml

ROTA = 'layers = [{ who = "tom", days = ["tue"], from = "08:00", to = "20:00" }, { who = "priya", default = true }]'


def plan_of(home: MadeHome, role: Role = Role.FAMILY) -> Plan:
    with home.writing() as connection:
        return queries_plan.plan(connection, as_role(connection, role, home.now))


def things_of(home: MadeHome, role: Role = Role.FAMILY) -> Things:
    with home.writing() as connection:
        return queries_things.things(connection, as_role(connection, role, home.now))


def test_who_helps_how_often_they_were_asked_and_who_is_on(home: MadeHome) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    home.told(number, "priya", NotificationState.DELIVERED, ago=60 * 7)
    page = said(drawn(home, "plan"))
    row = '<th scope="row">Priya</th><td>family</td><td>text, phone call</td><td>yes</td><td>1</td><td>1</td>'
    assert row in page
    assert "Between 22:00 and 07:00 a message wakes people" in page


def test_numbers_are_shown_only_where_contacts_are_shared(home: MadeHome) -> None:
    home.set_up()
    assert "+44" not in said(drawn(home, "plan"))
    home.set_up(home_toml('["name", "kind", "contacts"]').replace("= 3", "= 4"))
    assert "sms +447700900001" in said(drawn(home, "plan"))


def test_the_rota_is_a_calendar_of_the_next_days(home: MadeHome) -> None:
    home.set_up(home_toml().replace('layers = [{ who = "priya", default = true }]', ROTA))
    [(name, calendar)] = plan_of(home).rotas
    assert name == "family_on_call"
    assert len(calendar) == 7
    assert [(who, f"{at:%H:%M}") for who, at in calendar[0].turns] == [
        ("Priya", "00:00"),
        ("Tom", "08:00"),
        ("Priya", "20:00"),
    ]
    assert "Priya from 00:00, Tom from 08:00, Priya from 20:00" in said(drawn(home, "plan"))


def test_what_would_be_said_is_read_by_whom_it_is_meant_for(home: MadeHome) -> None:
    home.set_up()
    with home.writing() as connection:
        family = queries_plan.texts(as_role(connection, Role.FAMILY, home.now), FindingKind.FALL)
        neighbour = queries_plan.texts(as_role(connection, Role.NEIGHBOUR, home.now), FindingKind.FALL)
        resident = queries_plan.texts(as_role(connection, Role.RESIDENT, home.now), FindingKind.FALL)
    assert {one.who for one in family if one.text is not None} == {"Priya", "Tom"}
    assert {one.who for one in family if one.text is None} == {"Margaret", "Joan"}
    assert neighbour == (), "not without being told of kinds"
    assert all(one.text is not None for one in resident)
    page = drawn(home, "plan")
    page.selectbox(key="kind").set_value(FindingKind.FALL).run()
    assert "Margaret may have fallen (living room, 09:00)." in said(page)
    assert words.NOT_YOURS in said(page)


def test_the_plan_is_rehearsed_and_nothing_is_sent(home: MadeHome) -> None:
    home.set_up()
    page = drawn(home, "plan")
    page.selectbox(key="kind").set_value(FindingKind.PANIC).run()
    page.selectbox(key="who").set_value("priya")
    page.button[0].click().run()
    told = said(page)
    assert "Priya is told by text" in told
    assert "Priya says that they are going" in told
    assert "The alarm: Somebody is going" in told
    with home.writing() as connection:
        assert connection.execute(select(intent)).all() == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FACILITATOR])
def test_who_does_not_help_is_told_nothing_of_who_does(home: MadeHome, role: Role) -> None:
    home.set_up()
    assert plan_of(home, role) == Plan(helpers=None, rotas=(), kinds=())


def test_a_neighbour_sees_who_helps(home: MadeHome) -> None:
    home.set_up()
    page = said(drawn(home, "plan", "joan"))
    assert "Priya" in page
    assert words.TEXTS not in page
    home.set_up(home_toml().replace("= 3", "= 4").replace('["first_name", "kind_plain"]', "[]"))
    assert words.NOT_SHARED in said(drawn(home, "plan", "joan"))


def test_each_room_has_its_devices_and_what_they_say(home: MadeHome) -> None:
    home.all_is_well()
    page = said(drawn(home, "home"))
    assert "<caption>Kitchen</caption>" in page
    assert '<th scope="row">Kitchen motion sensor</th><td>1 minute ago (08:59)</td>' in page
    assert "movement" in page
    assert words.GAP.format(room="hall") in page
    assert "<code>alongside devices add</code>" in page


def test_who_mends_things_sees_where_they_are_and_not_what_they_notice(home: MadeHome) -> None:
    home.all_is_well()
    home.fault("The kitchen sensor's battery is flat.", owner="olu", due_in=timedelta(days=2))
    found = things_of(home, Role.OPERATOR)
    assert {one.room for one in found.things} == {"hall", "kitchen", "bedroom", None}
    assert {one.state for one in found.things} == {None}
    assert found.mends
    page = said(drawn(home, "home", "olu"))
    assert "battery is flat. Olu is looking after it." in page
    assert "To be mended by Thursday 26 November at 09:00." in page
    assert "movement" not in page.replace("notices movement", "")


def test_without_rooms_nothing_tells_where(home: MadeHome) -> None:
    home.all_is_well()
    home.fault("The kitchen sensor's battery is flat.")
    home.set_up(home_toml('["name", "kind", "time"]').replace("= 3", "= 4"))
    found = things_of(home)
    assert {one.room for one in found.things} == {None}
    assert found.gaps is None
    assert "itchen" not in repr(found)


def test_a_fault_is_closed_with_what_was_done(home: MadeHome) -> None:
    home.all_is_well()
    home.fault("The kitchen sensor's battery is flat.")
    page = drawn(home, "home")
    page.button[0].click().run()
    assert words.NO_WORDS in said(page)
    page.text_input(key="how-1").set_value("A new battery")
    page.button[0].click().run()
    assert wording.WAITING in said(page)
    with home.writing() as connection:
        [row] = connection.execute(select(intent)).all()
    assert (row.kind, row.payload) == ("close_fault", {"fault_id": 1, "outcome": "A new battery"})


def test_an_empty_home_says_so(home: MadeHome) -> None:
    without, _, _ = home_toml().partition("[devices.front_door]")
    home.set_up(without)
    page = said(drawn(home, "home"))
    assert words.NO_DEVICES in page
    assert words.NO_GAPS in page
    assert words.NO_FAULTS in page


def test_a_state_is_not_told_without_time(home: MadeHome) -> None:
    home.all_is_well()
    home.reads("front_door", Quantity.OPEN, 1, ago=1)
    home.set_up(home_toml('["name", "kind", "room"]').replace("= 3", "= 4"))
    assert {one.state for one in things_of(home).things} == {None}
