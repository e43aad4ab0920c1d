"""Between the server and a page: what came in, as a page takes it; pages are plain functions that run in a thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from carer_portal import wording
from carer_portal import wording_access as access
from carer_portal.database import Database
from carer_portal.plain import render
from carer_portal.signin import browsers, tokens
from carer_portal.signin.sessions import Session
from devices.model import Clock
from hub import intents
from hub.clock import StoryClock, SystemClock
from hub.store.errors import StoreError

SESSION: Final = "alongside.session"
"""Where the gate leaves who is signed in, in the scope of a request."""
COOKIE: Final = "alongside_session"
FORM_TOKEN: Final = "form"  # noqa: S105 -- a field's name
LONGEST_BODY: Final = 64 * 1024
MOST_FIELDS: Final = 100
HUB_ANSWERS_WITHIN_S: Final = 3.0
LOOK_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every page rests on: the home's database, its own time, and the machine's, on which sessions run."""

    home: Database
    home_clock: SystemClock | StoryClock
    clock: Clock
    public_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, as a page takes it."""

    house: House
    posted: bool
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    session: Session | None
    token: str
    device: str
    secure: bool

    @property
    def now(self) -> datetime:
        """The machine's time."""
        return self.house.clock.now()

    @property
    def home_now(self) -> datetime:
        """The home's time."""
        return self.house.home_clock.now()

    @property
    def form_token(self) -> str:
        """What this session's forms carry."""
        return tokens.form_token(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedHub:
    """The page asked the hub for something: show this page once it has answered, or a few seconds later."""

    number: int
    then: str


Page = Callable[[Call], Response | AskedHub]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a plain page is. `takes` forms; `of_session`: each form must carry the session's own token."""

    path: str
    page: Page
    takes: bool = False
    of_session: bool = True


def route(address: Address, house: House) -> Route:
    """The route to a page."""

    async def endpoint(request: Request) -> Response:
        form = await _form(request)
        if form is None:
            return render.message(access.NOT_HERE, access.TOO_LARGE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        call = _call(request, house, form)
        if address.of_session and call.posted and not tokens.same(form.get(FORM_TOKEN, ""), call.form_token):
            return render.message(access.NOT_HERE, access.CROSS_SITE, HTTPStatus.FORBIDDEN)
        answer = await run_in_threadpool(_answered, address.page, call)
        if isinstance(answer, AskedHub):
            await _hub_answers(house, answer.number)
            return render.see(answer.then)
        return answer

    return Route(address.path, endpoint, methods=["GET", "POST"] if address.takes else ["GET"])


async def _hub_answers(house: House, number: int) -> None:
    """Wait for the hub's answer, so that the next page can say it; not for long."""
    give_up_s = house.clock.boot_s() + HUB_ANSWERS_WITHIN_S
    while house.clock.boot_s() < give_up_s:
        with house.home.reading() as connection:
            if intents.answer(connection, number) is not None:
                return
        await house.clock.sleep(LOOK_EVERY_S)


def _answered(act: Page, call: Call) -> Response | AskedHub:
    try:
        return act(call)
    except StoreError:
        return render.message(wording.NO_DATABASE, wording.NO_DATABASE_HELP, HTTPStatus.SERVICE_UNAVAILABLE)


async def _form(request: Request) -> Mapping[str, str] | None:
    """The fields of a form; None where it is larger than any of ours."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_BODY:
            return None
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=MOST_FIELDS, keep_blank_values=True))
    except ValueError:  # too many fields, or no text
        return None


def _call(request: Request, house: House, form: Mapping[str, str]) -> Call:
    return Call(
        house=house,
        posted=request.method == "POST",
        path=request.path_params,
        query=request.query_params,
        form=form,
        session=request.scope.get(SESSION),
        token=request.cookies.get(COOKIE, ""),
        device=browsers.called(request.headers.get("user-agent", "")),
        secure=request.url.scheme == "https",
    )
