"""The address at which Twilio reports: how far a text has got, what people sent, which key was pressed in a call.

It listens on this computer only; what leads from the public address to it is the household's own: a tunnel, or a web
server in front. Only what is signed with the account's token is believed, and each report is durable before it is
answered.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devices.model import Clock
from hub.channels import twilio_script as script
from hub.channels import twilio_webhooks as webhooks
from hub.channels.twilio_webhooks import ForgedError, UnreadableError
from hub.escalation.keys import Pressed, UnknownCallError
from hub.model import Evidence, Inbound
from hub.secrets import need_secret
from hub.serving import listening, serving
from hub.store.errors import StoreError
from hub.supervisor import describe

log = logging.getLogger(__name__)

LONGEST = 64 * 1024
"""Twilio's forms are a few hundred bytes."""
SIGNATURE = "X-Twilio-Signature"

Form = dict[str, str]


class Answers(Protocol):
    """What becomes of what is reported: the escalation's part. Each is durable when it returns."""

    async def hear(self, message: Inbound) -> None:
        """A text came in."""
        ...

    async def told(self, evidence: Evidence) -> None:
        """A text has got so far."""
        ...

    async def pressed(self, key: Pressed) -> str | None:
        """A key was pressed; what to say, or None where it means nothing. Raises `UnknownCallError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Where Twilio reaches this computer, on which port of it that arrives, and what it signs with."""

    public_url: str
    port: int
    token: str

    def __repr__(self) -> str:
        return f"Gate(port={self.port})"  # the token is for no log


class Hooks:
    """The small server for it."""

    def __init__(self, answers: Answers, clock: Clock, gate: Gate) -> None:
        self._answers = answers
        self._clock = clock
        self._gate = gate

    async def run(self) -> None:
        """Serve until cancelled. Raises `OSError` where the port cannot be had."""
        with listening(self._gate.port) as listener:
            async with serving(self.app(), listener) as server:
                await server

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route(webhooks.STATUS_PATH, self._status, methods=["POST"]),
                Route(webhooks.TEXT_PATH, self._text, methods=["POST"]),
                Route(f"{webhooks.KEY_PATH}/{{message:int}}/{{reference:str}}", self._key, methods=["POST"]),
            ]
        )

    async def _status(self, request: Request) -> Response:
        async def take(form: Form) -> str:
            await self._answers.told(webhooks.status(form))
            return script.NOTHING

        return await self._taken(request, take)

    async def _text(self, request: Request) -> Response:
        async def take(form: Form) -> str:
            await self._answers.hear(webhooks.text(form, self._clock.now()))
            return script.NOTHING

        return await self._taken(request, take)

    async def _key(self, request: Request) -> Response:
        number, reference = request.path_params["message"], request.path_params["reference"]
        action = self._gate.public_url + webhooks.key_path(number, reference)

        async def take(form: Form) -> str:
            try:
                sentence = await self._answers.pressed(webhooks.key(form, number, reference))
            except (UnknownCallError, StoreError) as error:
                log.warning("a key that was pressed could not be noted: %s", describe(error))
                return script.trouble()
            return script.unclear(action) if sentence is None else script.heard(sentence)

        return await self._taken(request, take)

    async def _taken(self, request: Request, take: Callable[[Form], Awaitable[str]]) -> Response:
        """Believe what is signed, and answer once it is durable; what was not taken is fetched by asking, later."""
        try:
            return Response(await take(await self._believed(request)), media_type="text/xml")
        except ForgedError:
            log.warning("a report that Twilio has not signed was refused")
            return Response(status_code=403)
        except UnreadableError as error:
            log.warning("a report could not be read: %s", error)
            return Response(status_code=400)
        except StoreError as error:
            log.warning("a report could not be kept: %s", describe(error))
            return Response(status_code=503)

    async def _believed(self, request: Request) -> Form:
        """The form. Raises `ForgedError`."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LONGEST:
                raise ForgedError("it is longer than any report")
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        url = self._gate.public_url + request.url.path
        webhooks.verify(self._gate.token, url, form, request.headers.get(SIGNATURE, ""))
        return form


def gate(public_url: str, port: int) -> Gate:
    """The gate of the account that the secrets name. Raises `SecretError`."""
    return Gate(public_url=public_url, port=port, token=need_secret("twilio-token"))
