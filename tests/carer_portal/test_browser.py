"""The main journeys in a real browser, one after another in one home: who does what, and what the others see of it."""

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import update

from analytics.model import FindingKind
from carer_portal import wording, wording_days, wording_resident
from carer_portal import wording_access as access
from carer_portal.signin import accounts, passwords
from hub import ack_links
from hub.clock import SystemClock
from hub.model import AlarmState, NotificationState
from hub.store.schema import notification
from tests.carer_portal.browsing import LINK_KEY, PATIENCE_MS, Portal, visiting
from tests.carer_portal.home import MadeHome
from tests.carer_portal.hub_part import hub_works

PASSWORD = "apple kettle window"  # noqa: S105 -- nobody's
REFERENCE = "K3F9Q"


def test_the_journeys_of_carers_a_clinician_and_the_resident(home: MadeHome, tmp_path: Path) -> None:
    home.all_is_well()
    home.beats(ago=-60)  # on a busy machine this takes longer than a hub may be silent
    with home.writing() as connection:
        accounts.save(connection, "priya", passwords.hashed(PASSWORD), SystemClock().now())
    with visiting(home, tmp_path) as portal:
        priya = portal.window()
        signs_in_after_guessing_wrong(portal, priya)
        tom = portal.window("tom")
        tom.goto(portal.at("/"))
        one_carer_takes_an_alarm_and_the_other_is_told(portal, priya, tom)
        somebody_answers_by_the_link(portal)
        margaret = portal.window("margaret")
        the_resident_pauses_and_resumes(portal, margaret, priya)
        the_clinician_reads_the_handover(portal)
        consent_withdrawn_here_is_gone_there(portal, margaret, priya)


def hub_answers(portal: Portal, page: Page) -> None:
    """Wait until the page has asked for something, and let the hub do it."""
    clock = SystemClock()
    give_up_s = clock.boot_s() + PATIENCE_MS / 1000
    while not hub_works(portal.home):
        assert clock.boot_s() < give_up_s, "nothing was asked for"
        page.wait_for_timeout(20)


def signs_in_after_guessing_wrong(portal: Portal, page: Page) -> None:
    page.goto(portal.at("/"))
    for password in ("guess", PASSWORD):
        page.get_by_label(access.NAME).fill("priya")
        page.get_by_label(access.PASSWORD).fill(password)
        page.keyboard.press("Enter")
        if password == "guess":  # noqa: S105 -- nobody's
            expect(page.get_by_role("alert")).to_have_text(access.WRONG)
    expect(page.get_by_text(wording.STATUS_WORDS["well"], exact=True)).to_be_visible()


def one_carer_takes_an_alarm_and_the_other_is_told(portal: Portal, priya: Page, tom: Page) -> None:
    number = portal.home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
    expect(priya.get_by_role("heading", name="Possible fall")).to_be_visible()
    expect(priya.get_by_role("status").first).to_contain_text("Margaret may need help.")
    priya.get_by_role("button", name=wording.GOING).click()
    expect(priya.get_by_text(wording.WAITING)).to_be_visible()
    hub_answers(portal, priya)
    with portal.home.writing() as connection:
        portal.home.change(connection, number, state=AlarmState.ACKNOWLEDGED, owner="priya")
    for page in (priya, tom):
        expect(page.get_by_text("Margaret may need help. Priya is going.")).to_be_visible()
    expect(priya.get_by_role("button", name=wording.ARRIVED)).to_be_enabled()
    expect(tom.get_by_role("button", name=wording.GOING)).to_be_enabled()


def somebody_answers_by_the_link(portal: Portal) -> None:
    portal.home.told(1, "tom", NotificationState.DELIVERED, ago=2)
    with portal.home.writing() as connection:
        connection.execute(update(notification).values(reference=REFERENCE, text="Margaret may have fallen."))
    page = portal.window()
    page.goto(portal.at(ack_links.PATH + ack_links.token(LINK_KEY.encode(), "hh-7", REFERENCE)))
    expect(page.get_by_text("Margaret may have fallen.")).to_be_visible()
    page.get_by_role("button", name=wording.GOING).click()
    hub_answers(portal, page)
    page.goto(page.url)  # a busy machine may have taken longer than the page waits
    expect(page.get_by_role("heading", name="It is done.")).to_be_visible()
    with portal.home.writing() as connection:
        closed = {"state": AlarmState.RESOLVED, "closed_at": 1, "next_at": None, "next_reason": None}
        portal.home.change(connection, 1, **closed)


def the_resident_pauses_and_resumes(portal: Portal, margaret: Page, priya: Page) -> None:
    margaret.goto(portal.at("/me"))
    margaret.keyboard.press("Tab")  # by the keyboard alone: the first thing is that all is well
    expect(margaret.get_by_role("button", name=wording_resident.FINE)).to_be_focused()
    margaret.get_by_role("button", name=wording_resident.LENGTHS["until_i_say"]).focus()
    margaret.keyboard.press("Enter")
    hub_answers(portal, margaret)
    margaret.goto(portal.at("/me"))
    expect(margaret.get_by_text("The sensors rest until you say. The call button still works.")).to_be_visible()
    expect(priya.get_by_text("Margaret lets the sensors rest, so we cannot tell how things are.")).to_be_visible()
    margaret.get_by_role("button", name=wording_resident.RESUME).click()
    hub_answers(portal, margaret)
    expect(priya.get_by_text(wording.STATUS_WORDS["well"], exact=True)).to_be_visible()


def the_clinician_reads_the_handover(portal: Portal) -> None:
    page = portal.window("nurses")
    page.goto(portal.at("/handover"))
    expect(page.get_by_role("heading", name="Margaret Hill")).to_be_visible()
    expect(page.get_by_text(wording_days.NOT_A_DEVICE)).to_be_visible()


def consent_withdrawn_here_is_gone_there(portal: Portal, margaret: Page, priya: Page) -> None:
    expect(priya.get_by_text("Margaret was last seen moving")).to_be_visible()
    margaret.goto(portal.at("/me/sharing"))
    margaret.get_by_role("link", name=wording_resident.STOP_SHARING).click()
    margaret.get_by_role("button", name=wording_resident.STOP_SURE).click()
    hub_answers(portal, margaret)
    expect(priya.get_by_text("Nothing about how the resident is has been shared with you.")).to_be_visible()
    expect(priya.get_by_text("Margaret")).to_have_count(0)
