"""What a wearer's own days do to the threshold, on made-up wearers."""

from pathlib import Path

import numpy as np
import pytest

from analytics.evaluation import budget, budget_page
from analytics.evaluation.falls import NO_KNOCK, Outcome
from analytics.falls.quiet import ASK, SHIPPED
from analytics.training.falls import SETS


def outcome(subject: str, score: float, *, is_fall: bool = False) -> Outcome:
    return Outcome(
        subject=subject, activity="D01", is_fall=is_fall, alarmed=False, acted=False, score=score, delay_s=None
    )


def wearer(subject: str, likeness: float, many: int = 400) -> list[Outcome]:
    """Somebody whose knocks are mostly nothing, and now and then as likely as told; and who falls."""
    dice = np.random.default_rng(len(subject))
    scores = np.where(dice.random(many) < 0.2, dice.exponential(likeness, many), NO_KNOCK)
    return [
        *(outcome(subject, float(score)) for score in scores),
        *(outcome(subject, score, is_fall=True) for score in (1.0, 1.6, 2.2, 6.0)),
    ]


QUIET, LIVELY = wearer("quiet", 0.2), wearer("lively one", 0.7)


def test_a_quiet_wearer_is_asked_about_less_and_a_lively_one_no_more_often_than_agreed() -> None:
    quiet, lively = budget.months(QUIET, 2.0, 10), budget.months(LIVELY, 2.0, 10)
    assert {one.own.days for one in quiet} == {28}
    assert np.mean([one.own.ask for one in quiet]) < SHIPPED.ask < np.mean([one.own.ask for one in lively]) <= ASK.high
    assert (budget.found(QUIET, quiet).value or 0) > (budget.found_by_shipped(QUIET, quiet).value or 0)
    asked, by_shipped = budget.asked(lively).value, budget.asked(lively, shipped=True).value
    assert asked is not None
    assert by_shipped is not None
    assert asked < by_shipped
    assert budget.found_by_shipped(LIVELY, lively).value == 0.75


def test_the_smaller_the_budget_the_fewer_questions_and_falls_found() -> None:
    few, many = (budget.months(LIVELY, times, 10) for times in (0.5, 20.0))
    assert (budget.asked(few).value or 0) < (budget.asked(many).value or 0)
    assert (budget.found(LIVELY, few).value or 0) <= (budget.found(LIVELY, many).value or 0)


def test_of_whoever_did_too_little_nothing_is_said() -> None:
    assert budget.months(QUIET[:9], 2.0, 10) == []


def test_the_page_has_a_row_for_each_budget(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = budget_page.page({name: [*QUIET, *LIVELY] for name in SETS})
    assert text.count("| wrist (WEDA-FALL) |") == text.count("| waist (SisFall) |") == 6
    assert "2 people at the waist (SisFall)" in text
    assert "{" not in text
    assert budget_page.main([], tmp_path / "page.md") == 2
    assert "usage" in capsys.readouterr().err
