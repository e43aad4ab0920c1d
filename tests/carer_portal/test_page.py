"""The page itself, run by Streamlit's own test harness on a real database: what is drawn, and what a button asks."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from analytics.model import FindingKind
from carer_portal import wording
from hub.clock import StoryClock
from hub.intents import REFUSED, Verdict
from hub.model import AlarmState, NotificationState, Role
from hub.store.schema import intent, to_us
from tests.carer_portal.home import MadeHome, home_toml

STANDING_STILL = 1e-9
"""How fast the story's clock runs: a page is drawn at one moment."""

Opens = Callable[..., AppTest]


def script(db: str, anchor: str, token: str) -> None:
    """What `app.py` does, on a clock of the test's own."""
    from pathlib import Path  # noqa: PLC0415 -- Streamlit runs this function's text as a script of its own

    from carer_portal.page import Portal, draw  # noqa: PLC0415
    from hub.clock import StoryClock  # noqa: PLC0415

    draw(Portal(db=Path(db), clock=StoryClock(Path(anchor))), token)


@pytest.fixture
def opened(home: MadeHome, tmp_path: Path) -> Opens:
    """Opens the page as somebody."""
    anchor = tmp_path / "clock.json"

    def open_as(viewer: str, db: Path = home.path) -> AppTest:
        StoryClock(anchor).set(home.now, STANDING_STILL)
        given = {"db": str(db), "anchor": str(anchor), "token": home.signed_in(viewer)}
        return AppTest.from_function(script, kwargs=given, default_timeout=30).run()

    return open_as


def html(page: AppTest) -> str:
    """All that the page says in its own HTML; nothing may have gone wrong on the way."""
    assert not page.exception
    elements: list[Any] = list(page.get("html"))
    return "\n".join(element.proto.body for element in elements)


def asked(home: MadeHome) -> list[tuple[str, dict[str, object], str]]:
    with home.writing() as connection:
        return [(row.kind, row.payload, row.by) for row in connection.execute(select(intent).order_by(intent.c.id))]


