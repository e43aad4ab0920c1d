from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors.wearable_fall import SAME_FALL, WearableFall
from analytics.engine import Engine
from analytics.falls.features import BEFORE, HZ
from analytics.falls.quiet import NOTEWORTHY
from analytics.falls.stream import Knock
from analytics.falls.wearer import Fallen, judge
from analytics.model import Finding, FindingKind
from devices.model import Observation, Quantity, Reading, SampleBlock
from tests.analytics.builders import HOME, VISITOR_WATCH, local, motion, press, run
from tests.analytics.builders import settings as chosen
from tests.analytics.falls.movement import START, WATCH, Samples, a_fall, blocks, fall, still, walking

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
LATER = START + timedelta(minutes=5)
ASKED, SURE = 2.0, 6.0
"""Likenesses between the shipped thresholds and above both."""


def as_like(likeness: float) -> WearableFall:
    """The detector, to which every knock that may be a fall is this like one."""

    def liken(knock: Knock) -> Fallen | None:
        fallen = judge(knock)
        return None if fallen is None else replace(fallen, likeness=likeness)

    return WearableFall(HOME, chosen(), liken)


def shipped() -> WearableFall:
    return WearableFall(HOME, chosen())


def found_in(samples: Samples, detector: WearableFall | None = None) -> list[Finding]:
    return run(detector or shipped(), blocks(samples), LATER)


def facts(found: Finding) -> dict[str, float]:
    return {one.what: one.value for one in found.evidence if one.value is not None}


def test_a_fall_is_told_with_its_reason_its_features_and_its_window() -> None:
    found, still_lying = found_in(a_fall())
    assert found.kind is FindingKind.FALL
    assert found.severity == 10
    assert found.because == (
        "The watch felt a hard knock very like a fall at 14:02, then hardly any movement; "
        "by the general limit, as fewer than 14 of the wearer's own days are known."
    )
    assert facts(found)["sure_enough_to_act"] == 1.0
    assert facts(found)["peak_g"] > 5
    assert facts(found)["fall_likeness"] > 4
    assert found.window is not None
    assert found.window.at == START + timedelta(seconds=8.5 - BEFORE / HZ)
    assert np.linalg.norm(found.window.acceleration_g[BEFORE]) == pytest.approx(facts(found)["peak_g"], abs=1e-3)
    assert timedelta(seconds=3) <= found.at - (START + 8.5 * SECOND) <= timedelta(seconds=4.5)
    assert still_lying.because == "A hard knock at 14:02, then no movement for 20 seconds."
    assert facts(still_lying) == {"still_after_impact": 1.0}


def test_a_knock_that_is_only_like_a_fall_is_a_reason_to_ask() -> None:
    found, _ = found_in(a_fall(), as_like(ASKED))
    assert found.severity == 9
    assert found.because.startswith("The watch felt a hard knock like a fall at 14:02, then hardly any movement")
    assert "sure_enough_to_act" not in facts(found)


@pytest.mark.parametrize(
    "samples",
    [
        still(30.0),
        walking(60.0, 0.6),
        np.concatenate([still(5.0), walking(3.0, 1.5), still(10.0)]),
        a_fall(lying=False),
    ],
)
def test_standing_walking_hopping_and_a_stumble_are_no_falls(samples: Samples) -> None:
    assert found_in(samples) == []


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 104.0, 200.0])
@pytest.mark.parametrize("range_g", [2.0, 4.0, 16.0])
def test_a_fall_is_found_whatever_the_device(rate_hz: float, range_g: float) -> None:
    samples = np.clip(a_fall(rate_hz=rate_hz), -range_g, range_g)
    assert len(run(shipped(), blocks(samples, rate_hz=rate_hz), LATER)) == 2


