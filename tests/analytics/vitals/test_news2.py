"""Every boundary of the chart, from a table that is typed here once more, as people read it."""

from itertools import groupby, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.vitals.news2 import (
    AIR,
    ALERT,
    CHART,
    CVPU,
    OXYGEN,
    SPO2,
    Parameter,
    Scale,
    Urgency,
    part,
    rounded,
    score,
)

# (from, to, score), both ends within; the ends of the scale are as far as anything measures
Bands = list[tuple[float, float, int]]
CHART_1: dict[Parameter, Bands] = {
    Parameter.RESPIRATION: [(1, 8, 3), (9, 11, 1), (12, 20, 0), (21, 24, 2), (25, 80, 3)],
    Parameter.SYSTOLIC: [(40, 90, 3), (91, 100, 2), (101, 110, 1), (111, 219, 0), (220, 300, 3)],
    Parameter.PULSE: [(20, 40, 3), (41, 50, 1), (51, 90, 0), (91, 110, 1), (111, 130, 2), (131, 300, 3)],
    Parameter.TEMPERATURE: [(25.0, 35.0, 3), (35.1, 36.0, 1), (36.1, 38.0, 0), (38.1, 39.0, 1), (39.1, 45.0, 2)],
}
SATURATION: dict[tuple[Scale, float], Bands] = {
    (Scale.ONE, AIR): [(40, 91, 3), (92, 93, 2), (94, 95, 1), (96, 100, 0)],
    (Scale.ONE, OXYGEN): [(40, 91, 3), (92, 93, 2), (94, 95, 1), (96, 100, 0)],
    (Scale.TWO, AIR): [(40, 83, 3), (84, 85, 2), (86, 87, 1), (88, 92, 0), (93, 100, 0)],
    (Scale.TWO, OXYGEN): [(40, 83, 3), (84, 85, 2), (86, 87, 1), (88, 92, 0), (93, 94, 1), (95, 96, 2), (97, 100, 3)],
}
STEP = {Parameter.TEMPERATURE: 0.1}
ENDS = [
    (parameter, value, expected)
    for parameter, bands in CHART_1.items()
    for low, high, expected in bands
    for value in (low, high)
]
SATURATION_ENDS = [
    (scale, oxygen, value, expected)
    for (scale, oxygen), bands in SATURATION.items()
    for low, high, expected in bands
    for value in (low, high)
]
WELL = {
    Parameter.RESPIRATION: 16.0,
    Parameter.SPO2: 97.0,
    Parameter.OXYGEN: AIR,
    Parameter.SYSTOLIC: 130.0,
    Parameter.PULSE: 72.0,
    Parameter.CONSCIOUSNESS: ALERT,
    Parameter.TEMPERATURE: 36.7,
}


@pytest.mark.parametrize(
    ("bands", "step"),
    [(bands, STEP.get(parameter, 1.0)) for parameter, bands in CHART_1.items()]
    + [(one, 1.0) for one in SATURATION.values()],
)
def test_the_chart_has_no_gap_between_its_bands(bands: Bands, step: float) -> None:
    assert all(later[0] == pytest.approx(earlier[1] + step) for earlier, later in pairwise(bands))


@pytest.mark.parametrize(("parameter", "value", "expected"), ENDS)
def test_each_end_of_each_band(parameter: Parameter, value: float, expected: int) -> None:
    assert part(parameter, {parameter: float(value)}, Scale.ONE) == expected
    assert part(parameter, {parameter: float(value)}, Scale.TWO) == expected


@pytest.mark.parametrize(("scale", "oxygen", "value", "expected"), SATURATION_ENDS)
def test_each_end_of_each_band_of_both_scales_of_oxygen_saturation(
    scale: Scale, oxygen: float, value: float, expected: int
) -> None:
    values = {Parameter.SPO2: float(value), Parameter.OXYGEN: oxygen}
    assert part(Parameter.SPO2, values, scale) == expected


def test_air_oxygen_and_consciousness() -> None:
    assert [part(Parameter.OXYGEN, {Parameter.OXYGEN: given}, Scale.ONE) for given in (AIR, OXYGEN)] == [0, 2]
    consciousness = Parameter.CONSCIOUSNESS
    assert [part(consciousness, {consciousness: state}, Scale.ONE) for state in (ALERT, CVPU)] == [0, 3]


def test_no_band_was_forgotten_in_these_tests() -> None:
    assert set(CHART) - set(CHART_1) == {Parameter.OXYGEN, Parameter.CONSCIOUSNESS}
    assert set(SPO2) == set(SATURATION) == set(product(Scale, (AIR, OXYGEN)))
    pairs = [(CHART[parameter], bands) for parameter, bands in CHART_1.items()]
    for in_code, bands in pairs + [(SPO2[key], bands) for key, bands in SATURATION.items()]:
        assert [points for _, points in in_code] == [expected for expected, _ in groupby(bands, lambda band: band[2])]