def labels_of(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def test_a_quiet_day_is_calm(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    page = opened("priya")
    said = html(page)
    assert 'class="al-hero al-is-well"' in said
    assert "al-shape-well" in said
    assert wording.STATUS_WORDS["well"] in said
    assert "Margaret was last seen moving in the kitchen 3 minutes ago (08:57)." in said
    assert wording.NO_BLIND in said
    assert wording.NO_PAST in said
    assert "You see what Priya (family) may see; that you looked is written down for the resident." in said
    assert labels_of(page) == []


def test_an_open_alarm_comes_first_with_what_can_be_done_and_who_knows(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    home.told(number, "tom", NotificationState.FAILED, ago=2)
    home.answered(number, "tom", "cannot", ago=1)
    home.answered(number, "joan", "sang", ago=1)
    page = opened("priya")
    said = html(page)
    assert said.index("al-is-alarm") < said.index("Possible fall") < said.index(wording.WHY_TITLES["alarm"])
    for words in (
        "Because of fall.",
        "Began 4 minutes ago (08:56)",
        "If nobody answers, the next people are told in 1 minute.",
        "Tom told by text: did not get through (08:58)",
        "Tom cannot go (08:59)",
        "Joan answered (08:59)",
    ):
        assert words in said
    assert labels_of(page) == [wording.GOING, wording.CANNOT, wording.CLOSE]


def test_nobody_told_yet_is_said(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, AlarmState.CHECKIN)
    said = html(opened("priya"))
    assert "Margaret is being asked first" in said
    assert "If there is no answer, people are told in 1 minute." in said
    assert wording.NOBODY_TOLD in said


def test_going_asks_the_hub_and_waits_for_its_answer(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    page = opened("priya")
    page.button(key=f"going-{number}").click().run()
    assert asked(home) == [("acknowledge", {"alarm_id": number, "said": "going"}, "priya")]
    assert wording.WAITING in html(page)
    assert [button.disabled for button in page.button][:2] == [True, True]


def test_an_answer_that_does_not_come_is_not_passed_over(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    given = {"alarm_id": number, "said": "going"}
    home.put(intent, kind="acknowledge", payload=given, by="priya", at=to_us(home.ago(1)))
    assert wording.HUB_SLOW in html(opened("priya"))


@pytest.mark.parametrize(
    ("result", "words"),
    [("You are going.", "You are going."), (f"{REFUSED}there is no alarm 9.", "There is no alarm 9.")],
)
def test_the_hub_s_answer_is_shown(home: MadeHome, opened: Opens, result: str, words: str) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    given = {"kind": "acknowledge", "payload": {"alarm_id": number, "said": "going"}, "by": "priya"}
    home.put(intent, **given, at=to_us(home.ago(0.1)), done_at=to_us(home.now), result=result)
    page = opened("priya")
    assert f">{words}<" in html(page)
    assert not page.button(key=f"going-{number}").disabled


def test_whoever_is_going_can_say_that_they_are_there(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, AlarmState.ACKNOWLEDGED, owner="priya")
    page = opened("priya")
    assert "Priya is going" in html(page)
    assert labels_of(page) == [wording.ARRIVED, wording.CANNOT, wording.CLOSE]
    assert labels_of(opened("tom")) == [wording.GOING, wording.CANNOT, wording.CLOSE]


def test_while_somebody_is_there_only_closing_is_left(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, AlarmState.ATTENDING, owner="priya")
    page = opened("tom")
    assert "Priya is there" in html(page)
    assert labels_of(page) == [wording.CLOSE]


def test_closing_says_how_it_ended(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.alarm(FindingKind.FALL, AlarmState.ATTENDING, owner="priya")
    page = opened("priya")
    page.radio(key=f"outcome-{number}").set_value(wording.OUTCOMES[1]).run()
    page.text_input(key=f"more-{number}").set_value("Sat by the bed").run()
    page.button(key=f"close-{number}").click().run()
    outcome = f"{wording.OUTCOMES[1]}. Sat by the bed"
    assert asked(home) == [("close", {"alarm_id": number, "outcome": outcome}, "priya")]


def test_a_past_alarm_is_labelled_with_its_why(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.closed(FindingKind.INACTIVITY, ago=60)
    page = opened("priya")
    page.radio(key=f"verdict-{number}").set_value(Verdict.WRONG)
    page.text_area(key=f"because-{number}").set_value("The snooker")
    page.button[0].click().run()
    given = {"alarm_id": number, "verdict": "wrong", "because": "The snooker"}
    assert asked(home) == [("label", given, "priya")]
    assert wording.WAITING in html(page)
    with home.writing() as connection:
        connection.execute(intent.update().values(done_at=to_us(home.now), result="Thank you."))
    assert ">Thank you.<" in html(page.run())


def test_a_label_without_a_verdict_asks_for_one_and_nothing_else(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    home.closed(FindingKind.INACTIVITY, ago=60)
    page = opened("priya")
    page.button[0].click().run()
    assert wording.CHOOSE_ONE in html(page)
    assert asked(home) == []


def test_what_was_said_of_a_past_alarm_is_shown(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    number = home.closed(FindingKind.INACTIVITY, ago=60)
    home.closed(FindingKind.FALL, ago=90, state=AlarmState.CANCELLED, outcome=None)
    home.labelled(number, "tom", Verdict.WRONG, "the snooker")
    home.labelled(number, "priya", Verdict.NOT_NOW, "")
    said = html(opened("priya"))
    for words in (
        "Closed, 08:00",
        "Because of inactivity.",
        "All was well.",
        "Tom: It was wrong: “the snooker”",
        ">Priya: Not now<",
        "Margaret said all is fine, 07:30",
    ):
        assert words in said


def test_a_clinician_who_may_not_know_times_is_shown_none(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    home.closed(FindingKind.FALL, ago=90)
    said = html(opened("nurses"))
    assert "Possible fall" in said
    assert ">Closed<" in said
    assert "Began" not in said
    assert "Because of fall." not in said


def test_somebody_with_whom_nothing_is_shared_sees_the_equipment_and_can_do_nothing(
    home: MadeHome, opened: Opens
) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    home.alarm(FindingKind.FAULT, AlarmState.ESCALATING)
    page = opened("olu")
    said = html(page)
    assert wording.NOT_SHARED_WORD in said
    assert "The resident" in said
    assert "Margaret" not in said
    assert "Possible fall" not in said
    assert "Something is broken" in said
    assert wording.PAST_TITLE not in said
    assert labels_of(page) == []


def test_a_facilitator_with_whom_kinds_are_shared_reads_what_was_and_labels_nothing(
    home: MadeHome, opened: Opens
) -> None:
    home.all_is_well()
    home.set_up(home_toml().replace("revision = 3", 'revision = 4\nfacilitator = ["kind"]'))
    home.closed(FindingKind.FALL, ago=90)
    page = opened("fay")
    assert "Possible fall" in html(page)
    assert labels_of(page) == []


def test_words_from_outside_cannot_become_part_of_the_page(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    attack = "<img src=x onerror=alert(1)>"
    number = home.closed(FindingKind.FALL, ago=60, because=attack, outcome=attack)
    home.labelled(number, "tom", Verdict.WRONG, attack)
    home.alarm(FindingKind.FALL, AlarmState.ESCALATING, because=attack)
    said = html(opened("priya"))
    assert "<img" not in said
    assert said.count("&lt;img src=x onerror=alert(1)&gt;") == 4


def test_before_the_hub_ever_ran_the_page_says_what_to_do(opened: Opens, tmp_path: Path) -> None:
    said = html(opened("priya", tmp_path / "none.sqlite3"))
    assert wording.NO_DATABASE in said
    assert "<code>alongside hub</code>" in said


def test_a_file_that_is_no_home_s_database_says_the_same(opened: Opens, tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()
    assert wording.NO_DATABASE in html(opened("priya", path))


def test_before_a_household_is_set_up_the_page_says_what_to_do(opened: Opens) -> None:
    said = html(opened("priya"))
    assert wording.NO_HOUSEHOLD in said
    assert "<code>alongside home apply home.toml</code>" in said


def test_whoever_has_left_the_household_sees_nothing_of_it(home: MadeHome, opened: Opens) -> None:
    home.all_is_well()
    said = html(opened("zoe"))
    assert wording.NOT_A_MEMBER in said
    assert "Margaret" not in said


@pytest.mark.parametrize("token", [None, "", "forged", 7])
def test_without_a_session_there_is_nothing_but_the_way_to_sign_in(
    home: MadeHome, tmp_path: Path, token: object
) -> None:
    home.all_is_well()
    anchor = tmp_path / "clock.json"
    StoryClock(anchor).set(home.now, STANDING_STILL)
    given = {"db": str(home.path), "anchor": str(anchor), "token": token}
    said = html(AppTest.from_function(script, kwargs=given, default_timeout=30).run())
    assert wording.SIGNED_OUT in said
    assert 'href="/sign-in"' in said
    assert "Margaret" not in said


def test_whatever_goes_wrong_nobody_reads_a_traceback(
    home: MadeHome, opened: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    home.all_is_well()
    home.alarm(FindingKind.FALL, "never heard of")
    with caplog.at_level(logging.ERROR, "carer_portal.page"):
        said = html(opened("priya"))
    assert wording.BROKEN_WORD in said
    assert "Traceback" not in said
    assert "the page could not be drawn" in caplog.text


def test_app_py_takes_the_home_from_whoever_serves_it_and_knows_nobody_without_a_cookie(home: MadeHome) -> None:
    home.all_is_well()
    page = AppTest.from_file("../../carer_portal/app.py", default_timeout=30)
    page.secrets["alongside"] = {"db": str(home.path)}
    assert wording.SIGNED_OUT in html(page.run())


def test_every_role_and_kind_of_request_has_its_words() -> None:
    assert set(wording.ROLES) == set(Role)
    assert set(wording.VERDICTS) == set(Verdict)
    assert set(wording.ALARM_STATES) == set(AlarmState)
    assert set(wording.ALARM_TITLES) == set(FindingKind)
    assert set(wording.DELIVERY) == set(NotificationState)
