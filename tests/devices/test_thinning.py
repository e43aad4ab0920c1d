from datetime import timedelta

import pytest

from devices.model import Quantity, Reading
from devices.thinning import Thinner
from tests.fakes import START


def passed(quantity: Quantity, course: list[tuple[float, float]]) -> list[float]:
    """The seconds at which a reading passed, of (second, value)."""
    thinner = Thinner(every_s=10.0)
    return [
        second
        for second, value in course
        if thinner.passes(Reading(device="radar", quantity=quantity, value=value, at=START + timedelta(seconds=second)))
    ]


@pytest.mark.parametrize(
    ("quantity", "course", "expected"),
    [
        (Quantity.OCCUPIED, [(0, 1), (5, 1), (9.9, 1), (10, 1)], [0, 10]),
        (Quantity.OCCUPIED, [(0, 0), (5, 1), (5.1, 1), (15, 1)], [0, 5, 15]),
        (Quantity.MOTION, [(0, 0), (5, 1), (5.1, 0), (5.2, 1), (5.9, 0), (6.0, 0)], [0, 5, 6.0]),
        (Quantity.DISTANCE_CM, [(0, 100), (5, 300), (10, 200)], [0, 10]),
        (Quantity.OCCUPIED, [(100, 1), (40, 1), (45, 1)], [100, 40]),
    ],
)
def test_states_pass_when_they_change_and_all_in_due_time(
    quantity: Quantity, course: list[tuple[float, float]], expected: list[float]
) -> None:
    assert passed(quantity, course) == expected


def test_each_quantity_is_thinned_by_itself() -> None:
    thinner = Thinner(every_s=10.0)
    for quantity in (Quantity.OCCUPIED, Quantity.DISTANCE_CM):
        assert thinner.passes(Reading(device="radar", quantity=quantity, value=1.0, at=START))
