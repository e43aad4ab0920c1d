import hashlib
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.model import FindingKind
from hub.escalation import gsm7, letters, texts, wording
from hub.escalation.letters import Letter
from hub.escalation.replies import Ask, Word
from hub.escalation.texts import render
from hub.household.model import Consent, Household, Person
from hub.model import CancelRule, Contact, Purpose, Role
from tests.hub.escalation.homes import ALARMS, HOUSEHOLD, PEOPLE
from tests.hub.escalation.test_machine import an_alarm

FIELDS = sorted(
    {"name", "first_name", "kind", "kind_plain", "room", "time", "vitals_band", "vitals", "news2", "birth_year"}
    | {"address", "key_safe", "contacts"}
)

SILENT = "The fall radar has been silent since 09:05, so I would not notice a fall by it. Nothing stands in for it."


def letter(
    person: str = "priya", channel: str = "sms", kind: FindingKind = FindingKind.FALL, **words: object
) -> Letter:
    values: dict[str, object] = {
        "household": HOUSEHOLD,
        "reader": PEOPLE[person],
        "channel": channel,
        "reference": "K3F9Q",
        "alarm": an_alarm(kind, room="living_room"),
        **words,
    }
    return Letter(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "purpose", "expected"),
    [
        (
            letter(),
            Purpose.ALARM,
            "Margaret may have fallen (living room, 09:00). Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter(kind=FindingKind.FAULT, alarm=replace(an_alarm(FindingKind.FAULT), because=SILENT)),
            Purpose.ALARM,
            "Margaret's alarm system: The fall radar has been silent since 09:05, so I would not notice a fall by it."
            " Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("joan", kind=FindingKind.FAULT, alarm=replace(an_alarm(FindingKind.FAULT), because=SILENT)),
            Purpose.ALARM,
            "Part of the alarm system at Margaret's needs a look. Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter(kind=FindingKind.FAULT, alarm=replace(an_alarm(FindingKind.FAULT), because=SILENT)),
            Purpose.EXHAUSTED,
            "Nobody has answered yet. Margaret's alarm system: The fall radar has been silent since 09:05."
            " Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("joan", kind=FindingKind.FAULT),
            Purpose.CLOSED,
            "The trouble with the alarm system at Margaret's is over. Thank you. Code 47. Ref K3F9Q",
        ),
        (
            letter("joan"),
            Purpose.ALARM,
            "Margaret may need help. Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter(
                kind=FindingKind.ABNORMAL_PULSE, alarm=an_alarm(FindingKind.ABNORMAL_PULSE, facts={"pulse_bpm": 128})
            ),
            Purpose.ALARM,
            "Margaret's pulse is out of the usual (bathroom, 09:00). Pulse high."
            " Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("nurses", alarm=an_alarm(FindingKind.ABNORMAL_PULSE, facts={"news2": 7, "pulse_bpm": 128})),
            Purpose.ALARM,
            "Your patient hh-0042: pulse out of the usual since 09:00. Pulse high, NEWS2 7."
            " Reply 1 to accept, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("nurses", alarm=an_alarm(FindingKind.ABNORMAL_PULSE, facts={"pulse_bpm": 128})),
            Purpose.EXHAUSTED,
            "Nobody has answered yet about your patient hh-0042: pulse out of the usual since 09:00."
            " Reply 1 to accept, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("arc", "scaip"),
            Purpose.ALARM,
            "Margaret Hill may have fallen (living room, 09:00), at 1 Mill Lane."
            " Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter("tom", going="priya"),
            Purpose.STAND_DOWN,
            "Priya is going to Margaret. You can stand down; thank you. Code 47. Ref K3F9Q",
        ),
        (
            letter("tom", going="priya"),
            Purpose.BACKUP,
            "Thank you. Priya is already going to Margaret; you are noted as backup. Code 47. Ref K3F9Q",
        ),
        (
            letter("tom"),
            Purpose.CLOSED,
            "The alarm for Margaret is over. Nothing more is to be done. Thank you. Code 47. Ref K3F9Q",
        ),
        (
            letter("tom"),
            Purpose.EXHAUSTED,
            "Nobody has answered yet: Margaret may have fallen (living room, 09:00). Please help if you can."
            " Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q",
        ),
        (
            letter(repeat=True),
            Purpose.ALARM,
            "Margaret may have fallen (living room, 09:00). Reply 1 going, 2 cannot, 3 safe, code 47."
            " Ref K3F9Q (repeat)",
        ),
        (
            letter("margaret", "speaker"),
            Purpose.CHECK_IN,
            "Margaret? It looks as if you have had a fall. Are you all right?"
            " Press the button or say that you are fine; otherwise I will call for help.",
        ),
        (letter("margaret", "speaker", going="priya"), Purpose.STAND_DOWN, "Priya is coming to you."),
        (letter("margaret", "speaker", going="left"), Purpose.STAND_DOWN, "Somebody is coming to you."),
    ],
)
def test_what_each_reader_is_told(written: Letter, purpose: Purpose, expected: str) -> None:
    assert render(written, purpose).text == expected


