"""The simulated carrier as Twilio's own client sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from hub.channels.twilio_account import Account, ElsewhereClient
from hub.simulated.carrier import ACCOUNT_SID, NUMBER, TOKEN, Carrier
from hub.simulated.carrier_faults import Fault
from hub.simulated.carrier_messages import Direction, Fate, Stored, matches, page, segments, status
from tests.fakes import START, FakeClock

TOM = "+447700900002"


class Phone:
    """Twilio's client, pointed at the carrier."""

    def __init__(self, carrier: Carrier, clock: FakeClock, url: str, token: str = TOKEN) -> None:
        self.carrier = carrier
        self.clock = clock
        account = Account(sid=ACCOUNT_SID, token=token, number=NUMBER, url=url, timeout=timedelta(seconds=5))
        self.messages = Client(ACCOUNT_SID, token, http_client=ElsewhereClient(account)).messages

    async def ask(self, work: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(work, self.messages)

    async def sends(self, body: str = "hello", to: str = TOM) -> Any:
        return await self.ask(lambda messages: messages.create(to=to, from_=NUMBER, body=body))


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    clock = FakeClock()
    carrier = Carrier(clock, transit=timedelta(seconds=10))
    async with carrier.serving() as url:
        yield Phone(carrier, clock, url)


async def test_a_text_is_queued_sent_and_delivered(phone: Phone) -> None:
    sent = await phone.sends()
    assert (sent.status, sent.to, sent.body, sent.date_sent) == ("queued", TOM, "hello", None)
    states = []
    for _ in range(2):
        await phone.clock.advance(5)
        states.append((await phone.ask(lambda messages: messages(sent.sid).fetch())).status)
    assert states == ["sent", "delivered"]
    assert phone.carrier.sent_to(TOM) == ["hello"]


async def test_texts_from_people_are_in_the_list(phone: Phone) -> None:
    phone.carrier.text(TOM, "1")
    (received,) = await phone.ask(lambda messages: messages.list(to=NUMBER))
    assert (received.direction, received.status, received.body, received.from_) == ("inbound", "received", "1", TOM)
    assert received.date_sent == START


async def test_lists_are_filtered_and_come_in_pages_the_latest_first(phone: Phone) -> None:
    for count in range(7):
        await phone.sends(f"text {count}")
        await phone.clock.advance(60)
    await phone.sends("elsewhere", to="+447700900003")
    listed = await phone.ask(lambda messages: messages.list(to=TOM, page_size=3))
    assert [one.body for one in listed] == [f"text {count}" for count in range(6, -1, -1)]
    since = START + timedelta(minutes=4, seconds=30)
    later = await phone.ask(lambda messages: messages.list(to=TOM, date_sent_after=since))
    assert [one.body for one in later] == ["text 6", "text 5"]
    before = await phone.ask(lambda messages: messages.list(to=TOM, date_sent_before=START))
    assert [one.body for one in before] == ["text 0"]
    assert await phone.ask(lambda messages: messages.list(from_=TOM)) == []


@pytest.mark.parametrize(
    ("fault", "status_", "code", "taken"),
    [
        (Fault.ERROR, 503, 20503, 0),
        (Fault.ERROR_AFTER_TAKING, 500, 20500, 1),
        (Fault.TOO_MANY, 429, 20429, 0),
        (Fault.BAD_NUMBER, 400, 21211, 0),
        (Fault.NOT_AUTHORISED, 401, 20003, 0),
    ],
)
async def test_faults_to_order(phone: Phone, fault: Fault, status_: int, code: int, taken: int) -> None:
    phone.carrier.order(fault)
    with pytest.raises(TwilioRestException) as raised:
        await phone.sends()
    assert (raised.value.status, raised.value.code) == (status_, code)
    assert len(phone.carrier.messages) == taken
    await phone.sends()  # the next one is well again


@pytest.mark.parametrize(
    ("to", "body", "code"),
    [("not a number", "x", 21211), (TOM, "", 21602), (TOM, "x" * 1601, 21617)],
)
async def test_what_twilio_refuses_is_refused(phone: Phone, to: str, body: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as raised:
        await phone.sends(body, to)
    assert raised.value.code == code


async def test_a_sender_is_needed(phone: Phone) -> None:
    with pytest.raises(TwilioRestException) as raised:
        await phone.ask(lambda messages: messages.create(to=TOM, body="x"))
    assert raised.value.code == 21603


async def test_who_has_said_stop_is_not_written_to_until_start(phone: Phone) -> None:
    phone.carrier.text(TOM, "Stop.")
    with pytest.raises(TwilioRestException) as raised:
        await phone.sends()
    assert raised.value.code == 21610
    phone.carrier.text(TOM, "start")
    await phone.sends()


async def test_an_unknown_message_and_a_wrong_token_are_refused(phone: Phone) -> None:
    with pytest.raises(TwilioRestException) as raised:
        await phone.ask(lambda messages: messages("SM" + "0" * 32).fetch())
    assert raised.value.status == 404
    async with phone.carrier.serving() as url:
        stranger = Phone(phone.carrier, phone.clock, url, token=TOKEN[1:])
        with pytest.raises(TwilioRestException) as refused:
            await stranger.sends()
    assert refused.value.status == 401


def stored(fate: Fate = Fate.DELIVERED, direction: Direction = Direction.OUTBOUND) -> Stored:
    return Stored(sid="SM1", sender=NUMBER, to=TOM, body="x", direction=direction, fate=fate, at=START)


@pytest.mark.parametrize(
    ("fate", "states"),
    [
        (Fate.DELIVERED, ["queued", "sent", "delivered"]),
        (Fate.UNDELIVERED, ["queued", "sent", "undelivered"]),
        (Fate.SILENT, ["queued", "sent", "sent"]),
    ],
)
def test_how_texts_travel(fate: Fate, states: list[str]) -> None:
    transit = timedelta(seconds=2)
    assert [status(stored(fate), START + timedelta(seconds=age), transit) for age in (0, 1, 2)] == states


def test_a_list_may_ask_for_one_day() -> None:
    assert matches(stored(), {"DateSent": START.date().isoformat()})
    assert not matches(stored(), {"DateSent": "2001-01-01"})
    assert not matches(stored(), {"DateSent>": datetime(2030, 1, 1, tzinfo=UTC).isoformat()})


def test_pages_name_their_neighbours() -> None:
    middle = page("/m.json", {"PageSize": "2", "Page": "1", "To": TOM}, [{} for _ in range(5)])
    assert middle["next_page_uri"] == "/m.json?PageSize=2&Page=2&To=%2B447700900002"
    assert middle["previous_page_uri"] == "/m.json?PageSize=2&Page=0&To=%2B447700900002"
    assert (middle["start"], middle["end"]) == (2, 3)
    assert page("/m.json", {}, [])["next_page_uri"] is None


def test_accents_make_a_text_longer() -> None:
    assert segments("\N{LATIN SMALL LETTER E WITH DIAERESIS}" * 71) == 2
