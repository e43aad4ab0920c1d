"""Internet and modem: whatever happens to the first, the second takes over within `accept_by`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.model import FindingKind
from hub.channels.attended import Around
from hub.channels.gsm.modem import GsmModem
from hub.channels.twilio_sms import TwilioSms
from hub.escalation.context import Call
from hub.escalation.results import Trouble
from hub.escalation.sayings import Said
from hub.escalation.service import Escalation
from hub.household.model import SmsPolicy
from hub.model import Channel, NotificationState
from hub.simulated.carrier import Carrier
from hub.simulated.channel import SimulatedChannel
from hub.simulated.modem import SimulatedModem
from hub.store.schema import alarm, from_us, notification
from hub.store.writer import Store
from tests.hub.channels.test_twilio_sms import account
from tests.hub.escalation.desk import Desk
from tests.hub.escalation.homes import HOUSEHOLD, PRIYA
from tests.hub.escalation.test_service import DEADLINE_S, SYSTEM, Hub, running, until

ACCEPT_BY = timedelta(seconds=10)
TWO_PATHS = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem", accept_by=ACCEPT_BY))

ON_ITS_WAY = ("pending", "calling", "unknown", "retry_wait")


@pytest.fixture
def two_paths(desk: Desk) -> Desk:
    desk.household = TWO_PATHS
    desk.adapters |= {"gsm_modem"}
    return desk


def one_call(desk: Desk) -> Call:
    desk.open(FindingKind.PANIC)
    (call,) = desk.run()
    return call


def by_modem(calls: list[Call]) -> list[str]:
    return [call.message.person for call in calls if call.adapter == "gsm_modem"]


def state(desk: Desk, call: Call) -> str:
    return str(desk.row(notification, id=call.message.notification_id)["state"])


# The outbox, to the second.


def test_3_an_answer_takes_the_other_path_too_in_the_same_words_and_once(two_paths: Desk) -> None:
    desk = two_paths
    desk.accept([one_call(desk)])
    desk.reply(PRIYA, "1")
    (thanks,) = [one for one in desk.run() if one.message.person == "priya"]
    desk.refuse(thanks, Trouble.PERMANENT)
    (other,) = desk.run()
    assert other.adapter == "gsm_modem"
    words, _, mark = other.message.text.rpartition(" ")
    assert words == thanks.message.text.rpartition(" ")[0]
    assert mark == other.message.reference != thanks.message.reference, "each path finds its own again"
    desk.report(thanks.message.notification_id, NotificationState.SENT, negative=True)
    assert desk.run() == []


def test_3_an_answer_about_no_alarm_is_not_sent_twice_by_the_other_path(two_paths: Desk) -> None:
    desk = two_paths
    desk.reply(PRIYA, "hello")
    (question,) = desk.run()
    desk.accept([question])
    assert by_modem(desk.wait(45)) == ["priya"]  # no word of its arrival
    desk.report(question.message.notification_id, NotificationState.SENT, negative=True)
    assert desk.run() == []


def test_3_refused_at_once_and_again_the_modem_does_not_wait_for_the_last_try(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    for wait in (1, 3):
        desk.refuse(call, Trouble.PASSING, "no answer")
        (call,) = desk.wait(wait)
        assert call.adapter == "twilio"
    desk.refuse(call, Trouble.PASSING, "no answer")  # four seconds have gone, and the next try would come after nine
    assert state(desk, call) == "failed"
    assert by_modem(desk.run()) == ["priya"]
    assert by_modem(desk.wait(20)) == []


def test_3_each_try_hangs_and_the_modem_takes_over_all_the_same(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.pass_time(8)
    desk.refuse(call, Trouble.PASSING, "no answer")
    (again,) = desk.wait(1)
    assert (again.adapter, by_modem(desk.wait(0.9))) == ("twilio", [])
    assert by_modem(desk.wait(0.1)) == ["priya"]
    assert state(desk, again) == "calling"  # it may still succeed


def test_3_in_doubt_too_late_to_look_the_modem_takes_over_at_once(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.pass_time(8)
    desk.refuse(call, Trouble.AMBIGUOUS)
    assert by_modem(desk.run()) == ["priya"]
    assert state(desk, call) == "unknown"


def test_3_a_look_that_does_not_come_back_is_not_waited_for(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.pass_time(2)
    desk.refuse(call, Trouble.AMBIGUOUS)
    desk.pass_time(3)
    assert len(desk.turn().looks) == 1
    assert by_modem(desk.wait(4.9)) == []
    assert by_modem(desk.wait(0.1)) == ["priya"]
    assert by_modem(desk.wait(30)) == []


def test_3_a_modem_that_this_hub_does_not_have_ends_no_try_early(two_paths: Desk) -> None:
    desk = two_paths
    desk.adapters -= {"gsm_modem"}
    call = one_call(desk)
    for wait in (1, 3, 9):
        desk.refuse(call, Trouble.PASSING, "no answer")
        assert state(desk, call) == "retry_wait"
        (call,) = desk.wait(wait)


@pytest.mark.parametrize("jump", [timedelta(days=3650), timedelta(hours=1)])
def test_4_a_clock_set_forward_between_two_tries_makes_it_early_rather_than_late(
    two_paths: Desk, jump: timedelta
) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.now += jump
    desk.refuse(call, Trouble.PASSING, "no answer")
    assert by_modem(desk.run()) == ["priya"]


@pytest.mark.parametrize("jump", [timedelta(days=-3650), timedelta(hours=-1)])
def test_4_a_clock_set_back_between_two_tries_never_waits_for_longer_than_one(two_paths: Desk, jump: timedelta) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.now += jump
    desk.refuse(call, Trouble.PASSING, "no answer")
    (again,) = desk.wait(1)
    assert again.adapter == "twilio"
    assert by_modem(desk.wait(9.9)) == []
    assert by_modem(desk.wait(0.1)) == ["priya"]


def test_3_a_try_that_begins_after_its_time_is_not_the_only_one(two_paths: Desk) -> None:
    desk = two_paths
    call = one_call(desk)
    desk.refuse(call, Trouble.PASSING, "no answer")
    assert [one.adapter for one in desk.wait(30)] == ["twilio", "gsm_modem"]  # the machine was busy meanwhile


def test_3_what_was_never_tried_has_the_whole_time_after_the_hub_was_off(two_paths: Desk) -> None:
    desk = two_paths
    desk.open(FindingKind.PANIC)
    assert [one.adapter for one in desk.wait(50)] == ["twilio"]
    assert by_modem(desk.wait(9.9)) == []
    assert by_modem(desk.wait(0.1)) == ["priya"]


def test_3_a_look_after_a_restart_is_given_its_time(two_paths: Desk) -> None:
    desk = two_paths
    one_call(desk)
    desk.beat()
    desk.reboot(off_s=45)
    assert len(desk.turn().looks) == 1
    assert by_modem(desk.wait(9.9)) == []
    assert by_modem(desk.wait(0.1)) == ["priya"]


# The whole: Twilio's own client, the modem's own line, and the internet going away in each state.


class TwoPaths(Hub):
    """A hub with both, whose internet a test can cut."""

    def __init__(self, store: Store, internet: AsyncExitStack, url: str, modem: SimulatedModem) -> None:
        super().__init__(store, TWO_PATHS)
        self.modem = modem
        self.gsm = GsmModem(SYSTEM, modem.path, 115_200, timedelta(minutes=5))
        self.sms = TwilioSms(account(url, timeout_s=1.0))
        self.cut_at = self.clock.now()
        self._internet = internet
        channels: dict[str, Channel] = {
            "twilio": self.sms,
            "gsm_modem": self.gsm,
            "speaker": SimulatedChannel("speaker"),
        }
        self.escalation = Escalation(store, self.clock, channels, self.in_force, boot_id="boot-1")

    async def cut(self) -> None:
        """Cut it, once everything that was written has been handed over."""
        await until(lambda: not self.escalation._dispatcher.in_flight and not self.rows(notification, state="pending"))
        await self._internet.aclose()
        await self.clock.advance(1.0)
        self.cut_at = self.clock.now()

    async def passes_slowly(self, condition: Callable[[], bool]) -> None:
        """Let time pass until it holds: slowly while a message is on its way, whose commits take the machine's time."""

        def step_s() -> float:
            return 0.02 if any(row["state"] in ON_ITS_WAY for row in self.rows(notification)) else 5.0

        end = SYSTEM.boot_s() + DEADLINE_S
        while not condition():
            assert SYSTEM.boot_s() < end, "it did not come to pass in time"
            if not self.escalation._dispatcher.in_flight:
                await self.clock.advance(step_s())
            await SYSTEM.sleep(0.01)

    def told(self) -> list[str]:
        """Who got a text by the modem."""
        return [one.to for one in self.modem.sent]

    def waits(self) -> list[timedelta]:
        """How long after each text by the internet, written since it was cut, came the one by the modem."""
        rows = [row for row in self.rows(notification) if from_us(row["created_at"]) >= self.cut_at]
        key = ("person", "alarm_id", "round", "step", "purpose")
        first = {tuple(row[name] for name in key): row["created_at"] for row in rows if row["channel"] == "sms"}
        second = {tuple(row[name] for name in key): row["created_at"] for row in rows if row["channel"] == "gsm_modem"}
        return [from_us(at) - from_us(first[which]) for which, at in second.items()]


