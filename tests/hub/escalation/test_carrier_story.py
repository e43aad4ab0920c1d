"""The escalation with Twilio's own client and the simulated carrier: texts out, replies in, nothing patched."""

from collections.abc import AsyncIterator, Callable

import pytest

from analytics.model import FindingKind
from hub.channels.twilio_sms import TwilioSms
from hub.escalation.service import Escalation
from hub.model import Channel
from hub.simulated.carrier import Carrier
from hub.simulated.carrier_faults import Fault
from hub.simulated.channel import SimulatedChannel
from hub.store.schema import acknowledgement, alarm, notification, opt_out
from hub.store.writer import Store
from tests.fakes import FakeClock
from tests.hub.channels.test_twilio_sms import account
from tests.hub.escalation.homes import PRIYA, TOM
from tests.hub.escalation.test_service import Hub, running, until


class Story(Hub):
    """A hub whose texts go through the carrier at this address."""

    def __init__(self, store: Store, carrier: Carrier, clock: FakeClock, url: str) -> None:
        super().__init__(store)
        self.clock = clock
        self.carrier = carrier
        self.sms = TwilioSms(account(url, timeout_s=1.0))
        channels: dict[str, Channel] = {"twilio": self.sms, "speaker": SimulatedChannel("speaker")}
        self.escalation = Escalation(store, clock, channels, self.in_force, boot_id="boot-1")

    def states(self) -> list[str]:
        return [row["state"] for row in self.rows(notification, person="priya", purpose="alarm")]


@pytest.fixture
async def story(new_store: Callable[[], Store]) -> AsyncIterator[Story]:
    clock = FakeClock()
    carrier = Carrier(clock)
    async with carrier.serving() as url:
        story = Story(new_store(), carrier, clock, url)
        async with running(story.escalation.run):
            await until(lambda: story.escalation._loop is not None)
            yield story
        story.sms.close()


async def test_a_text_goes_out_is_delivered_answered_and_closed(story: Story) -> None:
    number = await story.opens()
    await until(lambda: len(story.carrier.sent_to(PRIYA)) == 1)
    await story.passes(lambda: story.states() == ["delivered"])
    code = story.rows(alarm, id=number)[0]["code"]
    assert f"Reply 1 going, 2 cannot, 3 safe, code {code}" in story.carrier.sent_to(PRIYA)[0]
    story.carrier.text(PRIYA, " 1. ")
    await story.passes(lambda: story.state(number) == "acknowledged")
    await story.passes(lambda: len(story.carrier.sent_to(PRIYA)) == 2)
    story.carrier.text(PRIYA, f"3 {code}")
    await story.passes(lambda: story.state(number) == "resolved")
    assert [row["said"] for row in story.rows(acknowledgement)] == ["going", "closed"]


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER_TAKING, Fault.MALFORMED, Fault.HANGS_AFTER_TAKING])
async def test_2_what_was_taken_in_spite_of_an_error_is_not_sent_twice(story: Story, fault: Fault) -> None:
    story.carrier.order(fault)
    await story.opens()
    await until(lambda: len(story.carrier.messages) == 1)
    await until(lambda: story.states() == ["unknown"])
    await story.passes(lambda: story.states() == ["delivered"])
    assert len(story.carrier.sent_to(PRIYA)) == 1


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.ERROR])
async def test_2_what_was_not_taken_is_sent_again(story: Story, fault: Fault) -> None:
    story.carrier.order(fault)
    await story.opens()
    await story.passes(lambda: len(story.carrier.sent_to(PRIYA)) == 1)
    marked = story.carrier.sent_to(PRIYA)[0].endswith("(repeat)")
    assert marked is (fault is Fault.ERROR)  # an error of the server's leaves a doubt


@pytest.mark.parametrize("fault", [Fault.BAD_NUMBER, Fault.NOT_AUTHORISED, Fault.UNDELIVERED])
async def test_2_a_number_that_cannot_be_reached_does_not_hold_up_the_next_step(story: Story, fault: Fault) -> None:
    story.carrier.order(fault)
    await story.opens()
    await story.passes(lambda: len(story.carrier.sent_to(TOM)) == 1)
    assert story.clock.boot_s() < 1000.0 + 60.0  # before the first step's time was up


async def test_7_stop_is_never_an_ack_and_the_number_is_not_written_to_again(story: Story) -> None:
    number = await story.opens()
    await until(lambda: len(story.carrier.sent_to(PRIYA)) == 1)
    story.carrier.text(PRIYA, "Stop.")
    await story.passes(lambda: story.rows(opt_out) != [])
    await story.passes(lambda: len(story.carrier.sent_to(TOM)) == 1)
    assert story.state(number) == "escalating"
    assert len(story.carrier.sent_to(PRIYA)) == 1
    assert FindingKind.FAULT in [row["kind"] for row in story.rows(alarm)]
