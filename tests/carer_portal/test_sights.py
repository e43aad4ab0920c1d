"""Every page as it looks: on a phone in the light theme and on a large screen in the dark one, checked by axe-core.

Screenshots to look at are written to `build/screenshots/`, which git ignores.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert, update

from analytics.model import FindingKind
from carer_portal.schema import case, moment
from carer_portal.signin import invitations
from carer_portal.signin.invitations import Kind
from devices.model import LinkState, Quantity
from hub import ack_links
from hub.clock import SystemClock
from hub.intents import Verdict
from hub.model import AlarmState, NotificationState, Purpose
from hub.store.schema import notification, to_us
from tests.carer_portal.browsing import LINK_KEY, SCREENSHOTS, Portal, each_way, look_at, violations, visiting
from tests.carer_portal.home import MadeHome, home_toml
from tests.carer_portal.test_days import EVERYTHING, lived_in, summed
from tests.carer_portal.views import looked

pytestmark = pytest.mark.timeout(240)

REFERENCE = "K3F9Q"
STREAMLIT = ("alarms", "alarms?alarm=1", "days", "health", "plan", "home")
PLAIN = (
    *("/account", "/handover", "/letter"),
    *("/me", "/me/sharing", "/me/stop", "/me/looked", "/me/noticed", "/me/moment", "/me/data", "/me/paper"),
)


def nothing_yet(home: MadeHome) -> None:
    home.set_up(home_toml(EVERYTHING))
    home.beats()


def all_well(home: MadeHome) -> None:
    home.all_is_well(again=False)


def a_lost_radio(home: MadeHome) -> None:
    home.link("radio", LinkState.DOWN, ago=12)


def a_dead_hub(home: MadeHome) -> None:
    home.beats(ago=50)


def a_fall(home: MadeHome) -> None:
    home.beats()
    home.link("radio", LinkState.UP, ago=1)
    number = home.alarm(FindingKind.FALL, AlarmState.ACKNOWLEDGED, because="She fell in the kitchen.", owner="tom")
    home.told(number, "margaret", NotificationState.DELIVERED, ago=4, purpose=Purpose.CHECK_IN)
    home.told(number, "priya", NotificationState.DELIVERED, ago=3)
    home.told(number, "tom", NotificationState.FAILED, ago=2)
    past = home.closed(FindingKind.INACTIVITY, ago=1500, because="No movement was seen from 09:00 to 13:10.")
    home.labelled(past, "priya", Verdict.WRONG, "She was watching the snooker.")


DAY: tuple[tuple[str, Callable[[MadeHome], None], str], ...] = (
    ("nothing-yet", nothing_yet, ".al-is-cannot_tell"),
    ("well", all_well, ".al-is-well"),
    ("look", a_lost_radio, ".al-is-look"),
    ("cannot-tell", a_dead_hub, ".al-is-cannot_tell"),
    ("alarm", a_fall, ".al-is-alarm"),
)
"""What happens, and by what the page Today is known to show it."""
CHECKED = frozenset({"well", "alarm"})
"""The states in which all parts of the page are there once."""


def much_is_known(home: MadeHome) -> None:
    """What every other page shows."""
    lived_in(home, days=40)
    for hours_ago in range(2, 300, 24):
        summed(home, "strap", Quantity.HEART_RATE_BPM, hours_ago, 70 + hours_ago % 7, n=3)
    home.fault("The kitchen sensor's battery is flat.", owner="olu", due_in=timedelta(days=2))
    home.finding(1, {"inactivity.longest_silence_min": {"value": 240.0, "version": 0}})
    looked(home, "priya", "today", 20)
    said = {"alarm_id": 1, "words": "I was gardening", "by": "margaret", "owner": "fay"}
    with home.writing() as connection:
        connection.execute(insert(case).values(opened_at=1, due_at=to_us(home.now + timedelta(days=9)), **said))
        connection.execute(insert(moment).values(words="It rang at tea.", by="margaret", at=to_us(home.ago(90))))
        connection.execute(update(notification).values(reference=REFERENCE, text="Margaret may have fallen."))


Found = dict[str, dict[str, list[str]]]


def test_every_page_on_a_phone_and_on_a_large_screen(home: MadeHome, tmp_path: Path) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    nothing_yet(home)
    with visiting(home, tmp_path) as portal:
        window = portal.window("priya")
        window.goto(portal.at("/"))
        found = today(portal, window)
        much_is_known(home)
        found |= streamlit_pages(portal, window)
        found |= plain_pages(portal)
    assert {page: rules for page, rules in found.items() if rules} == {}


def today(portal: Portal, window: Page) -> Found:
    """A day, state by state, as the page follows it by itself."""
    found = {}
    for name, happens, shown in DAY:
        happens(portal.home)
        portal.home.stirs()
        expect(window.locator(shown)).to_be_visible()
        for width in each_way(window):
            look_at(window, f"today-{name}")
            found[f"today {name} {width}"] = violations(window) if name in CHECKED else {}
    return found


def streamlit_pages(portal: Portal, window: Page) -> Found:
    """Each page of the menu, and one alarm's story."""
    found = {}
    for path in STREAMLIT:
        window.goto(portal.at(f"/{path}"))
        expect(window.locator(".al-foot")).to_be_visible()
        name = path.replace("?alarm=1", "-story")
        if name in ("days", "alarms-story"):
            expect(window.locator("svg.marks, canvas").first).to_be_visible()
        for width in each_way(window):
            look_at(window, name)
            found[f"{name} {width}"] = violations(window)
    return found


def plain_pages(portal: Portal) -> Found:
    """Each page without script; on the phone also where the screen is very narrow."""
    found = {}
    with portal.home.writing() as connection:
        token = invitations.make(connection, "tom", Kind.JOIN, "a test", SystemClock().now())
    link = ack_links.PATH + ack_links.token(LINK_KEY.encode(), "hh-7", REFERENCE)
    stranger, margaret = portal.window(), portal.window("margaret")
    visits = [(stranger, path, path.split("/")[1]) for path in ("/sign-in", f"/join/{token}", link)]
    visits += [(margaret, path, path.strip("/").replace("/", "-")) for path in PLAIN]
    for window, path, name in visits:
        window.goto(portal.at(path))
        for width in each_way(window):
            look_at(window, f"plain-{name}")
            found[f"{path} {width}"] = violations(window)
        window.set_viewport_size({"width": 320, "height": 900})
        assert window.evaluate("document.documentElement.scrollWidth") <= 320, path
    return found