@pytest.fixture
async def hub(new_store: Callable[[], Store], tmp_path: Path) -> AsyncIterator[TwoPaths]:
    internet = AsyncExitStack()
    async with SimulatedModem(tmp_path / "modem", SYSTEM) as modem, internet:
        url = await internet.enter_async_context(Carrier(SYSTEM, timedelta(0)).serving())
        made = TwoPaths(new_store(), internet, url, modem)
        around = Around(report=lambda _: None, is_asked=lambda _: False)
        async with running(made.escalation.run), running(lambda: made.gsm.run(around)):
            await until(lambda: made.escalation._loop is not None and not made.gsm._care.ailing)
            yield made
        made.sms.close()


async def checking_in(hub: TwoPaths) -> None:
    await hub.opens(FindingKind.FALL)


async def escalating(hub: TwoPaths) -> None:
    await hub.opens()
    await until(lambda: hub.rows(notification)[0]["provider_id"] is not None)


async def acknowledged(hub: TwoPaths) -> None:
    number = await hub.opens()
    await until(lambda: hub.rows(notification)[0]["provider_id"] is not None)
    await hub.escalation.say(number, Said.GOING, "priya")


async def attending(hub: TwoPaths) -> None:
    number = await hub.opens()
    await until(lambda: hub.rows(notification)[0]["provider_id"] is not None)
    await hub.escalation.say(number, Said.ARRIVED, "priya")


