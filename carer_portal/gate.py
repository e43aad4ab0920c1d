"""Stands before everything: lets in only who is signed in, and takes no form from another site."""

from collections.abc import Iterable, MutableMapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from carer_portal import wording_access as wording
from carer_portal.plain import render
from carer_portal.plain.calls import COOKIE, SESSION, House
from carer_portal.signin import sessions
from carer_portal.signin.sessions import Session
from hub.store.errors import StoreError

PUBLIC: Final = ("/sign-in", "/join/", "/enter/", "/a/", "/portal/plain.css", "/portal/icon.svg", "/_stcore/health")
"""What is open to everybody. Each of these shows nothing about a person, or only to the holder of a secret."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FRAMED_BY: Final = (b"content-security-policy", b"frame-ancestors 'none'")
PLAIN_HEADERS: Final = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"))


class Gate:
    """An ASGI application around the portal's."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it pass, or answer in the portal's place."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if _from_elsewhere(scope, connection):
            answer: Response = render.message(wording.NOT_HERE, wording.CROSS_SITE, HTTPStatus.FORBIDDEN)
        else:
            scope[SESSION] = self._session(connection)
            if scope[SESSION] is not None or _is_public(scope["path"]):
                await self._app(scope, receive, _with_headers(send))
                return
            answer = _sign_in_first(scope, connection)
        await _refuse(scope, receive, send, answer)

    def _session(self, connection: HTTPConnection) -> Session | None:
        token = connection.cookies.get(COOKIE)
        if not token:
            return None
        try:
            with self._house.home.reading() as reading:
                return sessions.find(reading, token, self._house.clock.now())
        except StoreError:
            return None  # without the database nobody is known; the page to sign in says what is wrong


def _is_public(path: str) -> bool:
    return any(path == one.rstrip("/") or path.startswith(one) for one in PUBLIC)


def _from_elsewhere(scope: Scope, connection: HTTPConnection) -> bool:
    """Whether another site's page makes the browser do this. Browsers say so in either of two ways."""
    if scope["type"] == "http" and scope["method"] in SAFE:
        return False
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc != connection.headers.get("host")


def _sign_in_first(scope: Scope, connection: HTTPConnection) -> Response:
    wants_page = "text/html" in connection.headers.get("accept", "")
    if scope["type"] == "http" and scope["method"] in SAFE and wants_page:
        path = scope["path"] + (f"?{connection.url.query}" if connection.url.query else "")
        return render.see("/sign-in" if path == "/" else f"/sign-in?next={quote(path)}")
    return PlainTextResponse(wording.SIGN_IN, HTTPStatus.UNAUTHORIZED)


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add_missing(message)
        await send(message)

    return sending


def _add_missing(message: MutableMapping[str, Any]) -> None:
    present = _names(message["headers"])
    wanted = (FRAMED_BY, *PLAIN_HEADERS)
    message["headers"] = [*message["headers"], *(pair for pair in wanted if pair[0] not in present)]


def _names(headers: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    return {bytes(name).lower() for name, _value in headers}
