import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import numpy as np
import pytest

from analytics.engine import REMEMBERED_EPISODES, Engine
from analytics.immediate import Immediate
from analytics.model import Finding, FindingKind, Interest
from devices.model import Observation, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from tests.analytics.builders import KITCHEN, STRAP, local, motion, press, reading

NOON = local("12:00")
MINUTE = timedelta(minutes=1)


def finding(detector: str, at: datetime, episode: str) -> Finding:
    return Finding(
        kind=FindingKind.INACTIVITY,
        severity=5,
        at=at,
        because="So it is.",
        detector=detector,
        detector_version=1,
        episode=episode,
    )


@dataclass
class Scripted:
    """A detector that does as a test says, and keeps what it was called with."""

    name: ClassVar[str] = "scripted"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.MOTION})
    lookback_s: float = 60.0
    due: datetime | None = None
    repeats: timedelta | None = None
    fails_at: frozenset[str] = frozenset()
    calls: list[tuple[str, datetime, int | None]] = field(default_factory=list)

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        self.calls.append(("update", observation.at, number))
        yield finding(self.name, observation.at, f"update {observation.at}")
        if "update" in self.fails_at:
            raise ZeroDivisionError

    def tick(self, now: datetime) -> Iterable[Finding]:
        self.calls.append(("tick", now, None))
        if "tick" in self.fails_at:
            raise ZeroDivisionError
        self.due = None if self.repeats is None else now + self.repeats
        return [finding(self.name, now, f"tick {now}")]


class Blind(Immediate):
    """A detector that cannot even say when it is due."""

    name: ClassVar[str] = "blind"
    version: ClassVar[int] = 1
    listens_to: ClassVar[frozenset[Interest]] = frozenset({Quantity.MOTION})
    lookback_s = 0.0

    @property
    def due(self) -> datetime | None:
        raise ZeroDivisionError

    def update(self, observation: Observation, number: int | None = None) -> Iterable[Finding]:
        return [finding(self.name, observation.at, str(number))]


def listening(*interests: Interest, lookback_s: float = 60.0) -> Scripted:
    """A detector that listens to just these."""

    class Listening(Scripted):
        listens_to = frozenset(interests)

    return Listening(lookback_s=lookback_s)


def named(
    called: str, due: datetime | None = None, repeats: timedelta | None = None, fails_at: str | None = None
) -> Scripted:
    """A detector of this name, due at a time and again after each `repeats`, that fails at what is told."""

    class Named(Scripted):
        name = called

    return Named(due=due, repeats=repeats, fails_at=frozenset({fails_at} if fails_at else ()))


@dataclass
class Heard:
    failures: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, detector: str, failure: Exception) -> None:
        self.failures.append((detector, type(failure).__name__))


def test_only_those_who_listen_hear_it() -> None:
    ears, deaf = Scripted(), listening(Quantity.OPEN)
    engine = Engine([ears, deaf])
    assert [one.detector for one in engine.feed(motion(NOON), 7)] == ["scripted"]
    assert ears.calls == [("update", NOON, 7)]
    assert deaf.calls == []


def test_a_whole_type_of_observation_can_be_listened_to() -> None:
    readings = listening(Reading)
    triggers = listening(Trigger)
    blocks = listening(SampleBlock)
    engine = Engine([readings, triggers, blocks])
    block = SampleBlock(device=STRAP, at=NOON, rate_hz=50.0, acceleration_g=np.zeros((1, 3), np.float32))
    for observation in (motion(NOON), reading(STRAP, Quantity.WEIGHT_KG, 60.0, NOON), press(NOON), block):
        engine.feed(observation)
    assert [len(one.calls) for one in (readings, triggers, blocks)] == [2, 1, 1]


