"""Texts by Twilio's own client, through the simulated carrier."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.channels.twilio_sms import Account, TwilioSms
from hub.household.model import SmsPolicy
from hub.model import ChannelError, Evidence, Message, NotificationState, Purpose
from hub.secrets import SecretError
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN, Carrier, unanswering
from hub.simulated.carrier_faults import Fault
from tests.fakes import START, FakeClock
from tests.hub.escalation.homes import HOUSEHOLD

TOM = "+447700900002"
MESSAGE = Message(
    notification_id=1,
    person="tom",
    channel="sms",
    to=TOM,
    text="Margaret called for help. Ref K3F9Q",
    reference="K3F9Q",
    purpose=Purpose.ALARM,
)


def account(url: str | None, *, timeout_s: float = 5.0, token: str = TOKEN) -> Account:
    return Account(sid=ACCOUNT_SID, token=token, number=NUMBER, url=url, timeout=timedelta(seconds=timeout_s))


class Line:
    def __init__(self, carrier: Carrier, clock: FakeClock, url: str) -> None:
        self.carrier = carrier
        self.clock = clock
        self.url = url
        self.sms = TwilioSms(account(url))


@asynccontextmanager
async def channel(url: str | None, *, timeout_s: float = 5.0, token: str = TOKEN) -> AsyncIterator[TwilioSms]:
    sms = TwilioSms(account(url, timeout_s=timeout_s, token=token))
    try:
        yield sms
    finally:
        sms.close()


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    clock = FakeClock()
    carrier = Carrier(clock)
    async with carrier.serving() as url:
        line = Line(carrier, clock, url)
        yield line
        line.sms.close()


async def test_a_text_is_accepted_and_then_delivered(line: Line) -> None:
    evidence = await line.sms.send(MESSAGE)
    assert (evidence.state, evidence.negative) == (NotificationState.ACCEPTED, False)
    assert evidence.provider_id is not None
    await line.clock.advance(2)
    assert await line.sms.status(evidence.provider_id) == Evidence(
        state=NotificationState.DELIVERED, provider_id=evidence.provider_id
    )
    form = dict(line.carrier.exchanges[0].form)
    assert form == {"To": TOM, "From": NUMBER, "Body": MESSAGE.text, "ValidityPeriod": "300"}


async def test_undelivered_speaks_against_it_and_says_why(line: Line) -> None:
    line.carrier.order(Fault.UNDELIVERED)
    sent = await line.sms.send(MESSAGE)
    await line.clock.advance(2)
    evidence = await line.sms.status(sent.provider_id or "")
    assert evidence is not None
    assert (evidence.state, evidence.negative, evidence.detail) == (NotificationState.SENT, True, "30003")


async def test_reports_that_are_lost_leave_it_at_sent(line: Line) -> None:
    line.carrier.order(Fault.REPORTS_LOST)
    sent = await line.sms.send(MESSAGE)
    await line.clock.advance(3600)
    evidence = await line.sms.status(sent.provider_id or "")
    assert evidence is not None
    assert evidence.state is NotificationState.SENT


@pytest.mark.parametrize(
    ("fault", "permanent", "ambiguous"),
    [
        (Fault.ERROR, False, True),
        (Fault.ERROR_AFTER_TAKING, False, True),
        (Fault.MALFORMED, False, True),
        (Fault.TOO_MANY, False, False),
        (Fault.BAD_NUMBER, True, False),
        (Fault.NOT_AUTHORISED, True, False),
    ],
)
async def test_2_what_each_refusal_means(line: Line, fault: Fault, permanent: bool, ambiguous: bool) -> None:
    line.carrier.order(fault)
    with pytest.raises(ChannelError) as raised:
        await line.sms.send(MESSAGE)
    assert (raised.value.permanent, raised.value.ambiguous) == (permanent, ambiguous)
    assert TOM not in str(raised.value)


async def test_2_taken_and_then_no_answer_in_time_is_doubtful_and_found(line: Line) -> None:
    line.carrier.order(Fault.HANGS_AFTER_TAKING)
    async with channel(line.url, timeout_s=0.3) as sms:
        with pytest.raises(ChannelError, match="ReadTimeout") as raised:
            await sms.send(MESSAGE)
    assert raised.value.ambiguous
    found = await line.sms.find(MESSAGE)
    assert found is not None
    assert found.provider_id == line.carrier.messages[0].sid


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER_TAKING, Fault.MALFORMED])
async def test_2_what_was_taken_all_the_same_is_found_by_its_reference(line: Line, fault: Fault) -> None:
    line.carrier.order(fault)
    with pytest.raises(ChannelError):
        await line.sms.send(MESSAGE)
    assert await line.sms.find(MESSAGE) is not None
    assert await line.sms.find(replace(MESSAGE, reference="ZZZZZ")) is None
    assert await line.sms.find(replace(MESSAGE, to="+447700900099")) is None


async def test_2_no_connection_was_ever_made_so_nothing_can_have_been_sent() -> None:
    with unanswering() as url:
        async with channel(url, timeout_s=0.3) as sms:
            with pytest.raises(ChannelError, match="ConnectTimeout") as raised:
                await sms.send(MESSAGE)
    assert (raised.value.ambiguous, raised.value.permanent) == (False, False)


async def test_2_a_refused_connection_is_passing_trouble() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with channel(url) as sms:
            with pytest.raises(ChannelError, match="ConnectionError") as raised:
                await sms.send(MESSAGE)
    assert (raised.value.ambiguous, raised.value.permanent) == (False, False)


async def test_2_a_connection_that_breaks_half_way_is_doubtful() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server, channel(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as sms:
        with pytest.raises(ChannelError) as raised:
            await sms.send(MESSAGE)
    assert raised.value.ambiguous


async def test_opted_out_is_said(line: Line) -> None:
    line.carrier.text(TOM, "STOP")
    with pytest.raises(ChannelError) as raised:
        await line.sms.send(MESSAGE)
    assert (raised.value.opted_out, raised.value.permanent) == (True, True)


async def test_replies_come_oldest_first_and_only_what_came_in(line: Line) -> None:
    await line.sms.send(replace(MESSAGE, to=TOM))
    line.carrier.text(TOM, "2")
    await line.clock.advance(60)
    line.carrier.text(TOM, "1")
    replies = await line.sms.inbound(START - timedelta(hours=1))
    assert [(one.text, one.sender, one.channel, one.at) for one in replies] == [
        ("2", TOM, "sms", START),
        ("1", TOM, "sms", START + timedelta(minutes=1)),
    ]
    assert len({one.provider_id for one in replies}) == 2
    assert [one.text for one in await line.sms.inbound(START + timedelta(seconds=30))] == ["1"]


async def test_a_list_that_is_refused_is_passing_trouble(line: Line) -> None:
    async with channel(line.url, token=TOKEN[1:]) as sms:
        with pytest.raises(ChannelError) as raised:
            await sms.inbound(START)
    assert (raised.value.permanent, raised.value.ambiguous) == (False, False)


async def test_one_dead_number_does_not_block_others(line: Line) -> None:
    line.carrier.order(Fault.HANGS_AFTER_TAKING)
    async with channel(line.url, timeout_s=2.0) as sms:
        dead = asyncio.create_task(sms.send(MESSAGE))
        while not line.carrier.messages:
            await asyncio.wait({dead}, timeout=0.01)
        evidence = await sms.send(replace(MESSAGE, to="+447700900003"))
        assert evidence.state is NotificationState.ACCEPTED
        assert not dead.done()
        with pytest.raises(ChannelError):
            await dead


def test_without_secrets_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNT_SID", "TOKEN", "NUMBER", "URL"):
        monkeypatch.delenv(f"ALONGSIDE_TWILIO_{name}", raising=False)
    with pytest.raises(SecretError, match="ALONGSIDE_TWILIO_ACCOUNT_SID"):
        TwilioSms.from_secrets(HOUSEHOLD)


async def test_the_account_comes_from_the_environment(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"ACCOUNT_SID": ACCOUNT_SID, "TOKEN": TOKEN, "NUMBER": NUMBER, "URL": line.url}
    for name, value in secrets.items():
        monkeypatch.setenv(f"ALONGSIDE_TWILIO_{name}", value)
    sms = TwilioSms.from_secrets(replace(HOUSEHOLD, sms=SmsPolicy(validity=timedelta(days=3))))
    await sms.send(MESSAGE)
    sms.close()
    assert dict(line.carrier.exchanges[0].form)["ValidityPeriod"] == "36000"  # Twilio's longest


def test_an_account_does_not_show_what_is_secret() -> None:
    shown = repr(account("http://127.0.0.1:1"))
    assert TOKEN not in shown
    assert NUMBER not in shown


async def test_nothing_personal_is_logged(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await line.sms.send(MESSAGE)
    assert TOM not in caplog.text
    assert "Margaret" not in caplog.text
