"""What a device is called, so that somebody knows which one is signed in. Nothing finer is kept of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from carer_portal import wording_access as wording

BROWSERS: Final[Mapping[str, str]] = MappingProxyType(
    {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
)
SYSTEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "iPhone": "an iPhone",
        "iPad": "an iPad",
        "Android": "Android",
        "Windows": "Windows",
        "Mac": "a Mac",
        "X11": "Linux",
    }
)


def called(user_agent: str) -> str:
    """The browser and the system, or less.

    >>> called("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36")
    'Chrome on Android'
    """
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), None)
    if browser is None or system is None:
        return browser or wording.SOME_BROWSER
    return wording.BROWSER_ON.format(browser=browser, system=system)
