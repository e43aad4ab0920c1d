"""Who takes part, who is heard, whose ideas are taken up; small groups are not counted out loud."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from co_design.acting import fell_silent
from co_design.agreement import agreements, kappa_of
from co_design.chain import load
from co_design.fairness import agency, airtime, levels, reach, taken_up
from co_design.registers.chase import chase
from co_design.suppressed import LEAST, suppressed
from tests.co_design.conftest import Played
from tests.co_design.record import SNOOKER, Record


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), st.integers(0, 20), max_size=8))
def test_no_small_count_is_told_nor_can_be_worked_out_from_the_total(counts: dict[str, int]) -> None:
    shown = suppressed(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count == 0 or count >= LEAST for count in shown.values())
    assert all(count == counts[name] for name, count in shown.items() if count is not None)
    others = [name for name, count in counts.items() if count >= LEAST]
    assert len(hidden) != 1 or not others


def test_reach_is_measured_against_the_people_served(played: Played) -> None:
    found = {
        one.group: (one.taking_part, one.served) for one in reach(played.chain, {"resident": 31, "arc": 3}, "role")
    }
    assert found["resident"] == (5, 31)
    assert found["family"] == (None, None)
    assert found["arc"] == (0, 3)


def test_airtime_of_small_groups_is_not_told(played: Played) -> None:
    shares = airtime(played.chain)
    assert shares["operator"] is None
    assert 0 < (shares["resident"] or 0) < 1


def test_whose_ideas_were_taken_up(record: Record) -> None:
    record.a_change()
    for _ in range(5):
        record.does("idea", statement="Another.", needs=[1], participant=1)
    assert taken_up(record.chain()) == {
        "nobody in particular": {"in force": None, "decided": 0, "open": 0},
        "resident": {"in force": 0, "decided": 0, "open": 5},
    }


def test_whose_ideas_were_taken_up_by_access_need(record: Record) -> None:
    record.enrols("Wren", "resident", access_needs="large print")
    record.a_change()
    for participant in (1, 2):
        record.does("idea", statement="Another.", needs=[1], participant=participant)
    assert set(taken_up(record.chain(), "access_needs")) == {"large print", "no access need", "nobody in particular"}


def test_a_resident_of_whom_nothing_is_heard_any_more_is_asked_about(record: Record) -> None:
    with record.home.writing() as connection:
        assert not fell_silent(connection, load(connection), record.now)
    record.enrols("Heron", "resident", person="margaret")
    record.says("Heron", SNOOKER)
    for days, silent in ((0, False), (29, True), (29, False)):
        record.passes(days)
        with record.home.writing() as connection:
            chain = load(connection)
            assert fell_silent(connection, chain, record.now) is silent
            assert (
                any("nothing came from the resident" in one.what for one in chase(connection, chain, record.now))
                is silent
            )


def test_levels_of_participation_over_time(played: Played) -> None:
    assert levels(played.chain) == {
        "2026 Q2": {"inform": 0, "consult": 9, "minimal_co_production": 0, "full_co_production": 1},
        "2026 Q3": {"inform": 0, "consult": 1, "minimal_co_production": 0, "full_co_production": 3},
    }


def test_agency_counts_what_the_resident_did_and_says_when_nothing_came(record: Record) -> None:
    record.enrols("Heron", "resident", person="margaret")
    record.enrols("Wren", "resident")
    span = timedelta(days=28)
    assert agency(record.chain(), 0, record.now, span).fallen
    record.says("Wren", "That is another home.")
    assert agency(record.chain(), 0, record.now, span).fallen
    said = record.says("Heron", SNOOKER)
    ballot, options = record.a_ballot(record.an_idea(said))
    record.does("vote", ballot=ballot, participant=1, choices=dict.fromkeys(options, "object"))
    found = agency(record.chain(), 2, record.now, span)
    assert (found.acts, found.said, found.vetoes, found.index, found.fallen) == (2, 1, 1, 1.0, False)


def test_two_coders_agree_theme_by_theme_with_uncertainty(played: Played) -> None:
    found = {one.theme: one for one in agreements(played.chain)}
    assert found["Lying unseen"].kappa == 1.0
    interrupted = found["Being interrupted"]
    assert interrupted.kappa == pytest.approx(0.8)
    assert (interrupted.low or 0) < 0.8 <= (interrupted.high or 0)
    assert interrupted.coders == ("maya", "tomas")
    assert not interrupted.to_be_talked_about


def test_agreement_by_chance_or_of_too_little_is_none() -> None:
    assert kappa_of((1, 0, 0, 1)) is None
    assert kappa_of((9, 0, 0, 0)) is None
    assert kappa_of((0, 4, 4, 0)) == -1.0
