import io
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.channels.console import KEPT, Console
from hub.model import ChannelError, Message, NotificationState, Purpose
from tests.fakes import START

MESSAGE = Message(
    notification_id=7,
    person="priya",
    channel="sms",
    to="+447700900001",
    text="Margaret called for help.",
    reference="K3F9Q",
    purpose=Purpose.ALARM,
)


async def test_it_says_what_would_be_sent_to_whom_and_keeps_it() -> None:
    out = io.StringIO()
    console = Console(out)
    evidence = await console.send(MESSAGE)
    assert out.getvalue() == "[sms to priya] Margaret called for help.\n"
    assert (evidence.state, evidence.provider_id) == (NotificationState.DELIVERED, "console-7")
    assert list(console.messages) == [MESSAGE]


async def test_it_knows_what_it_has_written_itself() -> None:
    console = Console(io.StringIO())
    assert await console.find(MESSAGE) is None
    await console.send(MESSAGE)
    found = await console.find(MESSAGE)
    assert found is not None
    assert found.provider_id == "console-7"
    assert await console.find(replace(MESSAGE, reference="ZZZZZ")) is None
    assert await console.status("console-7") is None


async def test_somebody_at_the_terminal_can_answer() -> None:
    console = Console(io.StringIO())
    console.hear("+447700900001", "1", START)
    console.hear("+447700900001", "2", START + timedelta(minutes=1))
    assert [one.text for one in await console.inbound(START)] == ["1", "2"]
    assert [one.text for one in await console.inbound(START + timedelta(seconds=30))] == ["2"]
    assert len({one.provider_id for one in await console.inbound(START)}) == 2


async def test_a_terminal_that_is_gone_is_said() -> None:
    out = io.StringIO()
    out.close()
    with pytest.raises(ChannelError, match="cannot be written") as raised:
        await Console(out).send(MESSAGE)
    assert raised.value.permanent


async def test_it_does_not_grow_for_ever() -> None:
    console = Console(io.StringIO())
    for number in range(KEPT + 10):
        await console.send(replace(MESSAGE, notification_id=number))
    assert len(console.messages) == KEPT
    assert Console()._out is not None
