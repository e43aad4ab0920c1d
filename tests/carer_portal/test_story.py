"""One alarm's whole story: in order, with what it rests on, as each role may know it."""

import pytest
from sqlalchemy import insert, select

from analytics.model import FindingKind
from carer_portal import queries_story, wording
from carer_portal import wording_alarm as words
from carer_portal.queries_story import Story
from devices.model import Quantity
from hub.intents import Verdict, request
from hub.model import AlarmState, Cause, NotificationState, Provenance, Role
from hub.store import settings
from hub.store.schema import intent, to_us, transition
from hub.store.settings import Choice
from tests.carer_portal.drawn import drawn, said
from tests.carer_portal.home import MadeHome, as_role, home_toml
from tests.carer_portal.hub_part import hub_works


@pytest.fixture
def fall(home: MadeHome) -> int:
    """A fall about which much has happened."""
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ACKNOWLEDGED, owner="priya", opened_at=to_us(home.ago(4)))
    decided(home, number, Cause.FINDING, ago=4)
    decided(home, number, Cause.CHECKIN_SILENCE, ago=3.5)
    home.told(number, "priya", NotificationState.DELIVERED, ago=3)
    home.answered(number, "priya", "going", ago=2)
    decided(home, number, Cause.GOING, ago=2, by="priya")
    with home.writing() as connection:
        chosen = Choice(
            key="inactivity.longest_silence_min",
            value=300.0,
            provenance=Provenance.RESIDENT,
            by="margaret",
            because="I read a lot",
        )
        settings.add(connection, chosen, home.ago(900))
    home.finding(
        number,
        {
            "inactivity.longest_silence_min": {"value": 300.0, "version": 1},
            "inactivity.day_from": {"value": "07:30", "version": 0},
        },
    )
    return number


def decided(home: MadeHome, number: int, cause: Cause, *, ago: float, by: str | None = None) -> None:
    with home.writing() as connection:
        row = {"alarm_id": number, "at": to_us(home.ago(ago)), "to_state": "x", "cause": cause, "by": by, "detail": ""}
        connection.execute(insert(transition).values(alarm_version=1, **row))


def told(home: MadeHome, number: int, role: Role = Role.FAMILY) -> Story | None:
    with home.writing() as connection:
        return queries_story.story(connection, as_role(connection, role, home.now), number)


def test_what_happened_is_told_in_order_with_the_reason_and_the_rules(home: MadeHome, fall: int) -> None:
    page = said(drawn(home, "alarms", alarm=str(fall)))
    in_order = [
        "It was noticed.",
        "Margaret did not answer, so people are told.",
        "Priya told by text: delivered",
        "Priya is going.",
    ]
    places = [page.index(line) for line in in_order]
    assert places == sorted(places)
    for line in (
        "Because of fall.",
        "Priya is going",
        "how long there may be no movement by day before we ask",
        "300 minutes",
        "chosen by the resident: I read a lot",
        "Noticed by: inactivity, version 1.",
        "as shipped",
        words.NO_LABELS,
    ):
        assert line in page


def test_its_evidence_is_a_chart_with_the_same_as_a_table(home: MadeHome, fall: int) -> None:
    home.reads("kitchen", Quantity.MOTION, 1, ago=20)
    home.reads("kitchen", Quantity.MOTION, 0, ago=19)
    page = drawn(home, "alarms", alarm=str(fall))
    [chart] = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert "kitchen" in str(chart.proto)
    assert '<th scope="row">08:00</th><td>kitchen</td><td>2</td>' in said(page)


def test_a_pulse_is_charted_for_whoever_may_know_the_numbers(home: MadeHome) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.ABNORMAL_PULSE, AlarmState.ESCALATING)
    seen = told(home, number)
    assert seen is not None
    assert [(one.what, one.value) for one in seen.measured] == [("Pulse", 72.0), ("Blood oxygen", 97.0)]
    home.set_up(home_toml('["name", "kind", "room", "time", "vitals_band"]').replace("= 3", "= 4"))
    seen = told(home, number)
    assert seen is not None
    assert seen.measured == ()
    assert seen.rules == ()
    assert seen.because == wording.PLAIN_BECAUSE[FindingKind.ABNORMAL_PULSE]


def test_a_neighbour_knows_who_is_told_and_nothing_more(home: MadeHome, fall: int) -> None:
    seen = told(home, fall, Role.NEIGHBOUR)
    assert seen is not None
    assert seen.listed.title == wording.PLAIN_PERSON
    assert (seen.because, seen.rules, seen.movement, seen.measured, seen.labels, seen.siblings) == (
        None,
        (),
        (),
        (),
        (),
        (),
    )
    assert seen.listed.opened_at is None
    assert len(seen.entries) == 5
    page = said(drawn(home, "alarms", "joan", alarm=str(fall)))
    assert "kitchen" not in page
    assert "fall" not in page.lower()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.FACILITATOR, Role.ARC])
def test_with_whom_nothing_is_shared_there_is_no_such_alarm(home: MadeHome, fall: int, role: Role) -> None:
    assert told(home, fall, role) is None
    with home.writing() as connection:
        assert queries_story.alarms(connection, as_role(connection, role, home.now)) == ()


