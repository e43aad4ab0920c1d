"""Twilio's reports at the hub's own small server: signed by the carrier, believed, durable, and counted once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from analytics.model import FindingKind
from hub.channels.twilio_sms import TwilioSms
from hub.channels.twilio_voice import TwilioVoice
from hub.channels.twilio_webhooks import STATUS_PATH, TEXT_PATH
from hub.escalation.keys import Pressed
from hub.escalation.service import Escalation
from hub.hooks import LONGEST, Gate, Hooks
from hub.household.model import Household, TwilioPolicy
from hub.model import Channel, Evidence, Inbound
from hub.serving import listening, serving
from hub.simulated import carrier_hooks
from hub.simulated.carrier import ACCOUNT_SID, TOKEN, Carrier
from hub.simulated.carrier_calls import Fate
from hub.simulated.channel import SimulatedChannel
from hub.store.errors import StoreBusyError
from hub.store.schema import acknowledgement, inbound, notification
from hub.store.writer import Store
from tests.fakes import FakeClock
from tests.hub.channels.test_twilio_sms import account
from tests.hub.escalation.conftest import empty_database, new_store
from tests.hub.escalation.homes import PRIYA
from tests.hub.escalation.test_keys import by_voice
from tests.hub.escalation.test_service import Hub, running, until

__all__ = ["empty_database", "new_store"]


class Story(Hub):
    """A hub that Twilio can reach, with texts and calls through the carrier."""

    def __init__(self, store: Store, carrier: Carrier, clock: FakeClock, url: str, public: str) -> None:
        super().__init__(store)
        self.clock = clock
        self.carrier = carrier
        self.public = public
        self.household: Household = replace(by_voice(), twilio=TwilioPolicy(public_url=public))
        reached = replace(account(url, timeout_s=2.0), public_url=public)
        self.sms, self.voice = TwilioSms(reached), TwilioVoice(reached, timedelta(seconds=25))
        channels: dict[str, Channel] = {
            "twilio": self.sms,
            "voice": self.voice,
            "speaker": SimulatedChannel("speaker"),
        }
        self.escalation = Escalation(store, clock, channels, self.in_force, boot_id="boot-1")


@pytest.fixture
async def story(new_store: Callable[[], Store]) -> AsyncIterator[Story]:
    clock = FakeClock()
    carrier = Carrier(clock)
    with listening(0) as listener:
        public = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with carrier.serving() as url:
            story = Story(new_store(), carrier, clock, url, public)
            hooks = Hooks(story.escalation, clock, Gate(public_url=public, port=0, token=TOKEN))
            async with serving(hooks.app(), listener), running(story.escalation.run):
                await until(lambda: story.escalation._loop is not None)
                yield story
            story.sms.close()
            story.voice.close()


async def test_a_key_pressed_in_a_call_is_an_answer(story: Story) -> None:
    story.carrier.phones[PRIYA] = Fate.ANSWERED
    number = await story.opens()
    await until(lambda: len(story.carrier.rung(PRIYA)) == 1)
    (call,) = story.carrier.rung(PRIYA)
    assert "press 1" in (await story.carrier.press(call, "7") or "")
    assert story.state(number) == "escalating"
    assert await story.carrier.press(call, "1") == "Thank you. You are going to Margaret. Goodbye."
    assert story.state(number) == "acknowledged"
    await story.passes(lambda: story.carrier.exchanges[-1].path.endswith("Messages.json"))
    assert story.rows(notification, channel="voice")[0]["state"] == "read"


async def test_a_voicemail_is_no_answer_and_the_next_way_is_taken(story: Story) -> None:
    story.carrier.phones[PRIYA] = Fate.VOICEMAIL
    number = await story.opens()
    await story.passes(lambda: len(story.carrier.sent_to(PRIYA)) == 1)
    assert story.state(number) == "escalating"
    assert story.rows(acknowledgement) == []
    await story.passes(lambda: story.rows(notification, channel="voice")[0]["reason"] == "no key was pressed")


async def test_a_text_that_is_brought_counts_once_though_it_is_also_fetched(story: Story) -> None:
    number = await story.opens()
    await until(lambda: story.rows(notification)[0]["state"] == "accepted")
    assert await story.carrier.bring(PRIYA, "1", story.public + TEXT_PATH) == 200
    assert story.state(number) == "acknowledged"
    await story.clock.advance(60)
    await story.passes(lambda: story.carrier.exchanges[-1].path.endswith("Messages.json"))
    assert len(story.rows(inbound)) == 1


@pytest.mark.parametrize("words", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "sent", "delivered")])
async def test_7_reports_of_arrival_come_in_any_order(story: Story, words: tuple[str, ...]) -> None:
    await story.opens(FindingKind.FAULT)
    await until(lambda: story.rows(notification)[0]["provider_id"] is not None)
    assert await story.carrier.report(story.carrier.messages[0], *words) == [200] * len(words)
    assert story.rows(notification)[0]["state"] == "delivered"


async def test_undelivered_sends_for_the_next_at_once(story: Story) -> None:
    await story.opens(FindingKind.FAULT)
    await until(lambda: story.rows(notification)[0]["provider_id"] is not None)
    await story.carrier.report(story.carrier.messages[0], "undelivered")
    assert story.rows(notification)[0]["reason"] == "30003"
    await until(lambda: len(story.rows(notification)) > 1)


async def test_7_a_forged_signature_does_nothing(story: Story) -> None:
    number = await story.opens()
    await until(lambda: story.rows(notification)[0]["state"] == "accepted")
    assert await story.carrier.bring(PRIYA, "1", story.public + TEXT_PATH, token=TOKEN[1:]) == 403
    async with httpx.AsyncClient() as client:
        assert (await client.post(story.public + TEXT_PATH, data={"From": PRIYA})).status_code == 403
    assert story.state(number) == "escalating"
    assert story.rows(inbound) == []


async def test_a_signature_for_another_address_is_worth_nothing_here(story: Story) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": PRIYA}
    signature = carrier_hooks.signature(story.public + STATUS_PATH, form, TOKEN)
    headers = {"X-Twilio-Signature": signature}
    async with httpx.AsyncClient() as client:
        assert (await client.post(story.public + STATUS_PATH, data=form, headers=headers)).status_code == 200
        assert (await client.post(story.public + TEXT_PATH, data=form, headers=headers)).status_code == 403


@pytest.mark.parametrize("path", [STATUS_PATH, TEXT_PATH])
async def test_a_report_without_what_it_is_about_is_refused(story: Story, path: str) -> None:
    answer = await carrier_hooks.post(story.public + path, {"AccountSid": ACCOUNT_SID}, TOKEN)
    assert answer.status == 400


async def test_what_is_longer_than_any_report_is_not_read_to_the_end(story: Story) -> None:
    answer = await carrier_hooks.post(story.public + TEXT_PATH, {"Body": "x" * (LONGEST + 1)}, TOKEN)
    assert answer.status == 403


async def test_a_key_in_no_call_of_ours_is_answered_kindly(story: Story) -> None:
    url = f"{story.public}/hooks/twilio/key/99/ZZZZZ"
    answer = await carrier_hooks.post(url, {"CallSid": "CA1", "Digits": "1"}, TOKEN)
    assert answer.status == 200
    assert "could not be noted" in answer.text


class InTrouble:
    """A hub whose database takes nothing just now."""

    async def hear(self, _: Inbound) -> None:
        raise StoreBusyError("the database is locked")

    async def told(self, _: Evidence) -> None:
        raise StoreBusyError("the database is locked")

    async def pressed(self, _: Pressed) -> str | None:
        raise StoreBusyError("the database is locked")


async def test_what_cannot_be_kept_is_not_acknowledged() -> None:
    with listening(0) as listener:
        public = f"http://127.0.0.1:{listener.getsockname()[1]}"
        hooks = Hooks(InTrouble(), FakeClock(), Gate(public_url=public, port=0, token=TOKEN))
        async with serving(hooks.app(), listener):
            form = {"MessageSid": "SM1", "From": PRIYA, "Body": "1"}
            assert (await carrier_hooks.post(public + TEXT_PATH, form, TOKEN)).status == 503
            keys = {"CallSid": "CA1", "Digits": "1"}
            answer = await carrier_hooks.post(f"{public}/hooks/twilio/key/1/ABCDE", keys, TOKEN)
            assert "could not be noted" in answer.text


async def test_it_serves_on_its_port_until_stopped_and_says_when_that_is_taken() -> None:
    with listening(0) as listener:
        port = listener.getsockname()[1]
        gate = Gate(public_url="https://care.example", port=port, token=TOKEN)
        with pytest.raises(OSError, match="in use"):
            await Hooks(InTrouble(), FakeClock(), gate).run()
    assert TOKEN not in repr(gate)
    async with running(Hooks(InTrouble(), FakeClock(), gate).run), httpx.AsyncClient() as client:
        await until_served(client, port)


async def until_served(client: httpx.AsyncClient, port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                answer = await client.post(f"http://127.0.0.1:{port}{TEXT_PATH}")
            except httpx.ConnectError:
                continue
            assert answer.status_code == 403
            return
