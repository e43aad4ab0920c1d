from pathlib import Path

from alongside.benchmark import replay


def test_a_past_is_the_same_each_time_and_in_order() -> None:
    quiet = list(replay.past(2, busy=False))
    assert quiet == list(replay.past(2, busy=False))
    assert quiet == sorted(quiet, key=lambda one: one.at)
    assert len(quiet) == 2 * replay.EVENTS_A_DAY
    assert len(list(replay.past(2, busy=True))) > 10 * len(quiet)


def test_what_is_replayed_is_read_from_the_store(tmp_path: Path) -> None:
    cost = replay.cost(tmp_path / "home.sqlite3", 20, busy=False)
    assert (cost.days, cost.observations) == (20, 20 * replay.EVENTS_A_DAY)
    assert 0 < cost.cpu_s < 10
