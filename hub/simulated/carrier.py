"""A stand-in for Twilio's messages API on a loopback port: states, replies, lists, pages, and faults to order.

It speaks to the unmodified `twilio` client. Where the published OpenAPI document is at hand, a test holds its traffic
against it. What it cannot show is a real network of phones.
"""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devices.model import Clock
from hub.simulated import carrier_messages as messages
from hub.simulated.carrier_faults import FAULTS, Fault
from hub.simulated.carrier_messages import Direction, Fate, RefusedError, Stored

ACCOUNT_SID = "AC" + "0" * 32
TOKEN = "t" * 32
NUMBER = "+15005550006"
_API = "/2010-04-01/Accounts/{account}/Messages"
_KEPT = 1000


class Exchange:
    """One request and its answer, as they went over the wire."""

    def __init__(self, request: Request, form: Sequence[tuple[str, str]], status: int, body: str) -> None:
        self.method = request.method
        self.path = request.url.path
        self.query = list(request.query_params.multi_items())
        self.form = list(form)
        self.status = status
        self.body = body


class Carrier:
    """One account with one number. Messages travel in `transit`: sent after half of it, delivered after all of it."""

    def __init__(self, clock: Clock, transit: timedelta = timedelta(seconds=1)) -> None:
        self._clock = clock
        self._transit = transit
        self._faults: deque[Fault] = deque()
        self._released = asyncio.Event()
        self.messages: list[Stored] = []
        self.opted_out: set[str] = set()
        self.exchanges: deque[Exchange] = deque(maxlen=_KEPT)

    # What a test or a story does.

    def order(self, *faults: Fault) -> None:
        """Let the next texts that are sent meet these faults, one each."""
        self._faults.extend(faults)

    def text(self, sender: str, body: str) -> str:
        """Somebody sends a text to the hub's number; its number. STOP and START are the carrier's own."""
        word = body.strip(" .!\"'").upper()
        if word in messages.OPT_OUT:
            self.opted_out.add(sender)
        elif word in messages.OPT_IN:
            self.opted_out.discard(sender)
        return self._keep(sender, NUMBER, body, Direction.INBOUND).sid

    def sent_to(self, number: str) -> list[str]:
        """Every text to this number that was taken, in order."""
        return [one.body for one in self.messages if one.to == number and one.direction is Direction.OUTBOUND]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free loopback port; gives the address."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            config = uvicorn.Config(
                self._app(), log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1
            )
            server = _Server(config)
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                self._released.set()
                server.should_exit = True
                await task

    # What the client asks.

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{_API}.json", self._create, methods=["POST"]),
                Route(f"{_API}.json", self._list, methods=["GET"]),
                Route(f"{_API}/{{sid}}.json", self._fetch, methods=["GET"]),
            ]
        )

    async def _create(self, request: Request) -> Response:
        form = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        fault = self._faults.popleft() if self._faults else None
        return await self._answered(request, lambda: self._take(dict(form), fault), form)

    async def _list(self, request: Request) -> Response:
        async def listed() -> tuple[int, str]:
            query = dict(request.query_params)
            found = [one for one in reversed(self.messages) if messages.matches(one, query)]
            return 200, json.dumps(messages.page(request.url.path, query, [self._resource(one) for one in found]))

        return await self._answered(request, listed)

    async def _fetch(self, request: Request) -> Response:
        async def fetched() -> tuple[int, str]:
            wanted = request.path_params["sid"]
            stored = next((one for one in self.messages if one.sid == wanted), None)
            if stored is None:
                raise RefusedError(404, 20404)
            return 200, json.dumps(self._resource(stored))

        return await self._answered(request, fetched)

    async def _answered(
        self, request: Request, work: Callable[[], Awaitable[tuple[int, str]]], form: Sequence[tuple[str, str]] = ()
    ) -> Response:
        """The answer to a request of whoever may ask, or the refusal; both are kept."""
        try:
            messages.authorise(request.headers.get("authorization"), ACCOUNT_SID, TOKEN)
            status, body = await work()
        except RefusedError as refused:
            status, body = refused.status, refused.body()
        self.exchanges.append(Exchange(request, form, status, body))
        return Response(body, status, media_type="application/json")

    async def _take(self, form: dict[str, str], fault: Fault | None) -> tuple[int, str]:
        """Take a text, or refuse it, as it deserves or as was ordered. Raises `RefusedError`."""
        ordered = FAULTS[fault] if fault is not None else None
        if ordered is not None and not ordered.takes:
            raise RefusedError(ordered.status, ordered.code)
        messages.check(form, self.opted_out)
        fate = ordered.fate if ordered is not None else Fate.DELIVERED
        stored = self._keep(form.get("From", NUMBER), form["To"], form["Body"], Direction.OUTBOUND, fate)
        if ordered is not None and ordered.hangs:
            await self._released.wait()
        if ordered is not None and ordered.status:
            raise RefusedError(ordered.status, ordered.code)
        body = json.dumps(self._resource(stored))
        return 201, body[: len(body) // 2] if ordered is not None and ordered.garbles else body

    def _keep(self, sender: str, to: str, body: str, direction: Direction, fate: Fate = Fate.DELIVERED) -> Stored:
        stored = Stored(
            sid=messages.new_sid(),
            sender=sender,
            to=to,
            body=body,
            direction=direction,
            fate=fate,
            at=self._clock.now(),
        )
        self.messages.append(stored)
        return stored

    def _resource(self, stored: Stored) -> dict[str, Any]:
        return messages.resource(stored, ACCOUNT_SID, self._clock.now(), self._transit)


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever has them."""

    @contextmanager
    def capture_signals(self) -> Any:
        """Capture none."""
        yield


@contextmanager
def unanswering() -> Any:
    """An address at which a connection is never made: the listener's queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.settimeout(0)
                one.connect_ex(listener.getsockname())
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for one in waiting:
                one.close()