@pytest.mark.parametrize("rule", CancelRule)
def test_the_resident_is_told_what_answering_does(rule: CancelRule) -> None:
    policy = ALARMS[FindingKind.FALL]
    alarm = an_alarm(policy=replace(policy, check_in=replace(policy.check_in, cancel=rule)))
    assert wording.UNLESS[rule] in render(letter("margaret", "speaker", alarm=alarm), Purpose.CHECK_IN).text


def test_the_consent_and_a_hash_are_kept_with_the_text() -> None:
    text = render(letter(), Purpose.ALARM)
    assert text.consent_revision == 7
    assert text.sha256 == hashlib.sha256(text.text.encode()).hexdigest()


def test_a_role_without_consent_learns_that_help_is_needed_and_no_more() -> None:
    nothing = replace(HOUSEHOLD, consent=Consent(revision=8, fields={}))
    text = render(letter(household=nothing), Purpose.ALARM)
    assert text.text == ("Someone you look after may need help. Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q")
    assert text.consent_revision == 8


def test_what_a_message_may_hold_is_decided_in_one_place_only() -> None:
    """Whoever else asked consent could come to another answer."""
    hub = Path(letters.__file__).parents[1]
    asking = {
        path.name
        for path in (*(hub / "escalation").rglob("*.py"), *(hub / "channels").rglob("*.py"))
        if re.search(r"\.allows\(|consent\.fields\[|on_acceptance or", path.read_text(encoding="utf-8"))
    }
    assert asking == {"letters.py"}


def secrets_of(household: Household, field: str) -> list[str]:
    """What would betray a field."""
    known = {
        "name": [household.person.full_name],
        "first_name": [household.person.first_name],
        "kind": ["fallen"],
        "room": ["living room"],
        "time": ["09:00"],
        "vitals_band": ["high"],
        "vitals": ["128"],
        "news2": ["NEWS2"],
        "birth_year": ["1941"],
        "address": ["Mill Lane"],
        "key_safe": ["1234"],
    }
    return known.get(field, [])


@given(fields=st.frozensets(st.sampled_from(FIELDS)), channel=st.sampled_from(["sms", "push", "voice", "scaip"]))
def test_10_only_consented_fields_are_in_a_text(fields: frozenset[str], channel: str) -> None:
    household = replace(HOUSEHOLD, consent=Consent(revision=9, fields={Role.FAMILY: fields}))
    alarm = an_alarm(room="living_room", facts={"pulse_bpm": 128.0, "news2": 8.0})
    text = render(letter(household=household, channel=channel, alarm=alarm), Purpose.ALARM).text
    allowed = (
        fields | ({"first_name"} if "name" in fields else set()) | ({"vitals_band"} if "vitals" in fields else set())
    )
    for field in set(FIELDS) - allowed:
        assert not any(word in text for word in secrets_of(household, field)), field
    if channel != "scaip":  # locked screens and carriers: no full name, no address, no figures
        for field in ("name", "address", "vitals", "key_safe", "birth_year"):
            assert not any(word in text for word in secrets_of(household, field)), field


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"pulse_bpm": 128.0}, "NEWS2 partial, at least 2 (1 of 7 known)."),
        ({"pulse_bpm": 128.0, "spo2_percent": 91.0}, "NEWS2 partial, at least 5 (2 of 7 known)."),
        ({"heart_rate_bpm": 70.0}, "NEWS2 partial, at least 0 (1 of 7 known)."),
    ],
)
def test_where_no_score_was_worked_out_a_clinician_hears_what_is_known(facts: dict[str, float], said: str) -> None:
    alarm = replace(an_alarm(facts=facts), kind=FindingKind.UNUSUAL_VITALS.value)
    text = render(letter("nurses", alarm=alarm), Purpose.ALARM).text
    assert said in text
    assert text.startswith("Your patient hh-0042: measurements not as usual since 09:00.")
    assert gsm7.length(text) <= gsm7.LIMIT


