from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.inbox import KEPT_S, PATIENCE_S, Inbox, Stored
from hub.simulated.modem_pdu import delivered, report

PRIYA, TOM = "+447700900001", "+447700900002"
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LONG = "I am on my way. " * 12


def stored(*pdus: str, first: int = 1) -> list[Stored]:
    return [Stored(index=index, pdu=pdu) for index, pdu in enumerate(pdus, start=first)]


def inbox(messages: Iterable[Stored], now_s: float = 0.0) -> Inbox:
    made = Inbox("sms")
    made.listed(messages, now_s)
    return made


def texts(box: Inbox, now_s: float = 0.0) -> list[tuple[str, str]]:
    return [(one.sender, one.text) for one in box.give(AT, now_s)]


def test_a_text_is_given_as_it_came_with_the_network_s_time() -> None:
    (only,) = inbox(stored(*delivered(PRIYA, "1 42", AT - timedelta(minutes=1)))).give(AT, 0.0)
    assert (only.sender, only.text, only.channel, only.at) == (PRIYA, "1 42", "sms", AT - timedelta(minutes=1))


def test_it_is_given_again_under_the_same_name_wherever_it_lies() -> None:
    (pdu,) = delivered(PRIYA, "1 42", AT)
    names = {inbox(stored(pdu, first=place)).give(AT, 0.0)[0].provider_id for place in (1, 7)}
    assert len(names) == 1
    box = inbox(stored(pdu))
    assert box.give(AT, 0.0) == box.give(AT, 5.0)


def test_two_texts_have_two_names() -> None:
    pdus = [*delivered(PRIYA, "1 42", AT), *delivered(PRIYA, "1 42", AT + timedelta(seconds=1))]
    pdus += [*delivered(TOM, "1 42", AT), *delivered(PRIYA, "2 42", AT)]
    assert len({one.provider_id for one in inbox(stored(*pdus)).give(AT, 0.0)}) == 4


@given(order=st.permutations(range(4)))
def test_parts_are_joined_in_whatever_order_they_lie(order: list[int]) -> None:
    pdus = [*delivered(PRIYA, LONG, AT, 7), *delivered(TOM, LONG, AT, 7)]
    assert sorted(texts(inbox(stored(*(pdus[index] for index in order))))) == [(PRIYA, LONG), (TOM, LONG)]


def test_a_part_that_came_twice_counts_once_and_both_are_removed() -> None:
    pdus = list(delivered(PRIYA, LONG, AT, 7))
    box = inbox(stored(*pdus, pdus[0]))
    assert texts(box) == [(PRIYA, LONG)]
    assert box.removable(KEPT_S, 3, 20) == [1, 2, 3]


def test_a_missing_part_is_waited_for_then_the_rest_is_given() -> None:
    _, second = delivered(PRIYA, LONG, AT, 7)
    box = inbox(stored(second))
    assert texts(box, PATIENCE_S - 1) == []
    assert texts(box, PATIENCE_S) == [(PRIYA, LONG[153:])]


def test_a_text_stays_in_the_modem_until_the_hub_has_surely_had_it() -> None:
    pdus = stored(*delivered(PRIYA, "1 42", AT))
    box = inbox(pdus)
    assert box.removable(KEPT_S * 2, 1, 20) == []  # nobody asked yet
    texts(box, 5.0)
    assert box.removable(KEPT_S + 4, 1, 20) == []
    box.listed(pdus, KEPT_S)
    assert box.removable(KEPT_S + 5, 1, 20) == [1]


def test_a_memory_that_is_nearly_full_is_cleared_of_what_the_hub_has_had() -> None:
    box = inbox(stored(*delivered(PRIYA, "1 42", AT), *delivered(TOM, "2", AT)))
    assert box.removable(1.0, 16, 20) == []
    texts(box)
    assert box.removable(1.0, 15, 20) == []
    assert box.removable(1.0, 16, 20) == [1, 2]


def test_what_cannot_be_read_is_removed_and_holds_up_nothing() -> None:
    spoilt = ["07914477", report(3, PRIYA, AT, 0)]
    box = inbox(stored(*spoilt, *delivered(PRIYA, "1 42", AT)))
    assert texts(box) == [(PRIYA, "1 42")]
    assert box.removable(0.0, 3, 20) == [1, 2]


def test_a_network_without_a_clock_leaves_it_to_the_hub_s() -> None:
    (only,) = inbox(stored("0791447758100650040C91447700091032000000000000000000" + "0131")).give(AT, 0.0)
    assert only.at == AT