def test_who_mends_things_reads_the_story_of_a_fault(home: MadeHome) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FAULT, AlarmState.ESCALATING, because="The battery is flat.")
    assert "The battery is flat." in said(drawn(home, "alarms", "olu", alarm=str(number)))


@pytest.mark.parametrize("wanted", ["99", "0", "x", "-1", "9999999999999999999", "1; drop table alarm"])
def test_a_number_that_is_no_alarm_s_is_answered_kindly(home: MadeHome, fall: int, wanted: str) -> None:
    assert fall
    assert words.NO_SUCH in said(drawn(home, "alarms", alarm=wanted))


def test_a_closed_alarm_is_gone_for_whoever_may_not_know_what_was(home: MadeHome) -> None:
    home.all_is_well()
    number = home.closed(FindingKind.FALL, ago=60)
    assert told(home, number, Role.NEIGHBOUR) is None
    with home.writing() as connection:
        assert queries_story.alarms(connection, as_role(connection, Role.NEIGHBOUR, home.now)) == ()


def test_all_of_them_are_listed_and_lead_to_their_stories(home: MadeHome, fall: int) -> None:
    past = home.closed(FindingKind.INACTIVITY, ago=3000)
    page = said(drawn(home, "alarms"))
    assert f'href="/alarms?alarm={fall}"' in page
    assert f'href="/alarms?alarm={past}"' in page
    assert "Possible fall</a>: Priya is going, 08:56" in page
    assert words.NO_ALARMS in said(drawn(quiet(home), "alarms"))


def quiet(home: MadeHome) -> MadeHome:
    with home.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_alarm_delete")
        for table in ("notification", "acknowledgement", "transition", "alarm_finding"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS guard_{table}_delete")
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 -- names of the line above
        connection.exec_driver_sql("DELETE FROM alarm")
    return home


def asked(home: MadeHome) -> list[tuple[str, object]]:
    with home.writing() as connection:
        return [(row.kind, row.payload) for row in connection.execute(select(intent).order_by(intent.c.id))]


def test_one_label_can_hold_for_the_whole_episode(home: MadeHome, fall: int) -> None:
    other = home.closed(FindingKind.FALL, ago=30)
    page = drawn(home, "alarms", alarm=str(fall))
    page.radio(key=f"verdict-{fall}").set_value(Verdict.WRONG)
    page.text_area(key=f"because-{fall}").set_value("the hoover")
    page.checkbox(key=f"same-{fall}").check()
    page.button[0].click().run()
    said_of_both = {"verdict": "wrong", "because": "the hoover"}
    assert asked(home) == [("label", {"alarm_id": one, **said_of_both}) for one in (fall, other)]


def test_it_is_contested_answered_and_both_are_read(home: MadeHome, fall: int) -> None:
    page = drawn(home, "alarms", alarm=str(fall))
    page.text_area(key=f"contested-{fall}").set_value("She was only kneeling")
    page.button[1].click().run()
    assert hub_works(home) == ["Thank you. Fay is to answer you by 08.12.2026."]
    assert "Thank you. Fay is to answer you" in said(drawn(home, "alarms", alarm=str(fall)))
    mine = drawn(home, "alarms", "fay")
    assert "Priya said: “She was only kneeling”" in said(mine)
    assert "fall" not in said(mine)
    mine.text_area(key="answer-1").set_value("We set it to two metres.")
    mine.button[-1].click().run()
    hub_works(home)
    assert "Fay said: “We set it to two metres.”" in said(drawn(home, "alarms", alarm=str(fall)))


def test_nothing_is_sent_without_words_or_a_choice(home: MadeHome, fall: int) -> None:
    page = drawn(home, "alarms", alarm=str(fall))
    page.button[0].click().run()
    assert wording.CHOOSE_ONE in said(page)
    page.button[1].click().run()
    assert words.NO_WORDS in said(page)
    assert asked(home) == []


def test_script_in_what_people_wrote_is_shown_as_text(home: MadeHome, fall: int) -> None:
    attack = "<script>alert(1)</script>"
    home.labelled(fall, "tom", Verdict.WRONG, attack)
    with home.writing() as connection:
        home.change(connection, fall, because=attack)
    page = said(drawn(home, "alarms", alarm=str(fall)))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 2


def test_every_cause_and_provenance_has_its_words() -> None:
    assert set(words.CAUSES) == set(Cause)
    assert set(words.PROVENANCES) == set(Provenance)


def test_whoever_may_not_know_her_name_does_not_learn_it_from_what_she_said(home: MadeHome, fall: int) -> None:
    assert fall
    with home.writing() as connection:
        request(connection, "contest", {"words": "I was kneeling", "alarm_id": fall}, "margaret", home.now)
    hub_works(home)
    page = said(drawn(home, "alarms", "fay"))
    assert "The resident said: “I was kneeling”" in page
    assert "Margaret" not in page
    assert "Margaret said: “I was kneeling”" in said(drawn(home, "alarms", alarm=str(fall)))
