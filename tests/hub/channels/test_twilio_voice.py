"""Calls by Twilio's own client, through the simulated carrier."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.channels import twilio_script as script
from hub.channels.twilio_voice import NO_KEY, TwilioVoice
from hub.model import ChannelError, Evidence, Message, NotificationState, Purpose
from hub.simulated import carrier_calls as calls
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN, Carrier
from hub.simulated.carrier_calls import Fate
from hub.simulated.carrier_faults import Fault
from hub.simulated.carrier_messages import RefusedError
from tests.fakes import START, FakeClock
from tests.hub.channels.test_twilio_sms import TOM, account
from tests.hub.escalation.homes import HOUSEHOLD

MESSAGE = Message(
    notification_id=12,
    person="tom",
    channel="voice",
    to=TOM,
    text="Margaret called for help. If you are going, press 1.",
    reference="K3F9Q",
    purpose=Purpose.ALARM,
    claimed_at=START,
)
PUBLIC = "http://127.0.0.1:9"


class Line:
    def __init__(self, carrier: Carrier, clock: FakeClock, url: str, public: str | None = PUBLIC) -> None:
        self.carrier = carrier
        self.clock = clock
        self.url = url
        self.voice = TwilioVoice(replace(account(url), public_url=public), timedelta(seconds=25))

    async def after(self, seconds: float, sent: Evidence) -> Evidence:
        await self.clock.advance(seconds)
        evidence = await self.voice.status(sent.provider_id or "")
        assert evidence is not None
        return evidence


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    clock = FakeClock()
    carrier = Carrier(clock)
    async with carrier.serving() as url:
        line = Line(carrier, clock, url)
        yield line
        line.voice.close()


async def test_a_call_rings_says_what_is_wrong_twice_and_asks_for_a_key(line: Line) -> None:
    sent = await line.voice.send(MESSAGE)
    assert (sent.state, sent.negative) == (NotificationState.ACCEPTED, False)
    (call,) = line.carrier.rung(TOM)
    assert call.ring == timedelta(seconds=25)
    assert calls.said(call.script)[:2] == [MESSAGE.text, MESSAGE.text]
    assert calls.asks(call.script) == f"{PUBLIC}/hooks/twilio/key/12/K3F9Q"
    assert (await line.after(2, sent)).state is NotificationState.SENT


@pytest.mark.parametrize(
    ("fate", "why"),
    [
        (Fate.VOICEMAIL, NO_KEY),
        (Fate.ANSWERED, NO_KEY),
        (Fate.NO_ANSWER, "no answer"),
        (Fate.BUSY, "engaged"),
        (Fate.UNREACHABLE, "the call could not be made"),
    ],
)
async def test_goalert_921_a_voicemail_does_not_count_as_answered(line: Line, fate: Fate, why: str) -> None:
    line.carrier.phones[TOM] = fate
    sent = await line.voice.send(MESSAGE)
    evidence = await line.after(120, sent)
    assert (evidence.negative, evidence.detail) == (True, why)


async def test_where_no_key_can_be_reported_a_call_that_was_heard_says_nothing_either_way(line: Line) -> None:
    line.carrier.phones[TOM] = Fate.ANSWERED
    private = Line(line.carrier, line.clock, line.url, public=None)
    sent = await private.voice.send(MESSAGE)
    assert calls.asks(line.carrier.calls[0].script) is None
    evidence = await private.after(120, sent)
    assert (evidence.state, evidence.negative) == (NotificationState.SENT, False)
    assert await line.carrier.press(line.carrier.calls[0], "1") is None
    private.voice.close()


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER_TAKING, Fault.MALFORMED])
async def test_2_a_call_that_was_placed_all_the_same_is_found_by_its_number_and_moment(
    line: Line, fault: Fault
) -> None:
    line.carrier.order(fault)
    with pytest.raises(ChannelError) as raised:
        await line.voice.send(MESSAGE)
    assert raised.value.ambiguous
    found = await line.voice.find(MESSAGE)
    assert found is not None
    assert found.provider_id == line.carrier.calls[0].sid
    assert await line.voice.find(replace(MESSAGE, claimed_at=START - timedelta(minutes=5))) is None
    assert await line.voice.find(replace(MESSAGE, claimed_at=START + timedelta(minutes=5))) is None
    assert await line.voice.find(replace(MESSAGE, claimed_at=None)) is None
    assert await line.voice.find(replace(MESSAGE, to="+447700900099")) is None


async def test_a_number_that_cannot_be_rung_is_refused_for_good(line: Line) -> None:
    with pytest.raises(ChannelError) as raised:
        await line.voice.send(replace(MESSAGE, to="margaret"))
    assert raised.value.permanent


async def test_it_hears_nothing_by_asking(line: Line) -> None:
    assert await line.voice.inbound(START) == []


async def test_the_account_comes_from_the_environment(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"ACCOUNT_SID": ACCOUNT_SID, "TOKEN": TOKEN, "NUMBER": NUMBER, "URL": line.url}
    for name, value in secrets.items():
        monkeypatch.setenv(f"ALONGSIDE_TWILIO_{name}", value)
    voice = TwilioVoice.from_secrets(HOUSEHOLD)
    await voice.send(MESSAGE)
    voice.close()
    assert dict(line.carrier.exchanges[0].form)["From"] == NUMBER


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": TOM, "Twiml": "<Response/>"}, 21213),
        ({"From": NUMBER, "To": "x", "Twiml": "<Response/>"}, 21211),
        ({"From": NUMBER, "To": TOM}, 21205),
    ],
)
def test_the_carrier_refuses_what_twilio_refuses(form: dict[str, str], code: int) -> None:
    with pytest.raises(RefusedError) as raised:
        calls.placed(form, Fate.ANSWERED, START)
    assert raised.value.code == code


def test_what_is_said_after_a_key() -> None:
    again = script.unclear(f"{PUBLIC}/hooks/twilio/key/12/K3F9Q")
    assert "press 1" in calls.said(again)[0]
    assert calls.asks(again) is not None
    for last in (script.heard("Thank you & goodbye."), script.trouble()):
        assert calls.asks(last) is None
        assert len(calls.said(last)) == 1
