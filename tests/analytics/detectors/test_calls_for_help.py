from datetime import timedelta

import pytest

from analytics.detectors.calls_for_help import SAME_PRESS, SAME_TOKEN, WORDS, CallsForHelp
from analytics.model import Evidence, FindingKind
from analytics.signs import PRESSES
from devices.model import Observation, Quantity, Trigger, TriggerKind
from tests.analytics.builders import HOME, KITCHEN, PENDANT, local, motion, press, run

SEVEN, EIGHT = "7", "8"
NOON = local("12:00")
SECOND = timedelta(seconds=1)


def test_a_press_is_a_call_for_help_at_once() -> None:
    (found,) = run(CallsForHelp(HOME), [press(NOON)], first_number=41)
    assert found.kind is FindingKind.PANIC
    assert found.severity == 10
    assert found.at == NOON
    assert found.because == "The pendant was pressed at 12:00."
    assert found.evidence == (Evidence(device=PENDANT, what="press", value=None, at=NOON, id=41),)


def test_every_kind_of_press_has_its_words() -> None:
    assert set(WORDS) == PRESSES


@pytest.mark.parametrize("kind", sorted(PRESSES - {TriggerKind.DOUBLE_PRESS}))
def test_a_press_that_nobody_gave_a_meaning_means_help(kind: TriggerKind) -> None:
    (found,) = run(CallsForHelp(HOME), [press(NOON, kind)])
    assert WORDS[kind] in found.because


def test_a_press_that_means_fine_is_not_its_business() -> None:
    assert run(CallsForHelp(HOME), [press(NOON, TriggerKind.DOUBLE_PRESS)]) == []


def test_a_button_that_the_home_does_not_know_still_calls_for_help() -> None:
    (found,) = run(CallsForHelp(HOME), [Trigger(device="cord_in_hall", kind=TriggerKind.PRESS, at=NOON)])
    assert found.because == "The cord in hall was pressed at 12:00."
    assert found.room is None


@pytest.mark.parametrize(
    ("second", "calls"),
    [
        (press(NOON + SAME_TOKEN - SECOND, token=SEVEN), 1),
        (press(NOON + SAME_TOKEN, token=SEVEN), 2),
        (press(NOON + SECOND, token=EIGHT), 2),
        (press(NOON + SAME_PRESS - SECOND / 2), 1),
        (press(NOON + SAME_PRESS), 2),
        (press(NOON - SECOND), 1),
        (press(NOON + SECOND, TriggerKind.LONG_PRESS), 2),
        (Trigger(device=PENDANT, kind=TriggerKind.PRESS, at=NOON + SECOND, button="2", token=SEVEN), 2),
    ],
)
def test_only_an_echo_of_one_press_is_left_out(second: Trigger, calls: int) -> None:
    first = press(NOON, token=SEVEN if second.token else None)
    assert len(run(CallsForHelp(HOME), [first, second])) == calls


def test_each_of_many_presses_is_told() -> None:
    presses: list[Observation] = [press(NOON + turn * SAME_PRESS) for turn in range(100)]
    assert len({found.episode for found in run(CallsForHelp(HOME), presses)}) == 100


def test_nothing_else_is_listened_to_and_no_time_is_waited_for() -> None:
    detector = CallsForHelp(HOME)
    assert list(detector.update(motion(NOON, KITCHEN))) == []
    assert detector.due is None
    assert list(detector.tick(NOON)) == []
    assert Quantity.MOTION not in detector.listens_to