@settings(max_examples=25)
@given(lengths=st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_where_the_device_cuts_its_blocks_makes_no_difference(lengths: list[int]) -> None:
    samples = np.concatenate([a_fall(after_s=4.0), walking(4.0), a_fall()])
    expected = [(one.because, one.episode) for one in found_in(samples)]
    detector = shipped()
    found = run(detector, blocks(samples, lengths), LATER)
    assert [(one.because, one.episode) for one in found] == expected


def test_after_a_fall_that_somebody_gets_up_from_nothing_is_said_of_stillness() -> None:
    up_again = np.concatenate([a_fall(after_s=5.0), walking(30.0)])
    assert [one.episode.endswith("still") for one in found_in(up_again)] == [False]


def test_a_device_that_is_not_heard_again_is_judged_by_what_it_said() -> None:
    (found,) = found_in(a_fall(after_s=0.5))
    assert "then nothing more was heard of it" in found.because
    assert found.at == START + 9.5 * SECOND + 5 * SECOND


def test_what_moves_after_a_fall_is_said() -> None:
    restless = np.concatenate([a_fall(after_s=0.0), still(30.0) + 0.1 * walking(30.0, 0.8)])
    found = found_in(restless, as_like(ASKED))
    assert "then some movement" in found[0].because


def test_knocks_soon_after_a_fall_belong_to_it_unless_they_are_surer() -> None:
    twice = np.concatenate([a_fall(after_s=6.0), a_fall()])
    assert len([one for one in found_in(twice, as_like(SURE)) if not one.episode.endswith("still")]) == 1
    likenesses = iter((ASKED, SURE))

    def surer(knock: Knock) -> Fallen | None:
        fallen = judge(knock)
        return None if fallen is None else replace(fallen, likeness=next(likenesses))

    found = found_in(twice, WearableFall(HOME, chosen(), surer))
    assert [one.severity for one in found if not one.episode.endswith("still")] == [9, 10]


def test_a_second_fall_later_is_another() -> None:
    apart = np.concatenate([a_fall(after_s=SAME_FALL.total_seconds()), a_fall()])
    told = [one for one in found_in(apart) if not one.episode.endswith("still")]
    assert len({one.episode for one in told}) == 2


def test_another_persons_device_is_not_its_business() -> None:
    assert run(shipped(), blocks(a_fall(), device=VISITOR_WATCH), LATER) == []


def test_what_it_does_not_know_it_leaves_alone() -> None:
    odd: list[Observation] = [
        motion(START),
        press(START),
        *blocks(np.empty((0, 3), np.float32)),
        *(replace(block, rate_hz=1.0) for block in blocks(a_fall())),
        *(replace(block, acceleration_g=np.full((25, 3), np.nan, np.float32)) for block in blocks(a_fall())),
    ]
    assert run(shipped(), odd, LATER) == []


def test_two_devices_are_judged_each_for_itself() -> None:
    one, other = list(blocks(a_fall())), list(blocks(a_fall(), device="pendant_band"))
    both = [block for pair in zip(one, other, strict=True) for block in pair]
    found = run(shipped(), both, LATER)
    assert sorted({one.episode.split()[0] for one in found}) == ["pendant_band", WATCH]


def test_streams_that_end_at_the_same_moment_are_both_judged() -> None:
    both = [*blocks(a_fall(after_s=1.0)), *blocks(a_fall(after_s=1.0), device="pendant_band")]
    detector = shipped()
    assert len(run(detector, both, LATER)) == 2
    assert detector.due is None


def week(days: int, likeness: float = 1.5) -> Iterable[Reading]:
    for day in range(days):
        at = START - (days - day) * DAY
        yield Reading(device=WATCH, quantity=Quantity.WORN_MIN, value=600.0, at=at)
        yield Reading(device=WATCH, quantity=Quantity.FALL_LIKENESS, value=likeness, at=at)


def test_after_fourteen_days_the_limit_is_the_wearers_own() -> None:
    detector = as_like(ASKED)
    run(detector, week(13))
    assert run(detector, blocks(a_fall(), start=START), LATER)
    detector = as_like(2.0)
    run(detector, week(20, likeness=1.9))
    assert run(detector, blocks(a_fall()), LATER) == []
    detector = as_like(SURE)
    run(detector, week(20))
    (found, _) = run(detector, blocks(a_fall()), LATER)
    assert found.because.endswith("by the limit learnt from 20 of the wearer's own days.")


def test_what_is_remembered_of_samples_is_a_reading_that_others_hear_and_that_rebuilds_it() -> None:
    live = Engine([as_like(ASKED)])
    numbers = iter(range(1, 100))
    live.number = lambda: next(numbers)
    for block in blocks(np.concatenate([a_fall(after_s=30.0), walking(40 * 60.0)])):
        live.feed(block)
    kinds = [reading.quantity for reading, _ in live.derived]
    assert kinds == [Quantity.FALL_LIKENESS, Quantity.WORN_MIN]
    assert [number for _, number in live.derived] == [1, 2]
    assert live.derived[0][0].at == START + 8.5 * SECOND
    assert live.derived[0][0].value > NOTEWORTHY
    assert live.derived[1][0].value == pytest.approx(30.0, abs=0.1)


def test_a_knock_that_is_hardly_like_a_fall_is_not_remembered() -> None:
    detector = as_like(-0.1)
    assert found_in(a_fall(after_s=3.0), detector) == []
    assert [reading.quantity for reading in detector.derived()] == [Quantity.WORN_MIN]


def test_a_stream_that_begins_anew_ends_the_one_before() -> None:
    first, second = list(blocks(a_fall(after_s=1.0))), list(blocks(still(5.0), start=START + timedelta(minutes=1)))
    detector = shipped()
    found = [one for block in [*first, *second] for one in detector.update(block)]
    assert len(found) == 1


def test_at_night_it_is_told_on_the_homes_clock() -> None:
    (found, _) = run(shipped(), blocks(a_fall(), start=local("03:10", "2026-07-01")), LATER)
    assert "at 03:10" in found.because
    assert fall().shape == (50, 3)
    assert isinstance(next(blocks(fall())), SampleBlock)
