"""The link in a text: GET shows and POST acts, once, for a while, and it tells nothing that the text did not."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from analytics.model import FindingKind
from carer_portal import views_log, wording
from carer_portal import wording_access as words
from hub import ack_links
from hub.clock import StoryClock
from hub.model import AlarmState, NotificationState
from hub.secrets import variable
from hub.store.schema import intent, notification
from tests.carer_portal.doors import SITE, Doors
from tests.carer_portal.home import home_toml
from tests.carer_portal.hub_part import hub_works

REFERENCE = "K3F9Q"
TEXT = "Margaret may have fallen (kitchen, 08:56). Reply 1 going, 2 cannot, 3 safe, code 42. Ref K3F9Q"


@pytest.fixture
def link(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> str:
    """The link in a text that Priya has had about a fall."""
    monkeypatch.setenv(variable(ack_links.SECRET), "a long text that nobody knows")
    number = doors.home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    doors.home.told(number, "priya", NotificationState.DELIVERED, ago=3)
    made = ack_links.link(SITE, "hh-7", REFERENCE)
    assert made is not None
    with doors.home.writing() as connection:
        connection.execute(update(notification).values(reference=REFERENCE, text=f"{TEXT} {made}"))
    return made.removeprefix(SITE)


def asked(doors: Doors) -> list[tuple[str, object, str]]:
    with doors.home.writing() as connection:
        return [(row.kind, row.payload, row.by) for row in connection.execute(select(intent))]


def test_it_shows_what_the_text_said_and_nothing_else_and_looking_does_nothing(doors: Doors, link: str) -> None:
    for _ in range(2):  # who previews a link opens it, too
        said = doors.browser().reads(link)
        assert TEXT in said
        assert "http" not in said.partition("<main>")[2]
        assert "Because of fall" not in said
    assert asked(doors) == []
    with doors.home.writing() as connection:
        [looked] = views_log.since(connection, doors.home.ago(60), 9)
    assert (looked.person, looked.page, looked.subject) == ("priya", "link", "1")


def test_an_answer_counts_once(doors: Doors, link: str) -> None:
    browser = doors.browser()
    answer = browser.post(link, {"said": "going"})
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert wording.WAITING in browser.reads(link)
    assert asked(doors) == [("acknowledge", {"alarm_id": 1, "said": "going"}, "priya")]
    hub_works(doors.home)
    assert "It is done." in browser.reads(link)
    assert "It is done." in browser.post(link, {"said": "cannot"}).text
    assert len(asked(doors)) == 1


def test_long_after_its_answer_it_says_that_it_is_used(doors: Doors, link: str) -> None:
    doors.browser().post(link, {"said": "going"})
    doors.house.home_clock.set(doors.home.now + timedelta(hours=1), 1e-9)  # type: ignore[union-attr]
    assert words.LINK_USED in doors.browser().reads(link)


@pytest.mark.parametrize("hours", [12.1, 24 * 365])
def test_it_is_worth_nothing_after_a_while(doors: Doors, link: str, hours: float) -> None:
    clock = doors.house.home_clock
    assert isinstance(clock, StoryClock)
    clock.set(doors.home.now + timedelta(hours=hours), 1e-9)
    answer = doors.browser().post(link, {"said": "going"})
    assert answer.status_code == 404
    assert asked(doors) == []


def test_when_the_alarm_is_over_it_says_so_and_does_nothing(doors: Doors, link: str) -> None:
    with doors.home.writing() as connection:
        doors.home.change(connection, 1, state=AlarmState.RESOLVED, closed_at=1, next_at=None, next_reason=None)
    assert words.LINK_OVER in doors.browser().reads(link)
    assert words.LINK_OVER in doors.browser().post(link, {"said": "going"}).text
    assert asked(doors) == []


def test_no_other_link_is_worth_anything(doors: Doors, link: str) -> None:
    forged = [link[:-1] + ("a" if link[-1] != "a" else "b"), link.replace(REFERENCE, "K3F9R"), "/a/x", f"{link}x"]
    sealed = ack_links.token(b"another key", "hh-7", REFERENCE)
    elsewhere = ack_links.token(b"a long text that nobody knows", "another home", REFERENCE)
    unsent = ack_links.token(b"a long text that nobody knows", "hh-7", "QQQQQ")
    for path in (*forged, f"/a/{sealed}", f"/a/{elsewhere}", f"/a/{unsent}"):
        assert doors.browser().get(path).status_code == 404
        assert doors.browser().post(path, {"said": "going"}).status_code == 404
    assert asked(doors) == []


@pytest.mark.parametrize("fields", [{}, {"said": "arrived"}, {"said": "dance"}])
def test_only_what_is_offered_can_be_answered(doors: Doors, link: str, fields: dict[str, str]) -> None:
    assert TEXT in doors.browser().post(link, fields).text
    assert asked(doors) == []


def test_another_site_cannot_answer_by_it(doors: Doors, link: str) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert doors.browser().post(link, {"said": "going"}, headers).status_code == 403
    assert asked(doors) == []


def test_whoever_has_left_the_household_answers_no_more(doors: Doors, link: str) -> None:
    doors.home.set_up(home_toml().replace("[people.priya]", "[people.pia]").replace('who = "priya"', 'who = "pia"'))
    assert doors.browser().get(link).status_code == 404


def test_without_a_key_there_are_no_links(doors: Doors, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(variable(ack_links.SECRET))
    assert doors.browser().get(link).status_code == 404
    assert ack_links.link(SITE, "hh-7", REFERENCE) is None
    assert ack_links.link(None, "hh-7", REFERENCE) is None