@pytest.mark.parametrize(
    ("parameter", "value", "as_read"),
    [
        (Parameter.TEMPERATURE, 35.04, 35.0),
        (Parameter.TEMPERATURE, 35.05, 35.1),
        (Parameter.TEMPERATURE, 39.049, 39.0),
        (Parameter.TEMPERATURE, 39.05, 39.1),
        (Parameter.PULSE, 130.4, 130.0),
        (Parameter.PULSE, 130.5, 131.0),
        (Parameter.SPO2, 91.49, 91.0),
        (Parameter.SPO2, 91.5, 92.0),
        (Parameter.SYSTOLIC, 219.5, 220.0),
        (Parameter.RESPIRATION, 8.5, 9.0),
    ],
)
def test_a_value_between_two_bands_is_read_as_the_chart_does(
    parameter: Parameter, value: float, as_read: float
) -> None:
    assert rounded(parameter, value) == as_read


def test_all_well_is_zero_and_routine() -> None:
    well = score(WELL)
    assert (well.total, well.single, well.urgency, well.missing) == (0, 0, Urgency.ROUTINE, ())
    assert well.because_of() == ()


@pytest.mark.parametrize(
    ("changes", "total", "urgency"),
    [
        ({Parameter.PULSE: 111.0, Parameter.RESPIRATION: 21.0}, 4, Urgency.ROUTINE),
        ({Parameter.PULSE: 131.0}, 3, Urgency.URGENT),  # a single 3
        ({Parameter.CONSCIOUSNESS: CVPU}, 3, Urgency.URGENT),
        ({Parameter.PULSE: 111.0, Parameter.RESPIRATION: 21.0, Parameter.TEMPERATURE: 38.1}, 5, Urgency.URGENT),
        ({Parameter.PULSE: 111.0, Parameter.RESPIRATION: 21.0, Parameter.OXYGEN: OXYGEN}, 6, Urgency.URGENT),
        (
            {Parameter.PULSE: 111.0, Parameter.RESPIRATION: 21.0, Parameter.SPO2: 92.0, Parameter.TEMPERATURE: 38.1},
            7,
            Urgency.EMERGENCY,
        ),
        (
            dict(zip(WELL, (8.0, 91.0, OXYGEN, 90.0, 131.0, CVPU, 35.0), strict=True)),
            20,
            Urgency.EMERGENCY,
        ),
    ],
)
def test_what_a_whole_score_calls_for(changes: dict[Parameter, float], total: int, urgency: Urgency) -> None:
    found = score(WELL | changes)
    assert (found.total, found.at_least, found.urgency) == (total, total, urgency)


@pytest.mark.parametrize("left_out", list(Parameter))
def test_a_score_without_one_part_names_it_and_has_no_total(left_out: Parameter) -> None:
    values = {parameter: value for parameter, value in WELL.items() if parameter is not left_out}
    found = score(values)
    assert found.missing == (left_out,)
    assert found.total is None
    assert left_out not in found.parts
    assert found.urgency is None


def test_a_partial_score_calls_for_what_its_known_parts_call_for() -> None:
    assert score({Parameter.SYSTOLIC: 85.0}).urgency is Urgency.URGENT
    known = {Parameter.PULSE: 120.0, Parameter.RESPIRATION: 22.0, Parameter.TEMPERATURE: 39.5}
    assert (score(known).urgency, score(known).at_least, score(known).total) == (Urgency.URGENT, 6, None)
    assert score(known | {Parameter.SPO2: 95.0}).urgency is Urgency.EMERGENCY
    assert score({}).urgency is None


def test_on_scale_2_a_high_saturation_cannot_be_scored_without_knowing_of_the_oxygen() -> None:
    for value, known in ((92.0, True), (93.0, False), (100.0, False), (83.0, True)):
        assert (Parameter.SPO2 in score({Parameter.SPO2: value}, Scale.TWO).parts) is known
    assert Parameter.SPO2 in score({Parameter.SPO2: 97.0}, Scale.ONE).parts


def test_the_parts_that_score_are_named_the_gravest_first() -> None:
    found = score({Parameter.RESPIRATION: 9.0, Parameter.SPO2: 90.0, Parameter.PULSE: 112.0, Parameter.SYSTOLIC: 120.0})
    assert found.because_of() == (Parameter.SPO2, Parameter.PULSE, Parameter.RESPIRATION)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        Parameter.RESPIRATION: st.floats(1, 80),
        Parameter.SPO2: st.floats(40, 100),
        Parameter.OXYGEN: st.sampled_from([AIR, OXYGEN]),
        Parameter.SYSTOLIC: st.floats(40, 300),
        Parameter.PULSE: st.floats(20, 300),
        Parameter.CONSCIOUSNESS: st.sampled_from([ALERT, CVPU]),
        Parameter.TEMPERATURE: st.floats(25, 45),
    },
)
ORDER = [None, Urgency.ROUTINE, Urgency.URGENT, Urgency.EMERGENCY]


@given(values=VALUES, scale=st.sampled_from(Scale), more=VALUES)
def test_what_becomes_known_never_makes_it_less_urgent(
    values: dict[Parameter, float], scale: Scale, more: dict[Parameter, float]
) -> None:
    partial, fuller = score(values, scale), score(more | values, scale)
    assert (partial.total is None) == bool(partial.missing)
    assert set(partial.parts) | set(partial.missing) == set(Parameter)
    assert fuller.at_least >= partial.at_least
    assert ORDER.index(fuller.urgency) >= ORDER.index(partial.urgency)
