"""What holds for every detector, whatever the sensors say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.engine import Engine
from analytics.model import Detector, Finding
from analytics.registry import DETECTORS, build
from analytics.settings import resolve
from devices.model import Observation, Quantity, Reading, SampleBlock, Trigger, TriggerKind
from tests.analytics.builders import (
    BACK,
    BED,
    BELT,
    CHAIR,
    FRIDGE,
    FRONT,
    HALL,
    HOME,
    KETTLE,
    KITCHEN,
    OVEN,
    OXIMETER,
    PENDANT,
    RADAR,
    SCALE,
    SMOKE_ALARM,
    STRAP,
    THERMOMETER,
    VISITOR_WATCH,
    local,
    ticks,
)
from tests.analytics.falls.movement import WATCH, a_fall

START = local("00:00", "2026-10-20")
"""A few days before the clocks change, so that long sequences cross it."""
YES_NO = st.sampled_from([0.0, 1.0])
PULSES = st.sampled_from([30.0, 40.0, 41.0, 70.0, 127.0, 130.0, 131.0, 180.0])
ANY = st.floats()
GAPS = st.one_of(
    st.floats(0.0, 90.0), st.floats(60.0, 1_800.0), st.floats(1_800.0, 50_000.0), st.floats(50_000.0, 200_000.0)
)
Heard = tuple[Observation, int]
SENSORS = {
    KITCHEN: (Quantity.MOTION, YES_NO),
    HALL: (Quantity.MOTION, YES_NO),
    RADAR: (Quantity.MOTION, YES_NO),
    "never_declared": (Quantity.MOTION, YES_NO),
    FRIDGE: (Quantity.OPEN, YES_NO),
    FRONT: (Quantity.OPEN, YES_NO),
    BACK: (Quantity.OPEN, YES_NO),
    BED: (Quantity.OCCUPIED, YES_NO),
    CHAIR: (Quantity.OCCUPIED, YES_NO),
    KETTLE: (Quantity.POWER_W, st.sampled_from([0.0, 2_000.0])),
    STRAP: (Quantity.HEART_RATE_BPM, PULSES),
    VISITOR_WATCH: (Quantity.HEART_RATE_BPM, PULSES),
    OXIMETER: (Quantity.SPO2_PERCENT, st.sampled_from([85.0, 91.0, 92.0, 93.0, 98.0])),
    SCALE: (Quantity.WEIGHT_KG, st.sampled_from([60.0, 60.4, 64.0])),
    SMOKE_ALARM: (Quantity.SMOKE, YES_NO),
    THERMOMETER: (Quantity.TEMPERATURE_C, st.sampled_from([12.0, 20.0, 35.0])),
    OVEN: (Quantity.POWER_W, st.sampled_from([0.0, 2_000.0])),
    BELT: (Quantity.PULSE_IRREGULARITY, st.sampled_from([-3.0, 1.0, 4.0])),
    WATCH: (Quantity.FALL_LIKENESS, st.sampled_from([0.5, 1.7, 5.0])),
}


@dataclass(frozen=True)
class Step:
    """One observation, and how long after the one before it was heard; `late` is how far its own time lags behind."""

    after_s: float
    late_s: float
    what: Observation


@st.composite
def plausible_readings(draw: st.DrawFn) -> Observation:
    device = draw(st.sampled_from(sorted(SENSORS)))
    quantity, values = SENSORS[device]
    return Reading(
        device=device,
        quantity=quantity,
        value=draw(values),
        at=START,
        quality=draw(st.sampled_from([1.0, 1.0, 1.0, 0.0])),
    )


@st.composite
def triggers(draw: st.DrawFn) -> Observation:
    return Trigger(
        device=draw(st.sampled_from([PENDANT, RADAR, "never_declared"])),
        kind=draw(st.sampled_from(TriggerKind)),
        at=START,
        token=draw(st.sampled_from([None, "1", "2"])),
        button=draw(st.sampled_from([None, None, "a"])),
    )


@st.composite
def strange_readings(draw: st.DrawFn) -> Observation:
    return Reading(
        device=draw(st.sampled_from([*SENSORS, PENDANT])),
        quantity=draw(st.sampled_from(Quantity)),
        value=draw(ANY),
        at=START,
        quality=draw(st.floats(0.0, 1.0)),
    )


def contacts() -> st.SearchStrategy[Observation]:
    return YES_NO.map(lambda value: Reading(device=STRAP, quantity=Quantity.SKIN_CONTACT, value=value, at=START))


FALLING = SampleBlock(device=STRAP, at=START, rate_hz=50.0, acceleration_g=a_fall(before_s=2.0, after_s=3.5))
LOST = replace(FALLING, acceleration_g=np.full((3, 3), np.nan, np.float32))


def blocks() -> st.SearchStrategy[Observation]:
    return st.sampled_from([FALLING, LOST])


OBSERVATIONS = st.one_of(
    plausible_readings(),
    plausible_readings(),
    plausible_readings(),
    triggers(),
    strange_readings(),
    contacts(),
    blocks(),
)
LATE = st.sampled_from([0.0, 0.0, 0.0, 0.0, 5.0, 29.0])
STEPS = st.lists(st.builds(Step, after_s=GAPS, late_s=LATE, what=OBSERVATIONS), max_size=40)


def placed(steps: Sequence[Step]) -> list[Heard]:
    """The observations at their times, numbered as the store numbers them."""
    now, heard = START, []
    for number, step in enumerate(steps, start=1):
        now += timedelta(seconds=step.after_s)
        heard.append((replace(step.what, at=now - timedelta(seconds=step.late_s)), number))
    return heard


def detector(name: str) -> Detector:
    return DETECTORS[name](HOME, resolve({}))


def found_by(one: Detector, heard: Sequence[Heard]) -> list[Finding]:
    """Everything the detector finds until well after the last observation, with nothing taken away by the engine."""
    found: list[Finding] = []
    for observation, number in heard:
        found += ticks(one, observation.at)
        if _is_heard(one, observation):
            found += one.update(observation, number)
    return found + (ticks(one, heard[-1][0].at + timedelta(days=30)) if heard else [])


def _is_heard(one: Detector, observation: Observation) -> bool:
    if isinstance(observation, Reading):
        return observation.quantity in one.listens_to
    if isinstance(observation, SampleBlock):
        return SampleBlock in one.listens_to
    return observation.kind in one.listens_to


# Each example is put before every detector: making examples costs more than running them.


@given(steps=STEPS)
def test_nothing_that_is_heard_makes_one_raise(steps: list[Step]) -> None:
    engine = Engine(build(HOME, resolve({})))
    for observation, number in placed(steps):
        engine.feed(observation, number)
    assert not engine.failures


@given(steps=STEPS)
def test_every_finding_says_why_in_one_sentence(steps: list[Step]) -> None:
    for name in DETECTORS:
        for found in found_by(detector(name), placed(steps)):
            assert re.fullmatch(r"[A-Z][^\n.!?]*(\d\.\d[^\n.!?]*)*\.", found.because), found.because
            assert len(found.because) <= 250
            assert found.detector == name
            assert 1 <= found.severity <= 10


@given(steps=STEPS)
def test_every_finding_rests_on_observations_that_were_made_with_their_numbers(steps: list[Step]) -> None:
    heard = {number: observation for observation, number in placed(steps)}
    for name in DETECTORS:
        for found in found_by(detector(name), placed(steps)):
            assert found.evidence
            for item in found.evidence:
                observation = heard[item.id or 0]
                assert (item.device, item.at) == (observation.device, observation.at)
                assert item.at <= found.at


@given(steps=STEPS)
def test_no_episode_is_told_twice_and_each_setting_is_one_that_exists(steps: list[Step]) -> None:
    for name in DETECTORS:
        found = found_by(detector(name), placed(steps))
        assert len({one.episode for one in found}) == len(found)
        for one in found:
            assert set(one.settings) <= set(resolve({}))


@given(steps=STEPS)
def test_time_speaks_only_when_it_is_due(steps: list[Step]) -> None:
    for name in DETECTORS:
        one = detector(name)
        for observation, number in placed(steps):
            ticks(one, observation.at)
            if _is_heard(one, observation):
                one.update(observation, number)
            due = one.due
            early = observation.at if due is None else min(observation.at, due - timedelta(microseconds=1))
            assert list(one.tick(early)) == []
            assert one.due == due


@given(steps=STEPS, step_s=st.sampled_from([1.0, 7.0, 60.0]) | st.floats(60.0, 100_000.0))
def test_asked_again_and_again_they_find_what_they_find_when_due(steps: list[Step], step_s: float) -> None:
    """Live, time comes in small steps; in replay, from one observation to the next."""
    heard = [one for one, step in zip(placed(steps), steps, strict=True) if not step.late_s]
    replayed, live = Engine(build(HOME, resolve({}))), Engine(build(HOME, resolve({})))
    found_in_replay = [found for observation, number in heard for found in replayed.feed(observation, number)]
    found_live: list[Finding] = []
    before = START
    for observation, number in heard:
        pauses = min(50, int((observation.at - before).total_seconds() / step_s))
        for pause in range(1, pauses + 1):
            found_live += live.advance(before + timedelta(seconds=pause * step_s))
        found_live += live.feed(observation, number)
        before = observation.at
    assert found_live == found_in_replay


@given(steps=STEPS)
def test_the_same_past_gives_the_same_findings(steps: list[Step]) -> None:
    for name in DETECTORS:
        assert found_by(detector(name), placed(steps)) == found_by(detector(name), placed(steps))


@settings(max_examples=200)
@given(steps=STEPS, share=st.floats(0.0, 1.0))
def test_the_past_of_its_lookback_rebuilds_it(steps: list[Step], share: float) -> None:
    heard = placed(steps)
    if heard:
        for name in DETECTORS:
            assert_rebuilt(name, heard, heard[int(share * (len(heard) - 1))][0].at)


def assert_rebuilt(name: str, heard: Sequence[Heard], cut: datetime) -> int:
    """From a cut in the past on, it finds the same as from the beginning, once its lookback has gone by."""
    whole, rebuilt = detector(name), detector(name)
    known_from = cut + timedelta(seconds=whole.lookback_s)
    after_cut = [one for one in heard if one[0].at >= cut]
    expected = [found for found in found_by(whole, heard) if found.at > known_from]
    assert [found for found in found_by(rebuilt, after_cut) if found.at > known_from] == expected
    return len(expected)


def a_life(seed: int, length: timedelta) -> list[Heard]:
    """A made-up life: busy days, quiet nights, doors at all hours, a heart that races at times."""
    dice, house, now = Random(seed), Random(seed), START  # noqa: S311 -- a life that is made up, and the same each time
    of_the_person = sorted(set(SENSORS) - {SMOKE_ALARM, THERMOMETER, OVEN})
    heard: list[Heard] = []
    while now < START + length:
        awake = 7 <= now.astimezone(HOME.tz).hour < 23
        now += timedelta(seconds=dice.expovariate(1 / (1_500 if awake else 3_000)))
        device = dice.choice(of_the_person)
        quantity = SENSORS[device][0]
        racing = 140.0 if dice.random() < 0.3 else 80.0
        weight = dice.choice([60.0, 60.4, 64.0])
        own = {
            Quantity.HEART_RATE_BPM: racing,
            Quantity.SPO2_PERCENT: 90.0,
            Quantity.WEIGHT_KG: weight,
        }
        cold = Reading(device=THERMOMETER, quantity=Quantity.TEMPERATURE_C, value=14.0, at=now)
        oven = Reading(device=OVEN, quantity=Quantity.POWER_W, value=2_000.0 * (house.random() < 0.8), at=now)
        heard += [(cold, len(heard) + 1), (oven, len(heard) + 2)]
        if not awake and (now - START).days // 7 % 4 == 3:  # a week of bad nights
            restless = Reading(device=RADAR, quantity=Quantity.MOTION, value=1.0, at=now)
            heard.append((restless, len(heard) + 1))
        value = own.get(quantity, float(dice.random() < 0.5))
        beats = 4 if quantity in (Quantity.HEART_RATE_BPM, Quantity.SPO2_PERCENT) else 1
        for beat in range(beats):
            at = now + timedelta(seconds=30 * beat)
            heard.append((Reading(device=device, quantity=quantity, value=value, at=at), len(heard) + 1))
        if dice.random() < 0.05:
            kind = dice.choice(list(TriggerKind))
            heard.append((Trigger(device=PENDANT, kind=kind, at=now + timedelta(seconds=95)), len(heard) + 1))
        if dice.random() < 0.02:
            heard.append((replace(FALLING, at=now + timedelta(seconds=100)), len(heard) + 1))
        now += timedelta(seconds=120)
    return heard


@pytest.mark.parametrize("name", list(DETECTORS))
def test_in_a_made_up_life_every_detector_finds_something_and_is_rebuilt_from_any_day(name: str) -> None:
    length = timedelta(days=21) + timedelta(seconds=detector(name).lookback_s)
    heard = a_life(4, length)
    compared = sum(assert_rebuilt(name, heard, START + timedelta(days=day)) for day in range(0, 14, 2))
    assert compared > 0