def test_a_clinician_who_may_see_neither_score_nor_time_is_told_no_time() -> None:
    consent = Consent(revision=8, fields={Role.CLINICIAN: frozenset({"kind"})})
    household = replace(HOUSEHOLD, consent=consent)
    alarm = an_alarm(FindingKind.ABNORMAL_PULSE, facts={"pulse_bpm": 128.0})
    text = render(letter("nurses", household=household, alarm=alarm), Purpose.ALARM).text
    assert text.startswith("Your patient hh-0042: pulse out of the usual. Reply 1 to accept")
    nothing = replace(HOUSEHOLD, consent=Consent(revision=9, fields={}))
    assert "needs a look" in render(letter("nurses", household=nothing, alarm=alarm), Purpose.ALARM).text


def test_a_partial_score_is_said_to_be_no_more_than_partial() -> None:
    facts = {"pulse_bpm": 128, "news2_at_least": 7}
    text = render(letter("nurses", alarm=an_alarm(FindingKind.ABNORMAL_PULSE, facts=facts)), Purpose.ALARM).text
    assert "NEWS2 partial, at least 7." in text


NAMES = st.text(min_size=1, max_size=60)


@given(first=NAMES, display=NAMES, room=NAMES, repeat=st.booleans())
@pytest.mark.parametrize(("kind", "purpose"), list(product(FindingKind, wording.TO_PEOPLE)))
def test_every_text_is_one_plain_message_and_keeps_its_end(
    kind: FindingKind, purpose: Purpose, first: str, display: str, room: str, repeat: bool
) -> None:
    people = {**PEOPLE, "priya": replace(PEOPLE["priya"], display=display)}
    household = replace(HOUSEHOLD, person=Person(full_name=first, first_name=first), people=people)
    policy_kind = kind if kind in ALARMS else FindingKind.FALL
    alarm = replace(an_alarm(policy_kind, room=room, facts={"pulse_bpm": 128.0}), kind=kind.value, code="1047")
    text = render(letter("tom", household=household, alarm=alarm, going="priya", repeat=repeat), purpose).text
    assert gsm7.length(text) <= gsm7.LIMIT
    assert gsm7.plain(text) == text
    assert "ode 1047." in text
    assert "Ref K3F9Q" in text
    assert text.endswith(wording.REPEAT) is repeat


def test_a_kind_that_is_not_in_the_table_is_still_told() -> None:
    alarm = replace(an_alarm(), kind="something_new")
    assert render(letter(alarm=alarm), Purpose.ALARM).text.startswith("Margaret may need help")


@pytest.mark.parametrize("word", [Word.GOING, Word.CANNOT, Word.SAFE, Word.ARRIVED, None])
def test_answers_to_replies_fit(word: Word | None) -> None:
    text = texts.answer(letter(), word).text
    assert text.startswith("Thank")
    assert "47" in text
    assert gsm7.length(text) <= gsm7.LIMIT


@pytest.mark.parametrize("why", Ask)
def test_questions_name_the_codes_that_are_open(why: Ask) -> None:
    text = texts.ask(letter(alarm=None), why, ["47", "52"]).text
    assert gsm7.length(text) <= gsm7.LIMIT
    assert ("1 47 or 1 52" in text) is (why is not Ask.NOTHING_OPEN)
    assert "1 47" not in texts.ask(letter(alarm=None), why, []).text


def test_the_resident_s_texts_are_answered() -> None:
    written = letter("margaret", "sms", alarm=None)
    assert texts.answer_resident(written, Word.FINE).text == "Thank you. Good to know. Ref K3F9Q"
    assert "HELP to call" in texts.answer_resident(written, Word.OPT_IN).text


def test_a_question_needs_no_alarm_and_no_prompt_names_one() -> None:
    assert "Something seems unusual." in render(letter("margaret", "speaker", alarm=None), Purpose.CHECK_IN).text
    assert render(letter("tom", alarm=None), Purpose.CLOSED).text.startswith("The alarm for Margaret is over.")


def test_a_contact_of_any_role_gets_a_text_for_every_purpose() -> None:
    for role in Role:
        reader = Contact(name="x", role=role, display="X")
        for purpose in wording.TO_PEOPLE:
            assert render(letter(reader=reader), purpose).text


LINK = "https://portal.example/a/K3F9Qndmxh43cxxp8ra7x"


def test_a_text_that_asks_for_an_answer_ends_in_its_link_where_that_fits() -> None:
    text = render(letter(link=LINK), Purpose.ALARM).text
    assert text.endswith(f"Ref K3F9Q {LINK}")
    assert gsm7.length(text) <= gsm7.LIMIT
    without = render(letter(), Purpose.ALARM).text
    assert render(letter(link=LINK + "x" * 60), Purpose.ALARM).text == without
    pushed = letter(channel="push")
    assert render(replace(pushed, link=LINK), Purpose.ALARM) == render(pushed, Purpose.ALARM)
    assert LINK not in render(letter("margaret", link=LINK), Purpose.CHECK_IN).text