async def exhausted(hub: TwoPaths) -> None:
    number = await hub.opens()
    await hub.passes(lambda: hub.state(number) == "exhausted", step_s=15)
    await hub.passes(lambda: not hub.escalation._dispatcher.in_flight)


@pytest.mark.parametrize("reached", [checking_in, escalating, acknowledged, attending, exhausted])
async def test_3_internet_lost_in_each_state_and_the_modem_takes_over_in_time(
    hub: TwoPaths, reached: Callable[[TwoPaths], Awaitable[None]]
) -> None:
    await reached(hub)
    before = len(hub.told())
    await hub.cut()
    await hub.passes_slowly(lambda: len(hub.told()) > before)
    assert set(hub.told()[before:]) <= {one.to for contact in HOUSEHOLD.people.values() for one in contact.addresses}
    assert hub.waits()
    assert max(hub.waits()) <= ACCEPT_BY


async def test_3_somebody_answers_by_the_modem_s_own_number(hub: TwoPaths) -> None:
    await hub.cut()
    number = await hub.opens()
    await hub.passes(lambda: PRIYA in hub.told())
    code = hub.rows(alarm, id=number)[0]["code"]
    hub.modem.receive(PRIYA, f"1 {code}", hub.clock.now())
    await hub.passes(lambda: hub.state(number) == "acknowledged")


async def test_3_the_modem_is_dead_too_and_the_alarm_goes_on(hub: TwoPaths) -> None:
    await hub.cut()
    await hub.modem.unplug()
    number = await hub.opens()
    await hub.passes(lambda: hub.state(number) == "exhausted", step_s=5.0)
    assert hub.told() == []
