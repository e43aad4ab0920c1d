"""What can be done to the record, and what is refused with its reason."""

import base64
import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from co_design import schema
from co_design.acts.perform import play
from co_design.model_deciding import Stance
from co_design.schema_deciding import act
from hub.intents import RefusedError
from tests.co_design.record import SILENCE, SNOOKER, Record


@pytest.fixture
def begun(record: Record) -> Record:
    """Two people, two utterances, a theme, a need, an idea; and a second idea."""
    record.enrols("Heron", "resident", person="margaret")
    record.enrols("Finch", "family")
    record.says("Heron", SNOOKER)
    record.says("Finch", "I would rather it asked too often than too late.")
    record.an_idea(1, 2)
    record.does("idea", statement="A quiet button.", needs=[1], participant=1, medium="sms")
    return record


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("utterr", {}, r"no act called 'utterr'; did you mean 'utter'\?"),
    ("zzz", {}, "no act called 'zzz'.$"),
    ("utter", {"participant": 1}, "words: Field required"),
    ("utter", {"participant": 1, "words": "x", "mood": "bad"}, "mood: Extra inputs"),
    ("utter", {"participant": 9, "words": "x"}, "there is no participant 9"),
    ("utter", {"participant": 1, "words": "x", "workshop": 4}, "there is no workshop 4"),
    ("enrol", {"pseudonym": "Heron", "role": "family"}, "somebody is called Heron already"),
    ("attach", {"utterance": 1, "name": "a", "media_type": "image/png", "content": "!"}, "not readable base64"),
    ("theme", {"name": "Theme (1, 2)", "meaning": "x"}, "there is a theme called"),
    ("need", {"statement": "x", "themes": []}, "themes: Tuple should have at least 1 item"),
    ("idea", {"statement": "x", "needs": [5]}, "there is no need 5"),
    ("merge_ideas", {"number": 1, "into": 1}, "cannot be merged into itself"),
    ("ballot", {"question": "x", "ideas": [1], "setting": "no.such"}, "there is no setting called no.such"),
    ("write", {"kind": "nudge", "body": {"what": "x"}}, "no entry of that register"),
    ("write", {"kind": "right", "body": {}}, "changed by a decision"),
    ("change", {"decision": 1}, "there is no decision 1"),
    ("measure", {"change": 1, "days": 2}, "days: Input should be greater than or equal to 7"),
]


