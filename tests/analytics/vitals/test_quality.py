"""Each reason for which a vital sign is kept out, and that nothing else is."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.gate import PLAUSIBLE
from analytics.vitals.quality import (
    EXPLAINS,
    KEPT,
    LEAPS,
    MOVING,
    NO_CONTACT,
    POOREST,
    SETTLES,
    UNSTEADY,
    VITALS,
    WEAKEST_PERFUSION_PERCENT,
    QualityGate,
)
from devices.model import Observation, Quantity, Reading, SampleBlock
from tests.analytics.builders import HOME, OXIMETER, STRAP, VISITOR_WATCH, motion, reading

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def gate() -> QualityGate:
    return QualityGate(HOME)


def refused(one: QualityGate, *observations: Observation) -> list[str | None]:
    """The answers to the readings that were heard together."""
    one.note(observations)
    return [one.refusal(each, each.at) for each in observations if isinstance(each, Reading)]


def pulse(value: float, at: datetime = NOON, quality: float = 1.0, device: str = STRAP) -> Reading:
    return reading(device, Quantity.HEART_RATE_BPM, value, at, quality)


def block(swing_g: float, at: datetime = NOON, device: str = STRAP, seconds: float = 2.0) -> SampleBlock:
    samples = np.zeros((int(50 * seconds), 3), np.float32)
    samples[:, 2] = 1.0 + swing_g * np.sqrt(2) * np.sin(np.arange(len(samples)))
    return SampleBlock(device=device, at=at, rate_hz=50.0, acceleration_g=samples)


def test_what_cannot_be_is_refused_first() -> None:
    assert "is impossible for a pulse" in str(refused(gate(), pulse(500.0))[0])
    assert refused(gate(), pulse(72.0)) == [None]
    assert refused(gate(), motion(NOON)) == [None]


@pytest.mark.parametrize("quantity", sorted(VITALS))
def test_without_skin_contact_no_vital_sign_is_believed(quantity: Quantity) -> None:
    one = gate()
    value = (PLAUSIBLE[quantity].low + PLAUSIBLE[quantity].high) / 2
    off, on = (reading(STRAP, Quantity.SKIN_CONTACT, touching, NOON) for touching in (0.0, 1.0))
    assert refused(one, reading(STRAP, quantity, value, NOON), off) == [NO_CONTACT, None]
    assert refused(one, reading(OXIMETER, quantity, value, NOON)) == [None]
    assert refused(one, reading(STRAP, quantity, value, NOON + KEPT)) == [NO_CONTACT]
    assert refused(one, reading(STRAP, quantity, value, NOON + KEPT + SECOND)) == [None]
    assert refused(one, off, on, reading(STRAP, quantity, value, NOON))[-1] is None


def test_a_weak_pulse_in_the_signal_is_named_until_it_is_strong_again() -> None:
    one = gate()
    weak, strong = (
        reading(OXIMETER, Quantity.PERFUSION_PERCENT, value, NOON) for value in (0.2, WEAKEST_PERFUSION_PERCENT)
    )
    low = reading(OXIMETER, Quantity.SPO2_PERCENT, 88.0, NOON)
    assert refused(one, low, weak) == ["the pulse in the signal was too weak (perfusion 0.2 %)", None]
    assert refused(one, strong, low)[-1] is None
    assert refused(one, weak)[-1] is None
    assert refused(one, reading(OXIMETER, Quantity.SPO2_PERCENT, 88.0, NOON + KEPT + SECOND)) == [None]


def test_what_the_sensor_itself_does_not_trust_is_refused() -> None:
    assert refused(gate(), pulse(72.0, quality=0.3)) == ["the sensor itself did not trust it (0.3 of 1)"]
    assert refused(gate(), pulse(72.0, quality=POOREST)) == [None]


@pytest.mark.parametrize("quantity", sorted(UNSTEADY))
def test_in_movement_nothing_is_measured(quantity: Quantity) -> None:
    value = (PLAUSIBLE[quantity].low + PLAUSIBLE[quantity].high) / 2
    one = gate()
    ends = NOON + 2 * SECOND
    assert refused(one, block(0.3), reading(OXIMETER, quantity, value, NOON)) == [MOVING]
    assert refused(one, reading(OXIMETER, quantity, value, ends + SETTLES)) == [MOVING]
    assert refused(one, reading(OXIMETER, quantity, value, ends + SETTLES + SECOND)) == [None]
    assert refused(one, reading(VISITOR_WATCH, quantity, value, NOON)) == [None]


def test_lying_still_somebody_elses_movement_and_lost_samples_spoil_nothing() -> None:
    lost = block(0.3)
    lost.acceleration_g[:] = np.nan
    for harmless in (block(0.05), block(0.5, device=VISITOR_WATCH), lost):
        assert refused(gate(), harmless, pulse(150.0)) == [None]


def test_a_weight_may_be_taken_after_a_walk() -> None:
    assert refused(gate(), block(0.3), reading("scale", Quantity.WEIGHT_KG, 70.0, NOON)) == [None]


def test_movement_that_goes_on_and_on_excuses_nothing_any_more() -> None:
    one = gate()
    answers = []
    for minute in range(int(EXPLAINS.total_seconds() / 60) + 1):
        for part in range(4):
            at = NOON + timedelta(minutes=minute, seconds=15 * part)
            answers.append(refused(one, block(0.3, at), pulse(150.0, at))[0])
    assert answers[:120] == [MOVING] * 120
    assert set(answers[120:]) == {None}


LEAPT = [
    (Quantity.HEART_RATE_BPM, 72.0, 131.0, SECOND),
    (Quantity.PULSE_BPM, 140.0, 80.0, SECOND),
    (Quantity.SPO2_PERCENT, 97.0, 84.0, SECOND),
    (Quantity.SYSTOLIC_MMHG, 130.0, 85.0, timedelta(minutes=2)),
    (Quantity.DIASTOLIC_MMHG, 80.0, 130.0, timedelta(minutes=2)),
    (Quantity.RESPIRATION_PER_MIN, 14.0, 34.0, SECOND),
    (Quantity.BODY_TEMPERATURE_C, 36.6, 39.0, timedelta(minutes=2)),
    (Quantity.WEIGHT_KG, 62.0, 84.0, timedelta(minutes=5)),
]


def test_every_quantity_that_can_leap_is_tried() -> None:
    assert {quantity for quantity, *_ in LEAPT} == set(LEAPS)


@pytest.mark.parametrize(("quantity", "usual", "odd", "step"), LEAPT)
def test_a_leap_counts_once_a_second_reading_confirms_it(
    quantity: Quantity, usual: float, odd: float, step: timedelta
) -> None:
    one = gate()
    values = (usual, odd, usual, odd, odd)
    answers = [
        refused(one, reading(STRAP, quantity, value, NOON + turn * step))[0] for turn, value in enumerate(values)
    ]
    assert [answer is None for answer in answers] == [True, False, True, False, True]
    assert str(answers[1]).startswith(f"it leapt from {usual:g} to {odd:g} within ")


@pytest.mark.parametrize(("quantity", "usual", "odd", "step"), LEAPT)
def test_after_a_while_any_value_may_come(quantity: Quantity, usual: float, odd: float, step: timedelta) -> None:
    del step
    within = LEAPS[quantity].within
    for gap, expected in ((within, False), (within + SECOND, True)):
        one = gate()
        refused(one, reading(STRAP, quantity, usual, NOON))
        assert (refused(one, reading(STRAP, quantity, odd, NOON + gap))[0] is None) is expected


def test_the_same_moment_told_twice_confirms_nothing() -> None:
    one = gate()
    refused(one, pulse(72.0))
    leap = pulse(140.0, NOON + SECOND)
    assert None not in [refused(one, leap)[0] for _ in range(3)]
    assert refused(one, pulse(140.0, NOON + 2 * SECOND)) == [None]


def test_a_leap_of_one_sensor_is_no_leap_of_another() -> None:
    one = gate()
    assert refused(one, pulse(72.0), pulse(140.0, device=OXIMETER)) == [None, None]


@given(values=st.lists(st.floats(30.0, 220.0), min_size=1, max_size=30))
def test_a_pulse_that_stays_is_always_believed_at_the_second_reading(values: list[float]) -> None:
    one = gate()
    for turn, value in enumerate(values):
        refused(one, pulse(value, NOON + turn * SECOND))
    end = NOON + len(values) * SECOND
    assert refused(one, pulse(values[-1], end))[0] is None
