"""The main journey in a real browser: the page tells of an alarm by itself, and a carer takes it.

Screenshots to look at are written to `build/screenshots/`, which git ignores.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Connection

from analytics.model import FindingKind
from carer_portal import wording
from carer_portal.serve import SCRIPT
from devices.model import LinkState
from hub.clock import ENVIRONMENT, StoryClock
from hub.intents import Acknowledge, Close, Resident, Verdict, carry_out, handler_table
from hub.model import AlarmState, NotificationState, Purpose
from tests.carer_portal.home import MadeHome
from tests.carer_portal.served import portal

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    *("--no-sandbox", "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-quic"),
]
SCREENSHOTS = SCRIPT.parent.parent / "build" / "screenshots"
NEARLY_STILL = 0.001
"""How fast the home's clock runs here: slow enough that what is said of times stays as it is."""
PATIENCE_MS = 30_000

Theme = Literal["light", "dark"]
WIDTHS = (360, 1280)
THEMES: tuple[Theme, ...] = ("light", "dark")

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: install it with `apt-get install chromium`, or run `make test`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def environment(home: MadeHome, tmp_path: Path) -> dict[str, str]:
    anchor = tmp_path / "clock.json"
    StoryClock(anchor).set(home.now, NEARLY_STILL)
    return {ENVIRONMENT: str(anchor)}


def opened(browser: Browser, address: str, width: int = 1280, theme: Theme = "light") -> Page:
    """The page in a window of its own, which may talk to nobody but the portal."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    page.set_default_timeout(PATIENCE_MS)
    strangers: list[str] = []
    base = address.partition("/enter/")[0]
    page.on("request", lambda request: None if base in request.url else strangers.append(request.url))
    page.goto(address)
    expect(page.locator(".al-hero, .al-empty")).to_be_visible(timeout=PATIENCE_MS)
    assert [url for url in strangers if url.startswith("http")] == []
    return page


def take(home: MadeHome, connection: Connection) -> list[str]:
    """The hub's part, as far as this journey needs it."""

    def acknowledge(_connection: Connection, payload: Acknowledge, by: str, _now: datetime) -> str:
        taken.append((payload.alarm_id, by))
        return "You are going. Thank you."

    def refuse(_connection: Connection, _payload: Close | Resident, _by: str, _now: datetime) -> str:
        raise NotImplementedError

    def labelled(_connection: Connection, _label_id: int, _now: datetime) -> None:
        raise NotImplementedError

    taken: list[tuple[int, str]] = []
    handlers = handler_table(acknowledge=acknowledge, close=refuse, resident=refuse, labelled=labelled)
    results = [one.result for one in carry_out(connection, handlers, home.now)]
    for alarm_id, by in taken:
        home.change(connection, alarm_id, state=AlarmState.ACKNOWLEDGED, owner=by)
    return results


def test_an_alarm_appears_by_itself_and_a_carer_takes_it(
    home: MadeHome, browser: Browser, environment: dict[str, str]
) -> None:
    home.all_is_well()
    with portal(home.path, environment=environment) as (_process, _said, address):
        page = opened(browser, address)
        expect(page.get_by_text(wording.STATUS_WORDS["well"], exact=True)).to_be_visible()
        home.alarm(FindingKind.FALL, AlarmState.ESCALATING)
        expect(page.get_by_role("heading", name="Possible fall")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("status").first).to_contain_text("Margaret may need help.")
        page.get_by_role("button", name=wording.GOING).click()
        expect(page.get_by_text(wording.WAITING)).to_be_visible()
        with home.writing() as connection:
            assert take(home, connection) == ["You are going. Thank you."]
        expect(page.get_by_text("You are going. Thank you.")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_text("Margaret may need help. Priya is going.")).to_be_visible()
        expect(page.get_by_role("button", name=wording.ARRIVED)).to_be_enabled()


def nothing_yet(home: MadeHome) -> None:
    home.set_up()
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
    because = "The bathroom radar saw a fall at 08:56, and Margaret did not answer when she was asked twice."
    number = home.alarm(FindingKind.FALL, AlarmState.ESCALATING, because=because)
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
"""What happens, and by what the page is known to show it."""


def test_it_looks_right_on_a_phone_and_on_a_large_screen_light_and_dark(
    home: MadeHome, browser: Browser, environment: dict[str, str]
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    nothing_yet(home)
    with portal(home.path, environment=environment) as (_process, _said, address):
        windows = {(width, theme): opened(browser, address, width, theme) for width in WIDTHS for theme in THEMES}
        for name, happens, shown in DAY:
            happens(home)
            home.stirs()
            for (width, theme), page in windows.items():
                expect(page.locator(shown)).to_be_visible(timeout=PATIENCE_MS)
                look_at(page, width, SCREENSHOTS / f"today-{name}-{width}-{theme}.png")
                assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == theme


def look_at(page: Page, width: int, path: Path) -> None:
    """Photograph the whole page; nothing of it may lie beyond its right edge."""
    tall = int(page.evaluate("document.querySelector('.stMain').scrollHeight"))
    page.set_viewport_size({"width": width, "height": tall + 20})
    page.screenshot(path=path)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    page.set_viewport_size({"width": width, "height": 900})