@pytest.mark.parametrize(("name", "given", "reason"), REFUSED, ids=lambda one: one if isinstance(one, str) else "")
def test_what_cannot_be_done_is_refused_with_its_reason(
    begun: Record, name: str, given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        begun.does(name, **given)


def test_each_act_is_written_down_without_the_words(begun: Record) -> None:
    with begun.home.writing() as connection:
        done = connection.execute(select(act)).all()
    assert [(one.name, one.subject_id) for one in done[:3]] == [("enrol", 1), ("enrol", 2), ("utter", 1)]
    assert "snooker" not in str(done)


def test_a_photo_is_kept_with_its_utterance_until_the_words_are_taken_back(begun: Record) -> None:
    photo = base64.b64encode(b"flip chart").decode()
    given = {"name": "chart.jpg", "media_type": "image/jpeg", "content": photo}
    begun.does("attach", utterance=1, **given)
    with begun.home.writing() as connection:
        kept = connection.execute(select(schema.attachment)).one()
    assert (kept.content, kept.sha256) == (b"flip chart", hashlib.sha256(b"flip chart").hexdigest())
    begun.does("take_back", utterance=1)
    with begun.home.writing() as connection:
        assert connection.execute(select(schema.attachment.c.content)).scalar_one() is None
    with pytest.raises(RefusedError, match="nothing more is kept with them"):
        begun.does("attach", utterance=1, **given)


def test_an_attachment_that_is_too_large_is_refused(begun: Record) -> None:
    content = base64.b64encode(bytes(9 * 1024 * 1024)).decode()
    with pytest.raises(RefusedError, match="larger than 8 MB"):
        begun.does("attach", utterance=1, name="x", media_type="image/png", content=content)


def test_what_was_merged_or_split_lives_on_in_others(begun: Record) -> None:
    begun.does("merge_ideas", number=2, into=1)
    with pytest.raises(RefusedError, match="idea 2 was merged into idea 1"):
        begun.does("ballot", question="x", ideas=[2])
    first = begun.does("split_idea", idea=1, into=["Wait five hours.", "Wait six hours."])
    with pytest.raises(RefusedError, match="idea 1 was split"):
        begun.does("reword_idea", number=1, statement="x")
    ideas = begun.chain().ideas
    assert [(one.id, one.split_from, one.merged_into) for one in ideas.values()] == [
        (1, None, None), (2, None, 1), (first, 1, None), (first + 1, 1, None),
    ]  # fmt: skip


def test_the_last_words_under_a_need_stay_under_it(begun: Record) -> None:
    begun.does("uncode", utterance=2, theme=1, coder="fay")
    with pytest.raises(RefusedError, match="a need rests on this theme"):
        begun.does("uncode", utterance=1, theme=1, coder="fay")


def test_a_need_without_words_under_it_is_refused(begun: Record) -> None:
    theme = begun.does("theme", name="Empty", meaning="Nothing yet.")
    with pytest.raises(RefusedError, match="nothing that was said is coded with theme 2"):
        begun.does("need", statement="x", themes=[theme])


def test_a_weight_is_refused(begun: Record) -> None:
    ballot, options = begun.a_ballot(1)
    with pytest.raises(RefusedError, match="every voice counts once"):
        begun.does("vote", ballot=ballot, participant=1, choices={options[0]: "agree"}, weight=2)


def test_speaking_again_replaces_what_was_said_before(begun: Record) -> None:
    ballot, options = begun.a_ballot(1)
    begun.agree(ballot, options, "Heron")
    begun.does("vote", ballot=ballot, participant=1, choices={options[0]: "object"}, because="On second thoughts, no.")
    [voice] = begun.chain().votes
    assert (voice.choice, voice.option_id) == (Stance.OBJECT, options[0])


def test_options_are_fixed_once_somebody_has_spoken(begun: Record) -> None:
    ballot, options = begun.a_ballot(1)
    begun.agree(ballot, options, "Heron")
    with pytest.raises(RefusedError, match="people have spoken about the options as they are"):
        begun.does("option", ballot=ballot, label="x", consequences="y", value=300)


def test_an_unsafe_option_is_refused_before_anybody_votes(begun: Record) -> None:
    with pytest.raises(RefusedError, match=r"not safe: .* 1000 is not between 60 and 720 minutes"):
        begun.a_ballot(1, values=(240.0, 1000.0))


def test_what_things_are_called_in_a_file_becomes_their_number(begun: Record) -> None:
    acts: list[dict[str, Any]] = [
        {"act": "utter", "as": "tea", "participant": 1, "words": "Tea first, questions later, if you please."},
        {"act": "theme", "as": "calm", "name": "Calm", "meaning": "As in [$tea]."},
        {"act": "code", "utterance": "$tea", "theme": "$calm", "coder": "fay"},
    ]
    named = play(acts, lambda name, given, _entry: begun.does(name, **given))
    assert named == {"tea": 3, "calm": 2}
    assert begun.chain().themes[2].meaning == "As in [u3]."
    with pytest.raises(RefusedError, match=r"\$later is meant before"):
        play([{"act": "take_back", "utterance": "$later"}], lambda name, given, _entry: begun.does(name, **given))


def test_a_setting_key_in_the_record_is_the_hub_s_own(begun: Record) -> None:
    assert begun.does("ballot", question="How long?", ideas=[1], setting=SILENCE) == 1
