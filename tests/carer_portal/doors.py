"""The portal's plain pages behind their gate, in this process, on a clock that a test moves."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from carer_portal.database import Database
from carer_portal.gate import Gate
from carer_portal.plain.calls import COOKIE, House
from carer_portal.plain.routes import routes
from carer_portal.signin import accounts, invitations, passwords, sessions
from carer_portal.signin.invitations import Kind
from hub.clock import StoryClock
from hub.model import Role
from tests.carer_portal.home import MadeHome
from tests.fakes import FakeClock

SITE = "http://127.0.0.1:8501"
PASSWORD = "apple kettle window"  # noqa: S105 -- nobody's
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NEARLY_STILL = 1e-9


async def behind(_request: Request) -> PlainTextResponse:
    """Stands for the Streamlit pages."""
    return PlainTextResponse("inside")


async def socket(websocket: WebSocket) -> None:
    """Stands for Streamlit's own."""
    await websocket.accept()
    await websocket.close()


class DoorClock(FakeClock):
    """Whoever waits waits no time at all."""

    async def sleep(self, seconds: float) -> None:
        self._boot_s += seconds


@dataclass(slots=True)
class Browser:
    """A browser: it keeps cookies and follows no redirect."""

    app: Starlette
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)

    def get(self, path: str, accept: str = "text/html", **query: str) -> httpx.Response:
        return asyncio.run(self._send("GET", path, headers={"Accept": accept}, params=query or None))

    def reads(self, path: str) -> str:
        """What a page says, as a person reads it."""
        return unescape(self.get(path).text)

    def post(
        self, path: str, fields: Mapping[str, str] | bytes, headers: Mapping[str, str] = SAME_SITE
    ) -> httpx.Response:
        body = {"content": fields} if isinstance(fields, bytes) else {"data": fields}
        return asyncio.run(self._send("POST", path, headers={"Accept": "text/html", **headers}, **body))

    def sends(self, path: str, on: str, **fields: str) -> httpx.Response:
        """Send a form that stands on a page of ours, which is read first."""
        return self.post(path, {"form": form_of(self.get(on).text), **fields})

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=SITE, cookies=self.cookies) as client:
            answer = await client.request(method, path, **request)
            self.cookies = client.cookies
        return answer

    def may_open_socket(self, **headers: str) -> bool:
        """Whether a web socket is let through to what is behind the gate."""
        said: list[str] = []

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            said.append(message["type"])

        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        pairs = {"host": "127.0.0.1:8501", "cookie": cookie, **headers}
        scope = {
            "type": "websocket",
            "path": "/socket",
            "raw_path": b"/socket",
            "query_string": b"",
            "headers": [(key.encode(), value.encode()) for key, value in pairs.items()],
        }
        asyncio.run(self.app(scope, receive, send))
        return said[0] == "websocket.accept"


@dataclass(slots=True)
class Doors:
    """Browsers at the portal of one home."""

    home: MadeHome
    house: House
    clock: DoorClock
    app: Starlette

    def browser(self, token: str | None = None) -> Browser:
        """A browser of its own, which may hold a session already."""
        browser = Browser(self.app)
        if token is not None:
            browser.cookies.set(COOKIE, token, domain="127.0.0.1")
        return browser

    def signed_in(self, person: str, role: Role = Role.FAMILY) -> Browser:
        """A browser in which somebody is signed in."""
        with self.home.writing() as connection:
            token = sessions.begin(connection, person, role, "Firefox on Linux", self.clock.now())
        return self.browser(token)

    def has_password(self, person: str, password: str = PASSWORD) -> None:
        with self.home.writing() as connection:
            accounts.save(connection, person, passwords.hashed(password), self.clock.now())

    def invited(self, person: str, kind: Kind = Kind.JOIN) -> str:
        with self.home.writing() as connection:
            return invitations.make(connection, person, kind, "a test", self.clock.now())

    def pass_time(self, by: timedelta) -> None:
        self.clock.jump_wall(by)


def form_of(page: str) -> str:
    """The secret that a page's forms carry."""
    found = re.search(r'name="form" value="([0-9a-f]{64})"', page)
    assert found, page
    return found[1]


@contextmanager
def doors_of(home: MadeHome, folder: Path) -> Iterator[Doors]:
    """The portal's plain pages for this home."""
    home_clock = StoryClock(folder / "clock.json")
    home_clock.set(home.now, NEARLY_STILL)
    clock = DoorClock()
    house = House(home=Database(home.path), home_clock=home_clock, clock=clock, public_url=None)
    app = Starlette(
        routes=[*routes(house), Route("/", behind), Route("/days", behind), WebSocketRoute("/socket", socket)],
        middleware=[Middleware(Gate, house=house)],
    )
    yield Doors(home=home, house=house, clock=clock, app=app)
