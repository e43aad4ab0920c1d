from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.escalation.rota import RotaError, on_call
from hub.household.model import Layer, Override, Rota
from tests.hub.escalation.homes import FAMILY_ON_CALL, LONDON

MINUTE = timedelta(minutes=1)
SPRING = datetime(2027, 3, 28, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def shifts(rota: Rota, day: datetime, tz: ZoneInfo) -> list[tuple[str, datetime, datetime]]:
    """Every shift of every layer that begins on this local day, in instants: the first start, the last end."""
    found = []
    for layer in rota.layers:
        if layer.default or day.weekday() not in layer.days:
            continue
        start = datetime.combine(day, layer.start or time(0))
        end = datetime.combine(day, layer.end or time(0))
        end = end if end > start else end + timedelta(days=1)
        found.append((layer.who, instants(start, tz)[0], instants(end, tz)[1]))
    return found


def instants(wall: datetime, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and the last occurrence of a local time; the moment of the jump for one that does not exist."""
    first, last = (wall.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    return (first, last) if first <= last else (SPRING, SPRING)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2026, 11, 24, 8, 0), ("priya",)),  # Tuesday, at the minute
        (utc(2026, 11, 24, 7, 59), ("tom",)),
        (utc(2026, 11, 24, 19, 59), ("priya",)),
        (utc(2026, 11, 24, 20, 0), ("tom",)),
        (utc(2026, 11, 28, 12, 0), ("tom",)),  # Saturday
        (utc(2026, 7, 7, 7, 0), ("priya",)),  # eight o'clock in summer
        (utc(2026, 7, 7, 6, 59), ("tom",)),
    ],
)
def test_layers_by_day_and_clock_time(at: datetime, expected: tuple[str, ...]) -> None:
    assert on_call(FAMILY_ON_CALL, at, LONDON) == expected


def test_an_override_comes_first_and_ends() -> None:
    override = Override(who="tom", start=datetime(2026, 12, 24), end=datetime(2026, 12, 27))  # noqa: DTZ001
    rota = Rota(name="r", layers=FAMILY_ON_CALL.layers, overrides=(override,))
    assert on_call(rota, utc(2026, 12, 23, 12), LONDON) == ("priya",)
    assert on_call(rota, utc(2026, 12, 24, 12), LONDON) == ("tom",)
    assert on_call(rota, utc(2026, 12, 28, 12), LONDON) == ("priya",)


def test_a_shift_may_pass_midnight_into_a_day_that_is_not_its_own() -> None:
    friday_night = Layer(who="priya", days=frozenset({4}), start=time(22), end=time(6))
    rota = Rota(name="r", layers=(friday_night, Layer(who="tom", default=True)))
    assert on_call(rota, utc(2026, 11, 27, 21, 59), LONDON) == ("tom",)
    assert on_call(rota, utc(2026, 11, 27, 22, 0), LONDON) == ("priya",)
    assert on_call(rota, utc(2026, 11, 28, 5, 59), LONDON) == ("priya",)
    assert on_call(rota, utc(2026, 11, 28, 6, 0), LONDON) == ("tom",)
    assert on_call(rota, utc(2026, 11, 28, 23, 0), LONDON) == ("tom",)


def test_a_layer_without_times_is_the_whole_day() -> None:
    rota = Rota(name="r", layers=(Layer(who="priya", days=frozenset({5, 6})), Layer(who="tom", default=True)))
    assert on_call(rota, utc(2026, 11, 28, 0, 0), LONDON) == ("priya",)
    assert on_call(rota, utc(2026, 11, 29, 23, 59), LONDON) == ("priya",)
    assert on_call(rota, utc(2026, 11, 30, 0, 0), LONDON) == ("tom",)


def test_without_a_default_it_says_so() -> None:
    with pytest.raises(RotaError, match="no default"):
        on_call(Rota(name="gaps", layers=(Layer(who="a", start=time(8), end=time(9)),)), utc(2026, 1, 1), LONDON)


HANDOVER = Rota(  # changes within the hour that is repeated in autumn and missing in spring
    name="handover",
    layers=(
        Layer(who="priya", start=time(20), end=time(1, 30)),
        Layer(who="tom", start=time(1, 30), end=time(8)),
        Layer(who="joan", default=True),
    ),
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2026, 10, 25, 0, 29), {"priya"}),  # 01:29, the first time
        (utc(2026, 10, 25, 0, 30), {"priya", "tom"}),  # 01:30, the first time: tom begins
        (utc(2026, 10, 25, 0, 59), {"priya", "tom"}),
        (utc(2026, 10, 25, 1, 0), {"priya", "tom"}),  # 01:00 again
        (utc(2026, 10, 25, 1, 29), {"priya", "tom"}),
        (utc(2026, 10, 25, 1, 30), {"tom"}),  # 01:30, the last time: priya ends
        (utc(2027, 3, 28, 0, 59), {"priya"}),  # 00:59, and then 02:00
        (utc(2027, 3, 28, 1, 0), {"tom"}),
    ],
)
def test_9_a_handover_when_the_clocks_change_overlaps_and_leaves_no_gap(at: datetime, expected: set[str]) -> None:
    assert set(on_call(HANDOVER, at, LONDON)) == expected


def test_9_an_override_that_ends_in_the_repeated_hour_overlaps() -> None:
    override = Override(who="joan", start=datetime(2026, 10, 24, 12), end=datetime(2026, 10, 25, 1, 45))  # noqa: DTZ001
    rota = Rota(name="r", layers=HANDOVER.layers, overrides=(override,))
    assert set(on_call(rota, utc(2026, 10, 25, 0, 50), LONDON)) == {"joan", "tom"}
    assert set(on_call(rota, utc(2026, 10, 25, 1, 44), LONDON)) == {"joan", "tom"}
    assert set(on_call(rota, utc(2026, 10, 25, 1, 45), LONDON)) == {"tom"}


@pytest.mark.parametrize("start", [utc(2026, 9, 15), utc(2027, 2, 15)])
def test_9_ninety_days_minute_by_minute_leave_no_gap_and_the_right_overlap(start: datetime) -> None:
    first_day = start.astimezone(LONDON).replace(tzinfo=None) - timedelta(days=2)
    known = [one for day in range(95) for one in shifts(HANDOVER, first_day + timedelta(days=day), LONDON)]
    waiting = sorted(known, key=lambda one: one[1])
    on: list[tuple[str, datetime, datetime]] = []
    at = start
    for _ in range(90 * 24 * 60):
        while waiting and waiting[0][1] <= at:
            on.append(waiting.pop(0))
        on = [one for one in on if at < one[2]]
        expected = {who for who, _, _ in on} or {"joan"}
        assert set(on_call(HANDOVER, at, LONDON)) == expected, at
        at += MINUTE
