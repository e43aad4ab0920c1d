"""A rehearsal plays the household's own rules: each time, each text and each silence is what the hub would do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.model import FindingKind
from hub.household.model import Household, SmsPolicy
from hub.model import AlarmState
from hub.rehearse import ANSWERS, REACHED, Answer, Played, RehearsalError, Scenario, Word, rehearse
from tests.fakes import START
from tests.hub.escalation.homes import HOUSEHOLD

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TWO_PATHS = replace(HOUSEHOLD, sms=SmsPolicy(primary="twilio", fallback="gsm_modem"))


def played(kind: FindingKind = FindingKind.FALL, household: Household = HOUSEHOLD, **words: object) -> Played:
    return rehearse(household, Scenario(kind=kind, at=START, **words))  # type: ignore[arg-type]


def told(found: Played, state: str = "") -> list[tuple[float, str, str]]:
    """Seconds after the finding, who, and by which channel, of those who were reached, or of messages in this state."""
    lines = [one for one in found.lines if one.person is not None and one.alarm == 1 and one.state != ANSWERS]
    wanted = [one for one in lines if (one.state == state if state else one.state in REACHED)]
    return [((one.at - START) / SECOND, one.person or "", one.channel or "") for one in wanted]


def answer(person: str, word: Word, after: timedelta = SECOND) -> Answer:
    return Answer(person=person, word=word, after=after)


def test_when_nobody_answers_everybody_hears_of_it_and_it_goes_on() -> None:
    found = played()
    assert told(found)[:6] == [
        (0, "margaret", "speaker"),
        (15, "margaret", "speaker"),
        (30, "priya", "sms"),
        (90, "priya", "sms"),
        (90, "tom", "sms"),
        (90, "joan", "sms"),
    ]
    assert found.state is AlarmState.EXHAUSTED
    assert found.next_reason == "still nobody: tell everybody again"


def test_the_rota_of_that_moment_decides_who_is_called() -> None:
    night = rehearse(HOUSEHOLD, Scenario(kind=FindingKind.PANIC, at=START.replace(hour=3)))
    assert next(line.person for line in night.lines if line.person) == "tom"


def test_whoever_goes_stops_the_calling_and_the_resident_hears_who_comes() -> None:
    answers = (
        answer("priya", Word.GOING),
        answer("priya", Word.ARRIVED, 8 * MINUTE),
        answer("priya", Word.SAFE, 9 * MINUTE),
    )
    found = played(answers=answers)
    assert {person for _, person, _ in told(found)} == {"margaret", "priya"}
    assert [line.text for line in found.lines if line.state == ANSWERS] == ["going", "arrived", "safe"]
    assert "Priya is coming to you." in [line.text for line in found.lines]
    assert (found.state, found.next_at) == (AlarmState.RESOLVED, None)


def test_whoever_goes_and_never_arrives_is_not_the_end() -> None:
    found = played(answers=(answer("priya", Word.GOING),))
    assert ((31 + 600), "tom", "sms") in told(found)
    assert found.state is AlarmState.EXHAUSTED


def test_whoever_cannot_is_not_asked_again_while_others_are() -> None:
    others = told(played(answers=(answer("priya", Word.CANNOT),)))
    assert (90, "tom", "sms") in others
    assert (90, "priya", "sms") not in others


def test_the_resident_answers() -> None:
    fine = played(answers=(answer("margaret", Word.FINE),))
    assert {person for _, person, _ in told(fine)} == {"margaret"}
    assert fine.state is AlarmState.CANCELLED
    assert (1, "priya", "sms") in told(played(answers=(answer("margaret", Word.HELP),)))


def test_whoever_has_no_telephone_answers_by_the_page() -> None:
    people = {**HOUSEHOLD.people, "priya": replace(HOUSEHOLD.people["priya"], addresses=())}
    found = played(household=replace(HOUSEHOLD, people=people), answers=(answer("arc", Word.GOING),))
    assert found.state is AlarmState.EXHAUSTED


def test_a_broken_channel_shows_the_other_path_and_its_delay() -> None:
    found = played(FindingKind.PANIC, TWO_PATHS, broken=frozenset({"twilio"}))
    assert told(found)[0] == (4, "priya", "gsm_modem")
    assert told(found, "failed")[0] == (0, "priya", "sms")


def test_a_measurement_is_grave_enough_for_every_step() -> None:
    assert "arc" in {
        person for _, person, _ in told(played(FindingKind.ABNORMAL_PULSE, facts={"news2": 7.0}), "suppressed")
    }
    assert played(FindingKind.ABNORMAL_PULSE).lines


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"kind": FindingKind.HUB_OFFLINE}, "makes no alarm of hub_offline"),
        ({"answers": (answer("nobody", Word.GOING),)}, "there is no 'nobody'"),
        ({"answers": (answer("margaret", Word.GOING),)}, "margaret cannot answer 'going'"),
        ({"answers": (answer("priya", Word.FINE),)}, "priya cannot answer 'fine'"),
        ({"broken": frozenset({"pigeon"})}, "does not use pigeon"),
    ],
)
def test_what_cannot_be_played_is_refused(words: dict[str, object], why: str) -> None:
    with pytest.raises(RehearsalError, match=why):
        played(**words)  # type: ignore[arg-type]
