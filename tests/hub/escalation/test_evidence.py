from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.escalation.evidence import join
from hub.model import Evidence, NotificationState

STATES = [
    NotificationState.ACCEPTED,
    NotificationState.SENT,
    NotificationState.DELIVERED,
    NotificationState.READ,
    NotificationState.FAILED,
]
REPORTS = st.builds(Evidence, state=st.sampled_from(STATES), negative=st.booleans())


def total(reports: list[Evidence]) -> tuple[NotificationState, bool]:
    state, negative = NotificationState.CALLING, False
    for report in reports:
        state, negative = join(state, report, negative=negative)
    return state, negative


@given(st.lists(REPORTS, min_size=1, max_size=5))
def test_7_any_order_of_reports_comes_to_the_same(reports: list[Evidence]) -> None:
    assert len({total(list(order)) for order in permutations(reports)}) == 1


@given(st.lists(REPORTS, min_size=1, max_size=5))
def test_7_a_report_repeated_changes_nothing(reports: list[Evidence]) -> None:
    assert total(reports) == total([*reports, *reports])


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([("accepted", False), ("sent", False)], ("sent", False)),
        ([("sent", False), ("accepted", False)], ("sent", False)),
        ([("sent", True)], ("failed", True)),
        ([("sent", True), ("delivered", False)], ("delivered", True)),
        ([("delivered", False), ("sent", True)], ("delivered", True)),
    ],
)
def test_the_highest_rank_wins_and_what_speaks_against_it_sticks(
    reports: list[tuple[str, bool]], expected: tuple[str, bool]
) -> None:
    evidence = [Evidence(state=NotificationState(state), negative=negative) for state, negative in reports]
    assert total(evidence) == expected
