"""Readings summed up by the hour, and which months they are of."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from hub.centre.readings import US_AN_HOUR, by_hour, months
from hub.store.columns import to_us
from hub.sync.outbox import columns
from tests.fakes import START

ROW = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 5 * US_AN_HOUR), st.integers(-50, 50))


@given(st.lists(st.tuples(st.integers(1, 2), ROW), min_size=1, max_size=40))
def test_the_hours_say_what_their_readings_say(rows: list[tuple[int, tuple[int, int, int, int]]]) -> None:
    known: dict[tuple[int, int, int, int], list[tuple[int, float]]] = defaultdict(list)
    batches = []
    for number, (hub, (device, quantity, at, value)) in enumerate(rows, start=1):
        batches.append((hub, columns([(number, device, quantity, at, float(value), None)])))
        known[hub, device, quantity, at // US_AN_HOUR].append((number, float(value)))
    hours = by_hour(batches)
    found = dict(
        zip(zip(*hours[:4], strict=True), zip(*hours[4:], strict=True), strict=True),
    )
    assert found == {
        key: (
            len(its),
            sum(value for _, value in its),
            min(value for _, value in its),
            max(value for _, value in its),
            its[-1][1],
            its[-1][0],
        )
        for key, its in known.items()
    }


def test_months_are_told_by_name() -> None:
    assert months([columns([(1, 1, 1, to_us(START), 1.0, None), (2, 1, 1, 0, 1.0, None)])]) == {"2026-11", "1970-01"}