def test_ticks_come_at_exactly_their_due_times_in_order_before_a_later_observation() -> None:
    first = named("first", due=NOON + 2 * MINUTE, repeats=2 * MINUTE)
    second = named("second", due=NOON + MINUTE)
    engine = Engine([first, second])
    assert engine.due == NOON + MINUTE
    found = engine.feed(motion(NOON + 5 * MINUTE))
    order = [(one.detector, (one.at - NOON) // MINUTE) for one in found]
    assert order == [("second", 1), ("first", 2), ("first", 4), ("first", 5), ("second", 5)]
    assert engine.due == NOON + 6 * MINUTE


def test_a_tick_that_is_due_at_the_same_moment_comes_first() -> None:
    detector = Scripted(due=NOON)
    Engine([detector]).feed(motion(NOON))
    assert [what for what, _, _ in detector.calls] == ["tick", "update"]


def test_with_nothing_due_there_is_nothing_to_wait_for() -> None:
    engine = Engine([Scripted()])
    assert engine.due is None
    assert engine.advance(NOON) == []
    assert Engine([]).due is None


def test_a_late_observation_is_given_as_it_is() -> None:
    detector = Scripted()
    engine = Engine([detector])
    engine.feed(motion(NOON))
    engine.feed(motion(NOON - MINUTE))
    assert [at for _, at, _ in detector.calls] == [NOON, NOON - MINUTE]


def test_one_that_raises_stops_no_other_and_keeps_what_it_found_before() -> None:
    heard = Heard()
    engine = Engine([named("bad", fails_at="update"), named("good")], heard)
    assert [one.detector for one in engine.feed(motion(NOON))] == ["bad", "good"]
    assert [one.detector for one in engine.feed(motion(NOON + MINUTE))] == ["bad", "good"]
    assert heard.failures == [("bad", "ZeroDivisionError")] * 2
    assert engine.failures["bad"] == 2


def test_one_that_raises_when_due_is_asked_again_only_after_it_heard_something() -> None:
    heard = Heard()
    bad = named("bad", due=NOON, fails_at="tick")
    engine = Engine([bad, named("good", due=NOON + MINUTE)], heard)
    assert [one.detector for one in engine.advance(NOON + MINUTE)] == ["good"]
    assert engine.advance(NOON + 9 * MINUTE) == []
    assert heard.failures == [("bad", "ZeroDivisionError")]
    engine.feed(motion(NOON + 10 * MINUTE))
    assert engine.due == NOON


def test_one_that_is_due_for_ever_at_the_same_moment_is_reported_and_not_called_for_ever() -> None:
    heard = Heard()
    engine = Engine([Scripted(due=NOON, repeats=timedelta(0))], heard)
    assert len(engine.advance(NOON + MINUTE)) == 1
    assert heard.failures == [("scripted", "RuntimeError")]
    assert engine.due is None


def test_one_that_cannot_say_when_it_is_due_is_never_due() -> None:
    heard = Heard()
    engine = Engine([Blind()], heard)
    assert len(engine.feed(motion(NOON))) == 1
    assert engine.due is None
    assert heard.failures == [("blind", "ZeroDivisionError")] * 2


def test_a_failure_is_logged_without_a_word_about_the_person(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        Engine([named("scripted", fails_at="update")]).feed(motion(NOON))
    assert caplog.messages == ["detector scripted failed: ZeroDivisionError"]


def test_the_same_episode_is_given_once() -> None:
    engine = Engine([Scripted()])
    assert len(engine.feed(motion(NOON))) == 1
    assert engine.feed(motion(NOON, KITCHEN)) == []


def test_what_is_remembered_of_episodes_is_bounded() -> None:
    engine = Engine([Scripted()])
    for second in range(REMEMBERED_EPISODES + 1):
        engine.feed(motion(NOON + timedelta(seconds=second)))
    assert len(engine.feed(motion(NOON + timedelta(seconds=1)))) == 0
    assert len(engine.feed(motion(NOON))) == 1


def test_how_much_of_the_past_is_needed_of_each_kind() -> None:
    short = listening(Quantity.MOTION, TriggerKind.PRESS, lookback_s=60.0)
    long = listening(Quantity.MOTION, Quantity.OPEN, lookback_s=3_600.0)
    engine = Engine([short, long])
    assert engine.lookback_s == 3_600.0
    assert engine.lookbacks() == {Quantity.MOTION: 3_600.0, Quantity.OPEN: 3_600.0, TriggerKind.PRESS: 60.0}
    assert Engine([]).lookback_s == 0.0
