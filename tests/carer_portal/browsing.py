"""A real browser at a running portal, with windows in which somebody is signed in already."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from carer_portal.plain.calls import COOKIE
from carer_portal.serve import SCRIPT
from hub import ack_links
from hub.clock import ENVIRONMENT, StoryClock
from hub.model import Role
from hub.secrets import variable
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
LINK_KEY = "a long text that nobody knows"
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
NOT_OURS = frozenset({"svg-img-alt"})
"""Rules that what draws the charts breaks whatever we tell it: see docs/portal.md."""

Theme = Literal["light", "dark"]
WINDOWS: tuple[tuple[int, Theme], ...] = ((360, "light"), (1280, "dark"))
"""A phone by day, a large screen by night."""

expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Portal:
    """The running portal, and a browser to visit it with."""

    home: MadeHome
    browser: Browser
    address: str
    strangers: list[str] = field(default_factory=list)

    def window(self, person: str | None = None) -> Page:
        """A window of its own, which may talk to nobody but the portal."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
        if person is not None:
            role = Role.RESIDENT if person == "margaret" else Role.FAMILY
            token = self.home.signed_in(person, role)
            context.add_cookies([{"name": COOKIE, "value": token, "url": self.address, "httpOnly": True}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", self._only_us)
        return page

    def _only_us(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.address):
            self.strangers.append(request.url)

    def at(self, path: str) -> str:
        """A page's address."""
        return f"{self.address.rstrip('/')}{path}"


@contextmanager
def visiting(home: MadeHome, folder: Path) -> Iterator[Portal]:
    """The portal of this home, served, and a browser."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing: install it with `apt-get install chromium`, or run `make test`")
    anchor = folder / "clock.json"
    StoryClock(anchor).set(home.now, NEARLY_STILL)
    environment = {ENVIRONMENT: str(anchor), variable(ack_links.SECRET): LINK_KEY}
    with portal(home.path, viewer=None, environment=environment) as (_process, _said, address), sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = Portal(home=home, browser=browser, address=address)
        yield made
        browser.close()
        assert made.strangers == [], "a page talks to somebody else"


def each_way(page: Page) -> Iterator[int]:
    """The same page as each kind of window shows it."""
    for width, theme in WINDOWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        yield width


def violations(page: Page) -> dict[str, list[str]]:
    """What axe-core finds against WCAG 2.2 A and AA: by rule, the elements."""
    page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, options)", WCAG)["violations"]
    return {one["id"]: [node["html"][:160] for node in one["nodes"]] for one in found if one["id"] not in NOT_OURS}


def look_at(page: Page, name: str) -> None:
    """Photograph the whole page; nothing of it may lie beyond its right edge."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    inner = ".stMain" if page.locator(".stMain").count() else "html"
    tall = int(page.evaluate(f"document.querySelector('{inner}').scrollHeight"))
    page.set_viewport_size({"width": width, "height": min(tall + 20, 6000)})
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
    assert page.evaluate(f"document.querySelector('{inner}').scrollWidth") <= width, f"{name} is wider than {width}"
    page.set_viewport_size({"width": width, "height": 900})
