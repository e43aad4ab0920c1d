"""A stand-in for Twilio's API for texts and calls on a loopback port: states, replies, lists, pages, faults to order.

It speaks to the unmodified `twilio` client. Where the published OpenAPI document is at hand, a test holds its traffic
against it. What it cannot show is a real network of phones.
"""

import asyncio
import json
import socket
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devices.model import Clock
from hub.serving import HOST, listening, serving
from hub.simulated import carrier_calls as calls
from hub.simulated import carrier_hooks as hooks
from hub.simulated import carrier_messages as messages
from hub.simulated.carrier_calls import Call
from hub.simulated.carrier_faults import FAULTS, Fault
from hub.simulated.carrier_messages import Direction, Fate, RefusedError, Stored

ACCOUNT_SID = "AC" + "0" * 32
TOKEN = "t" * 32
NUMBER = "+15005550006"
_API = "/2010-04-01/Accounts/{account}/Messages"
_CALLS = "/2010-04-01/Accounts/{account}/Calls"
_KEPT = 1000

Make = Callable[[dict[str, str], Fate], dict[str, Any]]
"""Takes what is ordered, or raises `RefusedError`; gives it as Twilio writes it."""


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
    """One account with one number. Messages travel in `transit`: sent after half of it, delivered after all of it.

    `luck` says what goes wrong with a text for which nothing was ordered.
    """

    def __init__(
        self,
        clock: Clock,
        transit: timedelta = timedelta(seconds=1),
        luck: Callable[[], Fault | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._transit = transit
        self._luck = luck
        self._faults: deque[Fault] = deque()
        self._released = asyncio.Event()
        self.messages: list[Stored] = []
        self.calls: list[Call] = []
        self.phones: dict[str, calls.Fate] = {}
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

    def rung(self, number: str) -> list[Call]:
        """Every call to this number, in order. `phones` says what becomes of them: else nobody answers."""
        return [one for one in self.calls if one.to == number]

    async def report(self, stored: Stored, *words: str) -> list[int]:
        """Tell the hub's server how far a text has got, in these words of Twilio's; what it answered to each."""
        forms = [hooks.status_form(stored, word, ACCOUNT_SID) for word in words]
        return [(await hooks.post(stored.callback or "", form, TOKEN)).status for form in forms]

    async def bring(self, sender: str, body: str, url: str, token: str = TOKEN) -> int:
        """Somebody sends a text to the hub's number, and it is brought to this address; what the server answered."""
        self.text(sender, body)
        return (await hooks.post(url, hooks.text_form(self.messages[-1], ACCOUNT_SID), token)).status

    async def press(self, call: Call, digits: str) -> str | None:
        """Whoever is on the telephone presses keys; what is said then. None: nobody is told of it."""
        action = calls.asks(call.script)
        if action is None:
            return None
        answer = await hooks.post(action, hooks.key_form(call, digits, ACCOUNT_SID), TOKEN)
        if answer.status != 200:
            return f"an application error has occurred ({answer.status})"
        call.script = answer.text
        if calls.asks(call.script) is None:
            call.hung_up_at = self._clock.now()
        return " ".join(calls.said(answer.text))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve on a free loopback port; gives the address."""
        with listening(0) as listener:
            async with serving(self._app(), listener):
                try:
                    yield f"http://{HOST}:{listener.getsockname()[1]}"
                finally:
                    self._released.set()

    # What the client asks.

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{_API}.json", self._create, methods=["POST"]),
                Route(f"{_API}.json", self._list, methods=["GET"]),
                Route(f"{_API}/{{sid}}.json", self._fetch, methods=["GET"]),
                Route(f"{_CALLS}.json", self._ring, methods=["POST"]),
                Route(f"{_CALLS}.json", self._list_calls, methods=["GET"]),
                Route(f"{_CALLS}/{{sid}}.json", self._fetch_call, methods=["GET"]),
            ]
        )

    async def _create(self, request: Request) -> Response:
        return await self._made(request, self._text)

    async def _ring(self, request: Request) -> Response:
        return await self._made(request, self._call)

    async def _made(self, request: Request, make: Make) -> Response:
        form = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        fault = self._faults.popleft() if self._faults else self._luck()
        return await self._answered(request, lambda: self._take(dict(form), fault, make), form)

    async def _list(self, request: Request) -> Response:
        query = dict(request.query_params)
        found = [self._resource(one) for one in reversed(self.messages) if messages.matches(one, query)]
        return await self._listed(request, found, "messages")

    async def _list_calls(self, request: Request) -> Response:
        query = dict(request.query_params)
        found = [self._resource(one) for one in reversed(self.calls) if calls.matches(one, query)]
        return await self._listed(request, found, "calls")

    async def _listed(self, request: Request, found: list[dict[str, Any]], what: str) -> Response:
        async def listed() -> tuple[int, str]:
            return 200, json.dumps(messages.page(request.url.path, dict(request.query_params), found, what))

        return await self._answered(request, listed)

    async def _fetch(self, request: Request) -> Response:
        return await self._fetched(request, self.messages)

    async def _fetch_call(self, request: Request) -> Response:
        return await self._fetched(request, self.calls)

    async def _fetched(self, request: Request, among: Sequence[Stored | Call]) -> Response:
        async def fetched() -> tuple[int, str]:
            wanted = request.path_params["sid"]
            found = next((one for one in among if one.sid == wanted), None)
            if found is None:
                raise RefusedError(404, 20404)
            return 200, json.dumps(self._resource(found))

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

    async def _take(self, form: dict[str, str], fault: Fault | None, make: Make) -> tuple[int, str]:
        """Take a text or a call, or refuse it, as it deserves or as was ordered. Raises `RefusedError`."""
        ordered = FAULTS[fault] if fault is not None else None
        if ordered is not None and not ordered.takes:
            raise RefusedError(ordered.status, ordered.code)
        body = json.dumps(make(form, ordered.fate if ordered is not None else Fate.DELIVERED))
        if ordered is not None and ordered.hangs:
            await self._released.wait()
        if ordered is not None and ordered.status:
            raise RefusedError(ordered.status, ordered.code)
        return 201, body[: len(body) // 2] if ordered is not None and ordered.garbles else body

    def _text(self, form: dict[str, str], fate: Fate) -> dict[str, Any]:
        messages.check(form, self.opted_out)
        stored = self._keep(form["From"], form["To"], form["Body"], Direction.OUTBOUND, fate)
        self.messages[-1] = replace(stored, callback=form.get("StatusCallback"))
        return self._resource(stored)

    def _call(self, form: dict[str, str], _fate: Fate) -> dict[str, Any]:
        self.calls.append(
            calls.placed(form, self.phones.get(form.get("To", ""), calls.Fate.NO_ANSWER), self._clock.now())
        )
        return self._resource(self.calls[-1])

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

    def _resource(self, stored: Stored | Call) -> dict[str, Any]:
        if isinstance(stored, Call):
            return calls.resource(stored, ACCOUNT_SID, self._clock.now())
        return messages.resource(stored, ACCOUNT_SID, self._clock.now(), self._transit)


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
