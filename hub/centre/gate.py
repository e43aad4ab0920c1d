"""The centre's gate: the one page that a hub visits before it belongs to the centre, by HTTPS."""

import json
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.centre.authority import Authority
from hub.centre.enrolment import Enrolled, EnrolmentError, enrol

PATH = "/enrol"
LARGEST = 16 * 1024
_REFUSED, _UNREADABLE = 403, 400

log = logging.getLogger(__name__)


def gate(engine: Engine, authority: Authority, broker: tuple[str, int], now: Callable[[], datetime]) -> Starlette:
    """The application. `broker` is what hubs are told to connect to."""

    def trade(code: str, request_pem: str) -> Enrolled:
        with engine.begin() as connection:
            return enrol(connection, authority, code, request_pem, now())

    async def answer(request: Request) -> JSONResponse:
        try:
            asked = json.loads(await _body(request))
            enrolled = await run_in_threadpool(trade, str(asked["code"]), str(asked["request"]))
        except (ValueError, KeyError, TypeError) as error:
            return _refusal(error)
        log.info("a hub has joined")
        host, port = broker
        papers = {"certificate": enrolled.certificate, "authority": enrolled.authority}
        return JSONResponse({"hub": enrolled.hub, "host": host, "port": port, **papers})

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise ValueError("it is too large")
    return body


def _refusal(error: Exception) -> JSONResponse:
    if isinstance(error, EnrolmentError):
        return JSONResponse({"reason": str(error)}, _REFUSED)
    return JSONResponse({"reason": "this is no request to join"}, _UNREADABLE)
