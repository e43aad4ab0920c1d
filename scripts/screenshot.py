#!/usr/bin/env python
"""Plays the demo until somebody is on the way, and takes the README's picture of the portal."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import ViewportSize, async_playwright
from rich.console import Console

from alongside.demo import story
from alongside.demo.show import company
from alongside.demo.stage import ADDRESS, AS_IN_LIFE, scenery

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "portal-today.png"
CHROMIUM = "/usr/bin/chromium"
VIEW: ViewportSize = {"width": 900, "height": 1050}
SCENES = story.DAY[: story.DAY.index(story.A_FALL) + 1]
SHOWS = "going"
DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"]'


async def main() -> None:
    """Play, look, and put everything away."""
    with TemporaryDirectory() as folder:
        async with scenery(Path(folder), 0) as on, company(on, Console(stderr=True), hurried=True) as (player, _):
            await player.play(SCENES)
            on.clock.set_speed(AS_IN_LIFE)
            await photograph(ADDRESS.findall(on.portal)[0])


async def photograph(address: str) -> None:
    """Wait until the page shows it, and take its picture."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport=VIEW, device_scale_factor=1.5)
        await page.goto(address)
        await page.get_by_text(SHOWS).first.wait_for()
        await page.locator(DRAWN).wait_for()
        await page.screenshot(path=PICTURE)
        await browser.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
