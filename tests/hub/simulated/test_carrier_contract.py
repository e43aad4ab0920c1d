"""The carrier's traffic with Twilio's client, held against Twilio's published API document where that is at hand."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]

from hub.channels.twilio_sms import TwilioSms
from hub.channels.twilio_voice import TwilioVoice
from hub.model import ChannelError
from hub.simulated.carrier import NUMBER, Carrier, Exchange
from hub.simulated.carrier_calls import Fate
from hub.simulated.carrier_faults import Fault
from tests.fakes import START, FakeClock
from tests.hub.channels.test_twilio_sms import MESSAGE, TOM, account
from tests.hub.channels.test_twilio_voice import MESSAGE as RING
from tests.hub.escalation.homes import JOAN, PRIYA

DOCUMENT = Path(__file__).parents[4] / "shared" / "data" / "twilio" / "twilio_api_v2010.json"
INTEGERS = re.compile(r"-?\d+")


@cache
def document() -> dict[str, Any]:
    if not DOCUMENT.exists():
        pytest.skip(f"Twilio's published API document is not at {DOCUMENT}, so the carrier is not held against it")
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return loaded


def resolved(schema: Any) -> Any:
    """A schema with its references filled in."""
    if isinstance(schema, list):
        return [resolved(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found: Any = document()
        for part in schema["$ref"].lstrip("#/").split("/"):
            found = found[part.replace("~1", "/")]
        return resolved(found)
    return {name: resolved(value) for name, value in schema.items()}


def operation(exchange: Exchange) -> dict[str, Any]:
    """What the document says of this request; a literal path before one with placeholders."""
    found = []
    for template, item in document()["paths"].items():
        pattern = re.sub(r"\\{(\w+)\\}", r"[^/]+?", re.escape(template))
        if re.fullmatch(pattern, exchange.path) and exchange.method.lower() in item:
            found.append((template.count("{"), item[exchange.method.lower()]))
    assert found, f"{exchange.method} {exchange.path} is not in the document"
    chosen: dict[str, Any] = min(found, key=lambda one: one[0])[1]
    return chosen


def typed(schema: dict[str, Any], value: str) -> Any:
    """A value of a form or a query as its schema sees it."""
    if schema.get("type") == "integer" and INTEGERS.fullmatch(value):
        return int(value)
    if schema.get("type") == "boolean":
        return value.lower() == "true"
    return value


def problems(exchange: Exchange) -> Iterator[str]:
    """Everything in a request or its answer that the document does not allow."""
    known = operation(exchange)
    parameters = {one["name"]: resolved(one["schema"]) for one in map(resolved, known.get("parameters", []))}
    for name, value in exchange.query:
        if name not in parameters:
            yield f"unknown query parameter {name}"
        else:
            yield from errors(parameters[name], typed(parameters[name], value))
    if exchange.form:
        body = resolved(known["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"])
        unknown = [name for name, _ in exchange.form if name not in body["properties"]]
        yield from (f"unknown form field {name}" for name in unknown)
        form = {name: typed(body["properties"].get(name, {}), value) for name, value in exchange.form}
        yield from errors(body, form)
    if exchange.status < 300:
        answer = known["responses"][str(exchange.status)]["content"]["application/json"]["schema"]
        yield from errors(resolved(answer), json.loads(exchange.body))


def errors(schema: dict[str, Any], value: Any) -> Iterator[str]:
    for error in OAS30Validator(schema).iter_errors(value):
        yield f"{'/'.join(map(str, error.path))}: {error.message}"


async def test_every_request_and_answer_is_as_the_document_says() -> None:
    document()
    clock = FakeClock()
    carrier = Carrier(clock)
    async with carrier.serving() as url:
        sms = TwilioSms(account(url))
        sent = [(await sms.send(MESSAGE)).provider_id for _ in range(3)]
        carrier.order(Fault.UNDELIVERED, Fault.ERROR_AFTER_TAKING)
        sent.append((await sms.send(MESSAGE)).provider_id)
        with pytest.raises(ChannelError):
            await sms.send(MESSAGE)
        for _ in range(3):
            for number in sent:
                await sms.status(number or "")
            await clock.advance(1)
        for count in range(60):
            carrier.text(TOM, f"text {count}")
        assert len(await sms.inbound(START)) == 60
        await sms.find(MESSAGE)
        reached = TwilioSms(replace(account(url), public_url="http://127.0.0.1:9"))
        await reached.send(MESSAGE)  # with the address for reports of its arrival
        reached.close()
        await asyncio.to_thread(lambda: sms._line.client.messages.list(date_sent=START.date()))
        with pytest.raises(TwilioException):
            await asyncio.to_thread(lambda: sms._line.client.messages("SM" + "0" * 32).fetch())
        sms.close()
    assert len(carrier.exchanges) > 20
    assert [problem for exchange in carrier.exchanges for problem in problems(exchange)] == []
    assert {exchange.status for exchange in carrier.exchanges} == {200, 201, 404, 500}
    assert NUMBER in carrier.exchanges[0].body
    assert ("StatusCallback", "http://127.0.0.1:9/hooks/twilio/status") in [
        pair for exchange in carrier.exchanges for pair in exchange.form
    ]


async def test_every_call_and_its_answer_is_as_the_document_says() -> None:
    document()
    clock = FakeClock()
    carrier = Carrier(clock)
    carrier.phones = {TOM: Fate.ANSWERED, PRIYA: Fate.BUSY}
    async with carrier.serving() as url:
        voice = TwilioVoice(replace(account(url), public_url="http://127.0.0.1:9"), timedelta(seconds=25))
        sent = [(await voice.send(replace(RING, to=to))).provider_id for to in (TOM, PRIYA, JOAN)]
        carrier.order(Fault.ERROR_AFTER_TAKING)
        with pytest.raises(ChannelError):
            await voice.send(RING)
        for seconds in (0, 2, 10, 60):
            await clock.advance(seconds)
            for number in sent:
                await voice.status(number or "")
        assert await voice.find(RING) is not None
        with pytest.raises(TwilioException):
            await asyncio.to_thread(lambda: voice._line.client.calls("CA" + "0" * 32).fetch())
        voice.close()
    states = {json.loads(one.body).get("status") for one in carrier.exchanges if one.status == 200}
    assert states >= {"queued", "ringing", "in-progress", "completed", "busy", "no-answer"}
    assert [problem for exchange in carrier.exchanges for problem in problems(exchange)] == []


def test_the_document_would_have_refused_what_is_wrong() -> None:
    """The check itself can fail."""
    document()
    path = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json"
    wrong = object.__new__(Exchange)
    wrong.method, wrong.path, wrong.query = "GET", path, [("Colour", "red"), ("PageSize", "many")]
    wrong.form, wrong.status, wrong.body = [], 200, json.dumps({"messages": [{"sid": 7}]})
    found = list(problems(wrong))
    assert "unknown query parameter Colour" in found
    assert any("many" in one for one in found)
    assert any("7" in one for one in found)
