"""An uneven pulse: looked at now and then, told only when it lasts, and told as a reason to check."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from analytics.detectors.irregular_pulse import WITHIN, IrregularPulse
from analytics.engine import Engine
from analytics.model import Finding, FindingKind
from devices.decoders.heart_rate import decode
from devices.model import Frame, Observation, Quantity, Reading
from devices.simulated.frames_gatt import heart_rate
from tests.analytics.builders import BELT, HOME, VISITOR_WATCH, local, numbered, press, run, settings
from tests.analytics.vitals.hearts import Beats, even, fibrillating, knocks

START = local("09:00")  # a Tuesday
HALF_HOUR = 3_000


def beats(intervals: Beats, start: datetime = START, device: str = BELT) -> list[Observation]:
    """Each beat as it is heard, at the time at which it came."""
    ends = np.cumsum(intervals)
    return [
        Reading(device=device, quantity=Quantity.BEAT_INTERVAL_S, value=one, at=start + timedelta(seconds=end))
        for one, end in zip(intervals.tolist(), ends.tolist(), strict=True)
    ]


def find(observations: Iterable[Observation], **changes: float) -> list[Finding]:
    return run(
        IrregularPulse(HOME, settings(**{f"irregular_pulse__{key}": one for key, one in changes.items()})), observations
    )


def shown(values: Iterable[float], start: datetime = START, minutes: float = 10.0) -> list[Observation]:
    """What earlier minutes showed, as it is replayed from the store."""
    return [
        Reading(
            device=BELT,
            quantity=Quantity.PULSE_IRREGULARITY,
            value=one,
            at=start + turn * minutes * timedelta(minutes=1),
        )
        for turn, one in enumerate(values)
    ]


def test_a_pulse_without_order_for_half_an_hour_is_a_reason_to_check_and_no_diagnosis() -> None:
    (found,) = find(beats(fibrillating(HALF_HOUR)))
    assert (found.kind, found.severity) == (FindingKind.IRREGULAR_PULSE, 3)
    assert found.because == (
        "In 6 of the 6 minutes looked at since 09:00 the heartbeats came without any order; this is a reason to have "
        "the pulse checked, and no diagnosis."
    )
    assert "fibrillation" not in found.because
    assert len(found.evidence) == 6
    assert {one.what for one in found.evidence} == {"pulse_irregularity"}
    assert timedelta(minutes=25) < found.at - START < timedelta(minutes=30)


def test_an_even_pulse_and_noise_are_never_told() -> None:
    assert find(beats(even(HALF_HOUR))) == []
    assert find(beats(knocks(HALF_HOUR))) == []


def test_what_passes_is_not_told() -> None:
    assert find(beats(np.concatenate([fibrillating(1_700), even(HALF_HOUR)]))) == []


def test_it_is_found_from_the_frames_of_a_strap() -> None:
    """Bytes of 0x2A37 with RR intervals, two at a time."""
    intervals = fibrillating(HALF_HOUR).reshape(-1, 2)
    heard: list[Observation] = []
    for pair, end in zip(intervals, np.cumsum(intervals.sum(axis=1)), strict=True):
        payload = heart_rate(95, beats_s=pair.tolist())
        frame = Frame(address="AA", source="gatt:2a37", payload=payload, at=START + timedelta(seconds=float(end)))
        heard += decode(BELT, frame)
    engine = Engine([IrregularPulse(HOME, settings())])
    assert sum(len(engine.feed(one, number)) for one, number in numbered(heard)) == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda one: replace(one, quality=0.0),
        lambda one: replace(one, device=VISITOR_WATCH),
        lambda one: replace(one, value=float("nan")),
        lambda one: replace(one, at=START),
    ],
    ids=["bad quality", "somebody else's", "no number", "all at one moment"],
)
def test_beats_that_say_nothing_of_this_person_are_not_judged(spoilt: object) -> None:
    assert callable(spoilt)
    assert find([spoilt(one) for one in beats(fibrillating(HALF_HOUR))]) == []


def test_where_beats_are_missing_between_the_others_nothing_is_judged() -> None:
    heard = beats(fibrillating(HALF_HOUR))
    assert find([one for place, one in enumerate(heard) if place % 5]) == []


def test_a_beat_that_comes_late_is_left_out() -> None:
    heard = beats(fibrillating(HALF_HOUR))
    late = [heard[0]] * 3
    found = [find(some)[0].episode for some in (heard, [*heard[:1_000], *late, *heard[1_000:]])]
    assert found[0] == found[1]


def test_where_fibrillation_is_known_nothing_is_told_but_minutes_are_kept() -> None:
    detector = IrregularPulse(HOME, settings(irregular_pulse__told=0))
    assert run(detector, beats(fibrillating(HALF_HOUR))) == []
    kept = detector.derived()
    assert len(kept) >= 6
    assert all(one.value > 0 for one in kept)
    assert detector.derived() == []


def test_what_was_kept_gives_the_same_finding_when_it_is_replayed() -> None:
    live = IrregularPulse(HOME, settings())
    (found,) = run(live, beats(fibrillating(HALF_HOUR)))
    (again,) = find(live.derived())
    assert (again.episode, again.because, again.at) == (found.episode, found.because, found.at)


def test_minutes_that_were_kept_and_are_judged_again_count_once() -> None:
    heard = beats(fibrillating(1_000))
    detector = IrregularPulse(HOME, settings(irregular_pulse__of=4, irregular_pulse__irregular=3))
    run(detector, heard)
    assert run(detector, [*detector.derived(), *heard]) == []


def test_only_nearly_all_of_the_last_minutes_are_enough() -> None:
    assert find(shown([1, 1, -1, 1, 1, -1])) == []
    assert len(find(shown([1, 1, -1, 1, 1, 1]))) == 1
    assert len(find(shown([1, 1, 1, 1]), of=4, irregular=24)) == 1


def test_minutes_of_long_ago_do_not_count() -> None:
    assert find([*shown([1, 1, 1, 1, 1]), *shown([1], START + WITHIN + timedelta(hours=2))]) == []


def test_what_goes_on_is_told_again_from_monday_noon_on() -> None:
    found = find(shown([2.0] * 400, minutes=30))
    assert [f"{one.at.astimezone(HOME.tz):%a %H:%M}" for one in found] == ["Tue 11:30", "Mon 12:00"]


def test_the_heartbeats_themselves_are_needed_only_of_the_last_minutes() -> None:
    needed = Engine([IrregularPulse(HOME, settings())]).lookbacks()
    assert needed[Quantity.BEAT_INTERVAL_S] == 300.0
    assert needed[Quantity.PULSE_IRREGULARITY] > 9 * 86_400


def test_a_press_says_nothing_of_the_pulse() -> None:
    assert list(IrregularPulse(HOME, settings()).update(press(START))) == []
