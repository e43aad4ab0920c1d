import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.escalation.conditions import ConditionError, holds, parse


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        (None, {}, True),
        ("news2 >= 7", {"news2": 7}, True),
        ("news2 >= 7", {"news2": 6}, False),
        ("news2 >= 7", {}, False),
        ("news2 >= 5 or single >= 3", {"single": 3}, True),
        ("news2 >= 5 and single >= 3", {"news2": 9}, False),
        ("news2 >= 5 and single >= 3 or pulse > 140", {"pulse": 141}, True),
        ("pulse < 40", {"pulse": 39.5}, True),
        ("pulse <= 40", {"pulse": 40}, True),
        ("single == 3", {"single": 3.0}, True),
        ("change < -1.5", {"change": -2}, True),
        ("news2 >= 7", {"news2_at_least": 7.0}, True),  # whatever is missing can only add to it
        ("news2 > 7", {"news2_at_least": 7.0}, False),
        ("news2 >= 7", {"news2_at_least": 6.0}, False),
        ("news2 < 7", {"news2_at_least": 3.0}, False),
        ("news2 == 7", {"news2_at_least": 7.0}, False),
        ("news2 >= 7", {"news2": 5.0, "news2_at_least": 8.0}, True),  # the whole score is the older one
    ],
)
def test_holds(condition: str | None, facts: dict[str, float], expected: bool) -> None:
    assert holds(condition, facts) is expected


@pytest.mark.parametrize("condition", ["", "news2", "news2 >= high", "news2 => 5", "1 >= news2", "a >= 1 or"])
def test_what_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(ConditionError, match="expected a comparison"):
        parse(condition)


@given(st.text())
def test_any_text_is_read_or_refused(condition: str) -> None:
    try:
        parsed = parse(condition)
    except ConditionError:
        return
    assert all(alternative for alternative in parsed)
