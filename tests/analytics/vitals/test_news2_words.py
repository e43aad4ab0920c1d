import re
from datetime import UTC, datetime
from itertools import combinations

import pytest

from analytics.vitals.news2 import Parameter, score
from analytics.vitals.news2_words import listed, measured, sentence, table

WELL = {
    Parameter.RESPIRATION: 16.0,
    Parameter.SPO2: 97.0,
    Parameter.OXYGEN: 0.0,
    Parameter.SYSTOLIC: 130.0,
    Parameter.PULSE: 72.0,
    Parameter.CONSCIOUSNESS: 1.0,
    Parameter.TEMPERATURE: 36.7,
}
WORST = dict(zip(WELL, (30.0, 80.0, 1.0, 80.0, 150.0, 0.0, 34.0), strict=True))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (WELL, "The early-warning score calls for no urgent review."),
        (
            WELL | {Parameter.PULSE: 135.0, Parameter.SPO2: 95.0},
            "The early-warning score calls for urgent review within 1 hour, because of pulse and oxygen saturation.",
        ),
        (
            {parameter: value for parameter, value in WELL.items() if parameter is not Parameter.CONSCIOUSNESS},
            "What is known calls for nothing urgent, which is no all-clear; it is partial, as consciousness is not"
            " known or not confirmed.",
        ),
    ],
)
def test_a_daughter_reads_a_sentence(values: dict[Parameter, float], said: str) -> None:
    assert sentence(score(values)) == said


@pytest.mark.parametrize("count", range(8))
def test_every_sentence_is_one_and_not_too_long_and_holds_no_value(count: int) -> None:
    for known in combinations(Parameter, count):
        for source in (WELL, WORST):
            said = sentence(score({parameter: source[parameter] for parameter in known}))
            assert re.fullmatch(r"[A-Z][^.]*\.", said)
            assert len(said) <= 250
            assert set(re.findall(r"\d+", said)) <= {"1", "30"}


def test_a_clinician_reads_the_table_with_what_is_missing() -> None:
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    values = {Parameter.PULSE: 112.0, Parameter.TEMPERATURE: 38.5, Parameter.CONSCIOUSNESS: 0.0, Parameter.OXYGEN: 0.0}
    rows = {row.parameter: row for row in table(score(values), values, {Parameter.PULSE: noon})}
    assert list(rows) == list(Parameter)
    assert (rows[Parameter.PULSE].measured, rows[Parameter.PULSE].points) == ("112 /min", 2)
    assert (rows[Parameter.PULSE].at, rows[Parameter.TEMPERATURE].at) == (noon, None)
    assert (rows[Parameter.SPO2].measured, rows[Parameter.SPO2].points) == ("not known", None)
    assert rows[Parameter.CONSCIOUSNESS].measured == "new confusion, or answers only to voice or pain"
    assert rows[Parameter.OXYGEN].measured == "air"


def test_words_are_listed() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert measured(Parameter.OXYGEN, 1.0) == "oxygen"
