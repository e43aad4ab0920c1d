"""Push and webhook, over real connections to servers on the loopback."""

import asyncio
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.http import Asker, Request
from hub.channels.ntfy import Ntfy, priority
from hub.channels.webhook import KEY, SIGNATURE, TIMESTAMP, TOLERANCE, ForgedError, Webhook, key, signed, verify
from hub.household.model import PushPolicy
from hub.model import ChannelError, Evidence, Message, NotificationState, Purpose
from hub.secrets import SecretError
from hub.simulated.carrier import unanswering
from hub.simulated.ntfy import HttpServer, NtfyServer
from tests.fakes import START, FakeClock

TOPIC = "k3f9q-w7xz2"
SECRET = "between the two of us"  # noqa: S105 -- a test's


def message(to: str = "dev-p1", purpose: Purpose = Purpose.ALARM, reference: str = "K3F9Q") -> Message:
    return Message(
        notification_id=7,
        person="priya",
        channel="push",
        to=to,
        text=f"Margaret may have fallen. Ref {reference}",
        reference=reference,
        purpose=purpose,
        alarm_id=1,
    )


@pytest.fixture
def server() -> Iterator[tuple[NtfyServer, str]]:
    made = NtfyServer()
    with made.serving() as url:
        yield made, url


@pytest.fixture
def ntfy(server: tuple[NtfyServer, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Ntfy]:
    monkeypatch.setenv("ALONGSIDE_NTFY_DEV_P1", TOPIC)
    made = Ntfy(PushPolicy(server=server[1], click="https://portal.example/today"))
    yield made
    made.close()


# Push.


async def test_a_push_is_accepted_with_its_priority_and_its_link(ntfy: Ntfy, server: tuple[NtfyServer, str]) -> None:
    assert await ntfy.send(message()) == Evidence(state=NotificationState.ACCEPTED, provider_id="ntfy-m1")
    (asked,) = server[0].asked
    assert json.loads(asked.body) == {
        "topic": TOPIC,
        "message": "Margaret may have fallen. Ref K3F9Q",
        "priority": 5,
        "click": "https://portal.example/today",
    }
    assert (asked.method, asked.path) == ("POST", "/")  # the topic is in no log of requests
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize(
    ("purpose", "severity", "expected"),
    [
        (Purpose.ALARM, 10, 5),
        (Purpose.EXHAUSTED, 8, 5),
        (Purpose.ALARM, 5, 4),
        (Purpose.EXHAUSTED, 4, 3),
        (Purpose.ALARM, None, 5),
        (Purpose.STAND_DOWN, 10, 3),
        (Purpose.CLOSED, 10, 2),
    ],
)
def test_a_push_is_as_loud_as_the_alarm_is_grave(purpose: Purpose, severity: int | None, expected: int) -> None:
    assert priority(replace(message(purpose=purpose), severity=severity)) == expected


def test_every_purpose_has_its_priority() -> None:
    assert all(1 <= priority(message(purpose=purpose)) <= 5 for purpose in Purpose)


async def test_without_a_link_a_push_has_none(server: tuple[NtfyServer, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_NTFY_DEV_P1", TOPIC)
    monkeypatch.setenv("ALONGSIDE_NTFY_TOKEN", "tk_1")
    made = Ntfy.from_secrets(PushPolicy(server=server[1]))
    await made.send(message(purpose=Purpose.CLOSED))
    made.close()
    (asked,) = server[0].asked
    assert "click" not in json.loads(asked.body)
    assert asked.headers["Authorization"] == "Bearer tk_1"


async def test_a_device_whose_topic_nobody_has_set_is_said_and_no_secret_told(ntfy: Ntfy) -> None:
    with pytest.raises(ChannelError, match="ALONGSIDE_NTFY_DEV_T1") as raised:
        await ntfy.send(message(to="dev-t1"))
    assert raised.value.permanent


async def test_a_push_in_doubt_is_found_by_its_reference(ntfy: Ntfy, server: tuple[NtfyServer, str]) -> None:
    server[0].then.append(500)
    server[0].takes = True
    with pytest.raises(ChannelError) as raised:
        await ntfy.send(message())
    assert raised.value.ambiguous
    assert await ntfy.find(message()) == Evidence(state=NotificationState.ACCEPTED, provider_id="ntfy-m1")
    assert await ntfy.find(message(reference="OTHER")) is None
    assert server[0].asked[-1].path == f"/{TOPIC}/json?poll=1&since=10m"


async def test_an_answer_that_cannot_be_read_leaves_a_doubt(ntfy: Ntfy, server: tuple[NtfyServer, str]) -> None:
    server[0].garbles = True
    with pytest.raises(ChannelError, match="the answer cannot be read") as raised:
        await ntfy.send(message())
    assert raised.value.ambiguous


async def test_nothing_comes_back_by_push(ntfy: Ntfy) -> None:
    assert await ntfy.status("ntfy-m1") is None
    assert await ntfy.inbound(START) == []


# What failures mean.


@pytest.mark.parametrize(
    ("status", "permanent", "ambiguous"),
    [(400, True, False), (403, True, False), (429, False, False), (500, False, True), (503, False, True)],
)
async def test_what_a_server_s_refusal_means(
    ntfy: Ntfy, server: tuple[NtfyServer, str], status: int, permanent: bool, ambiguous: bool
) -> None:
    server[0].then.append(status)
    with pytest.raises(ChannelError, match=f"the server says {status}") as raised:
        await ntfy.send(message())
    assert (raised.value.permanent, raised.value.ambiguous) == (permanent, ambiguous)


async def test_a_server_that_hangs_up_leaves_a_doubt(ntfy: Ntfy, server: tuple[NtfyServer, str]) -> None:
    server[0].then.append(None)
    with pytest.raises(ChannelError, match="no answer") as raised:
        await ntfy.send(message())
    assert raised.value.ambiguous


async def test_a_server_that_sends_us_elsewhere_is_not_followed(ntfy: Ntfy, server: tuple[NtfyServer, str]) -> None:
    server[0].then.append(302)
    with pytest.raises(ChannelError, match="the server says 302"):
        await ntfy.send(message())
    assert len(server[0].asked) == 1


async def test_no_connection_is_no_doubt() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        asker = Asker("test", 1, 5.0)
        with pytest.raises(ChannelError, match=r"no answer \(ConnectionRefusedError\)") as raised:
            await asker.ask(Request(url=f"http://127.0.0.1:{closed.getsockname()[1]}"))
        assert not raised.value.ambiguous
        asker.close()


async def test_a_server_that_does_not_answer_is_not_waited_for() -> None:
    with unanswering() as url:
        asker = Asker("test", 1, 0.2)
        async with asyncio.timeout(5):
            with pytest.raises(ChannelError, match="no answer"):
                await asker.ask(Request(url=url))
        asker.close()


def test_a_request_does_not_show_its_secrets() -> None:
    assert repr(Request(url=f"http://x/{TOPIC}", headers={"Authorization": SECRET}, body=b"x")) == "Request()"


# Webhook.


@pytest.fixture
def receiver() -> Iterator[tuple[HttpServer, str]]:
    made = HttpServer()
    with made.serving() as url:
        yield made, url


async def test_a_webhook_is_signed_and_sent_again_under_the_same_key(receiver: tuple[HttpServer, str]) -> None:
    server, url = receiver
    clock = FakeClock()
    channel = Webhook(clock, SECRET)
    server.then.append(503)
    with pytest.raises(ChannelError):
        await channel.send(message(to=f"{url}/alongside"))
    await clock.advance(1)
    assert await channel.send(message(to=f"{url}/alongside")) == Evidence(state=NotificationState.ACCEPTED)
    channel.close()
    first, second = server.asked
    for asked in (first, second):
        verify(SECRET, asked.body, asked.headers, clock.now())
    assert first.headers[KEY] == second.headers[KEY] == key(message())
    assert first.headers[TIMESTAMP] != second.headers[TIMESTAMP]
    assert json.loads(second.body) == {
        "text": "Margaret may have fallen. Ref K3F9Q",
        "purpose": "alarm",
        "alarm": 1,
        "reference": "K3F9Q",
    }


@given(body=st.binary(max_size=60), other=st.binary(max_size=60), late_s=st.integers(-3600, 3600))
def test_only_what_was_signed_lately_is_believed(body: bytes, other: bytes, late_s: int) -> None:
    headers = signed(SECRET, body, START)
    now = START + timedelta(seconds=late_s)
    if other == body and abs(late_s) <= TOLERANCE.total_seconds():
        verify(SECRET, other, headers, now)
    else:
        with pytest.raises(ForgedError):
            verify(SECRET, other, headers, now)


@pytest.mark.parametrize("spoil", [{}, {SIGNATURE: ""}, {TIMESTAMP: "now"}, {TIMESTAMP: "0"}, {SIGNATURE: "é"}])
def test_a_forged_webhook_is_refused(spoil: dict[str, str]) -> None:
    headers = signed("somebody else's", b"{}", START) if not spoil else signed(SECRET, b"{}", START) | spoil
    with pytest.raises(ForgedError, match="the signature is not right"):
        verify(SECRET, b"{}", headers, START)


async def test_nothing_comes_back_by_webhook() -> None:
    channel = Webhook(FakeClock(), SECRET)
    assert await channel.find(message()) is None
    assert await channel.status("x") is None
    assert await channel.inbound(START) == []
    channel.close()


def test_a_webhook_without_its_secret_names_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(SecretError, match="ALONGSIDE_WEBHOOK_SECRET"):
        Webhook.from_secrets(FakeClock())
