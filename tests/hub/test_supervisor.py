"""A part that fails is started again, its failure is told, and no part stops another."""

import asyncio
import logging

import pytest

from hub.supervisor import BACK_OFF_S, Failure, Supervisor, describe
from tests.fakes import FakeClock, settle


class Flaky:
    """Fails as often as told, then goes on for ever."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.starts = 0

    async def run(self) -> None:
        self.starts += 1
        if self.starts <= self.failures:
            raise ValueError("Margaret's number is 07700 900001")
        await asyncio.Event().wait()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def test_a_failing_part_is_started_again_after_growing_waits(clock: FakeClock) -> None:
    failures: list[Failure] = []
    flaky = Flaky(failures=3)
    supervisor = Supervisor(clock, failures.append)
    supervisor.start("transport ble", flaky.run)
    await clock.advance(sum(BACK_OFF_S[:3]))
    assert flaky.starts == 4
    assert [failure.wait_s for failure in failures] == list(BACK_OFF_S[:3])
    assert [failure.count for failure in failures] == [1, 2, 3]
    await supervisor.stop()


async def test_the_wait_does_not_grow_for_ever(clock: FakeClock) -> None:
    failures: list[Failure] = []
    supervisor = Supervisor(clock, failures.append)
    supervisor.start("transport ble", Flaky(failures=100).run)
    await clock.advance(1000.0)
    assert failures[-1].wait_s == BACK_OFF_S[-1]
    await supervisor.stop()


async def test_a_part_that_was_healthy_for_a_while_starts_at_the_shortest_wait_again(clock: FakeClock) -> None:
    failures: list[Failure] = []
    supervisor = Supervisor(clock, failures.append)

    async def lasts_two_minutes() -> None:
        await clock.sleep(120)
        raise OSError

    supervisor.start("serial port", lasts_two_minutes)
    await clock.advance(600)
    assert {failure.wait_s for failure in failures} == {BACK_OFF_S[0]}
    assert len(failures) >= 4
    await supervisor.stop()


async def test_a_part_that_ends_of_itself_has_failed_too(clock: FakeClock) -> None:
    failures: list[Failure] = []
    supervisor = Supervisor(clock, failures.append)

    async def ends() -> None:
        return

    supervisor.start("ticker", ends)
    await settle()
    assert [failure.reason for failure in failures] == ["it ended of itself"]
    await supervisor.stop()


async def test_one_failing_part_leaves_the_others_running(clock: FakeClock) -> None:
    supervisor = Supervisor(clock, lambda _: None)
    steady = Flaky(failures=0)
    supervisor.start("bad", Flaky(failures=1000).run)
    supervisor.start("good", steady.run)
    await clock.advance(300)
    assert steady.starts == 1
    await supervisor.stop()


async def test_a_listener_that_fails_does_not_stop_the_restart(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Failure) -> None:
        raise RuntimeError("the store is closed")

    flaky = Flaky(failures=1)
    supervisor = Supervisor(clock, broken)
    supervisor.start("transport", flaky.run)
    await clock.advance(BACK_OFF_S[0])
    assert flaky.starts == 2
    assert "could not be passed on: RuntimeError at test_supervisor.py" in caplog.text
    await supervisor.stop()


async def test_the_log_gives_the_reason_and_nothing_personal(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(clock, lambda _: None)
    with caplog.at_level(logging.ERROR):
        supervisor.start("channel sms", Flaky(failures=1).run)
        await settle()
    assert "channel sms failed (1 in a row): ValueError at test_supervisor.py:" in caplog.text
    assert "07700" not in caplog.text
    await supervisor.stop()


async def test_two_parts_never_share_a_name(clock: FakeClock) -> None:
    supervisor = Supervisor(clock, lambda _: None)
    supervisor.start("ticker", Flaky(failures=0).run)
    with pytest.raises(ValueError, match="already running"):
        supervisor.start("ticker", Flaky(failures=0).run)
    await supervisor.stop()


async def test_stopping_what_never_started_is_harmless(clock: FakeClock) -> None:
    await Supervisor(clock, lambda _: None).stop()


async def test_a_part_that_will_not_stop_is_left_behind(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    supervisor = Supervisor(clock, lambda _: None, stop_within_s=0.05)
    supervisor.start("ble", stubborn)
    await settle()
    await supervisor.stop()
    assert "ble did not stop within" in caplog.text
    release.set()
    await settle()


def test_an_error_without_a_trace_is_its_kind_alone() -> None:
    assert describe(OSError(28, "no space left")) == "OSError"
