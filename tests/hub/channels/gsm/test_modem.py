"""The modem adapter against an emulated modem, through a real pseudo-terminal."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from devices.model import LinkState
from hub.channels.gsm.health import ADVICE, Ailment
from hub.channels.gsm.modem import ACCEPT_S, CHECK_EVERY_S, NAME, SEND_WITHIN_S
from hub.model import ChannelError, Evidence, Message, NotificationState, Purpose
from hub.simulated.modem import Sent
from hub.simulated.modem_state import ROOM, Lost
from tests.hub.channels.gsm.rig import PRIYA, TOM, Rig, around, running, text

DEAD = "+447700900009"


async def refused(rig: Rig, words: str = "Margaret may have fallen.", to: str = PRIYA) -> ChannelError:
    with pytest.raises(ChannelError) as raised:
        await rig.result(rig.channel.send(text(words, to)))
    return raised.value


async def has_arrived(rig: Rig, provider_id: str | None) -> None:
    async def arrived() -> None:
        while (await status(rig, provider_id)).state is not NotificationState.DELIVERED:
            await rig.clock.sleep(0.02)

    await rig.result(arrived())


async def status(rig: Rig, provider_id: str | None) -> Evidence:
    evidence = await rig.channel.status(provider_id or "")
    assert evidence is not None
    return evidence


# Sending.


async def test_accepted_is_not_delivered(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.report = None  # a network that reports nothing
        message = text("Margaret may have fallen (hall, 09:00).")
        evidence = await rig.result(rig.channel.send(message))
        assert evidence == Evidence(state=NotificationState.ACCEPTED, provider_id=f"gsm-{message.reference}-1")
        assert rig.modem.sent == [Sent(to=PRIYA, text=message.text)]
        await rig.pass_time(60)
        assert await rig.channel.find(message) == await rig.channel.status(evidence.provider_id or "") == evidence


async def test_a_report_of_the_network_says_that_it_was_delivered(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        evidence = await rig.result(rig.channel.send(text()))
        await has_arrived(rig, evidence.provider_id)


async def test_a_long_text_in_another_script_arrives_whole(tmp_path: Path) -> None:
    words = "Małgorzata mogła upaść. " * 12 + "😀"
    async with running(tmp_path) as rig:
        await rig.up()
        evidence = await rig.result(rig.channel.send(text(words)))
        assert rig.modem.sent == [Sent(to=PRIYA, text=words)]
        assert len(rig.modem.parts) == 5
        await has_arrived(rig, evidence.provider_id)


async def test_what_the_network_could_not_deliver_is_negative_evidence(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.report = 0x46
        message = text()
        await rig.result(rig.channel.send(message))
        reported = await evidence_of(rig, message, lambda one: one.negative)
        assert reported.detail == "the network reports status 70"


async def evidence_of(rig: Rig, message: Message, wanted: Callable[[Evidence], bool]) -> Evidence:
    """What is known of a message, once it is as wanted."""

    async def known() -> Evidence:
        while (found := await rig.channel.find(message)) is None or not wanted(found):
            await rig.clock.sleep(0.02)
        return found

    return await rig.result(known())


async def test_texts_go_out_one_at_a_time_however_many_are_sent_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        messages = [text(f"number {index}", to=PRIYA if index % 2 else TOM) for index in range(6)]
        await rig.result(asyncio.gather(*(rig.channel.send(one) for one in messages)))
        assert rig.modem.sent == [Sent(to=one.to, text=one.text) for one in messages]


@pytest.mark.parametrize("to", ["", "priya"])
async def test_what_is_no_number_is_refused_for_good(tmp_path: Path, to: str) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        error = await refused(rig, to=to)
        assert (error.permanent, error.ambiguous, rig.modem.sent) == (True, False, [])


@pytest.mark.parametrize(
    ("result", "permanent", "ambiguous"),
    [
        ("+CMS ERROR: 1", True, False),
        ("+CMS ERROR: 38", False, False),
        ("+CMS ERROR: 332", False, True),
        ("ERROR", False, False),
    ],
)
async def test_what_a_cms_error_means_for_the_message(
    tmp_path: Path, result: str, permanent: bool, ambiguous: bool
) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.append(result)
        error = await refused(rig)
        assert (error.permanent, error.ambiguous) == (permanent, ambiguous)
        await rig.result(rig.channel.send(text("again")))
        assert [one.text for one in rig.modem.sent] == ["again"]


async def test_a_cms_error_about_the_modem_itself_is_looked_into_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.registered, rig.modem.faults.signal = 2, 99
        rig.modem.faults.texts.append("+CMS ERROR: 331")
        await refused(rig)
        await rig.down()
        assert rig.words == ADVICE[Ailment.NO_SIGNAL]


async def test_one_dead_number_never_blocks_another(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.numbers[DEAD] = "+CMS ERROR: 38"
        await refused(rig, to=DEAD)
        dead = [asyncio.create_task(rig.channel.send(text(to=DEAD))) for _ in range(3)]
        await rig.result(rig.channel.send(text("for Priya", purpose=Purpose.STAND_DOWN)))
        await rig.until(lambda: all(task.done() for task in dead))
        assert [one.text for one in rig.modem.sent] == ["for Priya"]
        assert all(isinstance(task.exception(), ChannelError) for task in dead)


# Doubt.


async def test_a_modem_that_takes_a_text_and_hangs_leaves_it_in_doubt_and_is_started_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.append(Lost())
        message = text()
        task = asyncio.create_task(rig.channel.send(message))
        await rig.until(lambda: len(rig.modem.parts) == 1)
        await rig.clock.advance(ACCEPT_S)
        with pytest.raises(ChannelError, match="the mobile modem does not answer") as raised:
            await rig.result(task)
        assert raised.value.ambiguous
        assert await rig.channel.find(message) is None
        await rig.result(rig.channel.send(text("next")))  # it is in step again
        assert [one.text for one in rig.modem.sent][-1] == "next"


async def test_a_late_answer_settles_the_doubt(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.append(ACCEPT_S + 1)
        message = text()
        task = asyncio.create_task(rig.channel.send(message))
        await rig.until(lambda: len(rig.modem.parts) == 1)
        await rig.clock.advance(ACCEPT_S)
        with pytest.raises(ChannelError) as raised:
            await rig.result(task)
        assert raised.value.ambiguous
        await evidence_of(rig, message, lambda one: one.state is NotificationState.DELIVERED)
        await rig.result(rig.channel.send(text("next")))
        assert len(rig.modem.sent) == 2


async def test_a_text_cut_short_before_it_was_handed_over_is_in_no_doubt(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.hangs = True
        error = await refused(rig)
        assert (error.permanent, error.ambiguous) == (False, False)


async def test_waiting_for_others_has_an_end(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.extend([SEND_WITHIN_S / 3] * 5)
        tasks = [asyncio.create_task(rig.channel.send(text(f"{index}"))) for index in range(5)]
        for count in (1, 2, 3):
            await rig.until(lambda count=count: len(rig.modem.parts) == count)  # type: ignore[misc]
            await rig.clock.advance(SEND_WITHIN_S / 3)
        outcomes = await rig.result(asyncio.gather(*tasks, return_exceptions=True))
        waited = [one for one in outcomes if isinstance(one, ChannelError)]
        assert waited
        assert all("does not answer" in str(one) for one in waited)
        assert isinstance(outcomes[0], Evidence)


async def test_whoever_stops_the_hub_in_the_middle_leaves_the_modem_usable(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.append(2.0)
        task = asyncio.create_task(rig.channel.send(text("first")))
        await rig.until(lambda: len(rig.modem.parts) == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await rig.result(rig.channel.send(text("second")))
        assert [one.text for one in rig.modem.sent] == ["first", "second"]


# Its condition.


@pytest.mark.parametrize(
    ("spoil", "ailment"),
    [
        ({"sim": ""}, Ailment.NO_SIM),
        ({"sim": "SIM PIN"}, Ailment.LOCKED),
        ({"registered": 3}, Ailment.REFUSED),
        ({"registered": 2}, Ailment.NO_NETWORK),
        ({"registered": 2, "signal": 99}, Ailment.NO_SIGNAL),
    ],
)
async def test_what_ails_it_is_told_in_plain_words_and_over_when_mended(
    tmp_path: Path, spoil: dict[str, str | int], ailment: Ailment
) -> None:
    async with running(tmp_path, plugged=False) as rig:
        for name, value in spoil.items():
            setattr(rig.modem.faults, name, value)
        rig.modem.plug()
        await rig.until(lambda: bool(rig.told) and rig.words == ADVICE[ailment])
        assert rig.state is LinkState.DOWN
        error = await refused(rig)
        assert (str(error), error.permanent) == (f"the mobile modem cannot send: {ADVICE[ailment]}", False)
        rig.modem.faults.sim, rig.modem.faults.registered, rig.modem.faults.signal = "READY", 1, 20
        await rig.up()
        await rig.result(rig.channel.send(text()))
        assert [event.subject for event in rig.told] == [NAME] * len(rig.told)


async def test_not_plugged_in_is_told_once_and_noticed_when_it_comes(tmp_path: Path) -> None:
    async with running(tmp_path, plugged=False) as rig:
        await rig.down()
        await rig.pass_time(120)
        assert [event.detail for event in rig.told] == ["it is not plugged in"]
        error = await refused(rig)
        assert str(error) == "the mobile modem cannot send: it is not plugged in"
        rig.modem.plug()
        await rig.up()


async def test_it_dies_and_returns(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        await rig.modem.unplug()
        await rig.down()
        assert rig.words.startswith("it was pulled out or lost its power")
        rig.modem.plug()
        await rig.up()
        await rig.result(rig.channel.send(text()))
        assert len(rig.modem.sent) == 1


async def test_it_dies_with_a_text_in_its_hands(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.texts.append(Lost())
        task = asyncio.create_task(rig.channel.send(text()))
        await rig.until(lambda: len(rig.modem.parts) == 1)
        await rig.modem.unplug()
        with pytest.raises(ChannelError) as raised:
            await rig.result(task)
        assert raised.value.ambiguous


async def test_a_hang_is_noticed_without_anybody_sending_and_the_port_opened_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.faults.hangs = True
        await rig.pass_time(CHECK_EVERY_S)
        await rig.down()
        assert rig.words == ADVICE[Ailment.SILENT]
        rig.modem.faults.hangs = False
        await rig.up()
        await rig.result(rig.channel.send(text()))


async def test_a_slow_modem_is_a_well_one(tmp_path: Path) -> None:
    async with running(tmp_path, plugged=False) as rig:
        rig.modem.faults.answers_after_s = 0.6
        rig.modem.plug()
        await rig.up()
        await rig.result(rig.channel.send(text()))
        assert len(rig.modem.sent) == 1


async def test_a_modem_that_knows_little_still_sends(tmp_path: Path) -> None:
    async with running(tmp_path, plugged=False) as rig:
        rig.modem.faults.unknown = frozenset({"AT+CEREG?", "AT+CSMS=0", "AT+CNMI=2,1,0,1,0", "AT+CPMS?", "AT+CSQ"})
        rig.modem.plug()
        await rig.up()
        assert rig.words == ""
        evidence = await rig.result(rig.channel.send(text()))
        await rig.pass_time(CHECK_EVERY_S)
        assert (await status(rig, evidence.provider_id)).state is NotificationState.ACCEPTED  # it passes no reports on


async def test_a_signal_that_comes_and_goes_is_not_told_every_time(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        for signal in (5, 25, 12):
            rig.modem.faults.signal = signal
            count = rig.modem.commands.count("AT+CSQ")
            await rig.pass_time(CHECK_EVERY_S)
            await rig.until(lambda count=count: rig.modem.commands.count("AT+CSQ") > count)  # type: ignore[misc]
        assert [event.detail for event in rig.told] == ["its signal is good"]
        await rig.pass_time(3600)
        await rig.until(lambda: len(rig.told) == 2)
        assert rig.words == "its signal is fair"


async def test_a_port_that_another_program_has_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        other = Rig(clock=rig.clock, modem=rig.modem, channel=rig.channel)
        channel = type(rig.channel)(rig.clock, rig.modem.path, 115_200, timedelta(minutes=5))
        task = asyncio.create_task(channel.run(around(other.told)))
        await other.down()
        assert other.words == "another program has it open"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Replies.


async def heard(rig: Rig, count: int) -> list[tuple[str, str]]:
    async def all_there() -> None:
        while len(await rig.channel.inbound(rig.clock.now())) < count:
            await rig.clock.sleep(0.02)

    await rig.result(all_there())
    return [(one.sender, one.text) for one in await rig.channel.inbound(rig.clock.now())]


async def test_a_reply_is_heard_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        before = rig.clock.boot_s()
        rig.modem.receive(PRIYA, "1 42", rig.clock.now())
        assert await heard(rig, 1) == [(PRIYA, "1 42")]
        assert rig.clock.boot_s() - before < 5.0


async def test_replies_that_came_while_the_hub_was_down_are_heard(tmp_path: Path) -> None:
    async with running(tmp_path, plugged=False) as rig:
        rig.modem.receive(PRIYA, "1 42", rig.clock.now())
        rig.modem.receive(TOM, "I am on my way. " * 12, rig.clock.now())
        rig.modem.plug()
        assert await heard(rig, 2) == [(PRIYA, "1 42"), (TOM, "I am on my way. " * 12)]


async def test_a_reply_is_kept_in_the_modem_for_a_while_then_removed(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        rig.modem.receive(PRIYA, "1 42", rig.clock.now())
        await heard(rig, 1)
        await rig.pass_time(300)
        await rig.until(lambda: rig.modem.commands[-1] == "AT+CPMS?")
        assert len(rig.modem.memory) == 1
        await rig.pass_time(310)
        await rig.until(lambda: not rig.modem.memory)


async def test_a_full_memory_takes_replies_in_again(tmp_path: Path) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        for index in range(ROOM):
            assert rig.modem.receive(PRIYA, f"junk {index}", rig.clock.now()) == 1
        assert rig.modem.receive(TOM, "1 42", rig.clock.now()) == 0  # the network keeps it
        await heard(rig, ROOM)
        await rig.pass_time(CHECK_EVERY_S)
        await rig.until(lambda: not rig.modem.memory)
        assert rig.modem.receive(TOM, "1 42", rig.clock.now()) == 1
        assert (TOM, "1 42") in await heard(rig, 1)


async def test_a_memory_that_cannot_be_read_stops_no_sending(tmp_path: Path) -> None:
    async with running(tmp_path, plugged=False) as rig:
        rig.modem.faults.unknown = frozenset({"AT+CMGL=4"})
        rig.modem.plug()
        await rig.up()
        await rig.result(rig.channel.send(text()))
        assert len(rig.modem.sent) == 1


async def test_a_report_that_cannot_be_read_is_logged_without_what_it_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(tmp_path) as rig:
        await rig.up()
        with caplog.at_level(logging.INFO):
            rig.modem.say("\r\n+CDS: 25\r\n0791447758\r\n\r\nRING\r\n")
            await rig.until(lambda: bool(caplog.records))
        (only,) = caplog.records
        assert only.getMessage() == "a delivery report cannot be read: 10 digits that are no message: IndexError"


async def test_nothing_personal_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with running(tmp_path) as rig:
            await rig.up()
            rig.modem.faults.texts.append("+CMS ERROR: 1")
            await refused(rig, "Margaret may have fallen.")
            await rig.result(rig.channel.send(text("Margaret may have fallen.")))
            rig.modem.receive(PRIYA, "1 42", rig.clock.now())
            await heard(rig, 1)
    said = " ".join(record.getMessage() for record in caplog.records)
    assert "Margaret" not in said
    assert "7700900" not in said
