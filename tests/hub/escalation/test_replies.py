import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.escalation.replies import Ask, Candidate, Reply, Word, match, parse, parse_resident
from tests.fakes import START

GOING = Reply(word=Word.GOING)
GOING_47 = Reply(word=Word.GOING, code="47")
LIKED = 'Liked "Margaret may have fallen. Reply 1 going, 2 cannot, 3 safe, code 47. Ref K3F9Q"'
UNCLEAR = Reply(word=Word.UNCLEAR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", GOING),
        ("1.", GOING),
        (" 1 ", GOING),
        ("1\n", GOING),
        ('"1"', GOING),
        ("\N{LEFT DOUBLE QUOTATION MARK}1\N{RIGHT DOUBLE QUOTATION MARK}", GOING),
        ("(1)", GOING),
        ("\N{FULLWIDTH DIGIT ONE}", GOING),
        ("1 1", GOING),
        ("Going", GOING),
        ("1 going", GOING),
        (" 2 ", Reply(word=Word.CANNOT)),
        ("can't", Reply(word=Word.CANNOT)),
        ("can\N{RIGHT SINGLE QUOTATION MARK}t", Reply(word=Word.CANNOT)),
        ("3", Reply(word=Word.SAFE)),
        ("SAFE 47", Reply(word=Word.SAFE, code="47")),
        ("arrived", Reply(word=Word.ARRIVED)),
        ("1 47", GOING_47),
        ("47 1", GOING_47),
        ("1, code 47.", GOING_47),
        ("Reply 1 code 47", GOING_47),
        ("1\n> Margaret may have fallen. Reply 1 going, 2 cannot, 3 safe, code 47.", GOING),
        ("", UNCLEAR),
        ("   ", UNCLEAR),
        ("47", UNCLEAR),
        ("147", UNCLEAR),
        ("1 2", UNCLEAR),
        ("1 47 52", UNCLEAR),
        ("4", UNCLEAR),
        ("a", UNCLEAR),
        ("1st", UNCLEAR),
        ("1?", UNCLEAR),
        ("1:30", UNCLEAR),
        ("not going", UNCLEAR),
        ("I could be there in 1 hour", UNCLEAR),
        (LIKED, UNCLEAR),
        ("STOP it, I said 1", UNCLEAR),
        ("1 stop", UNCLEAR),
        ("\N{THUMBS UP SIGN}", UNCLEAR),
    ],
)
def test_parse(text: str, expected: Reply) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("word", ["STOP", "Stop.", "stop ", "sToP!", '"stop"', "cancel", "END", "Quit", "unsubscribe"])
def test_a_carriers_opt_out_is_never_an_answer(word: str) -> None:
    assert parse(word) == Reply(word=Word.OPT_OUT)
    assert parse_resident(word) == Reply(word=Word.OPT_OUT)


@pytest.mark.parametrize(
    ("text", "word"), [("START", Word.OPT_IN), ("yes", Word.OPT_IN), ("Help", Word.RESERVED), ("info.", Word.RESERVED)]
)
def test_carriers_other_words(text: str, word: Word) -> None:
    assert parse(text) == Reply(word=word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("I'm fine", Word.FINE),
        ("ok.", Word.FINE),
        ("HELP", Word.HELP),
        ("help me", Word.HELP),
        ("1", Word.UNCLEAR),
        ("", Word.UNCLEAR),
    ],
)
def test_the_residents_own_texts(text: str, word: Word) -> None:
    assert parse_resident(text).word is word


@given(st.text())
def test_anything_parses_and_only_a_plain_digit_or_word_acts(text: str) -> None:
    reply = parse(text)
    if reply.word in (Word.GOING, Word.CANNOT, Word.SAFE, Word.ARRIVED):
        assert "?" not in text
        assert reply.code is None or (reply.code.isdigit() and len(reply.code) >= 2)


@given(st.sampled_from("123"), st.integers(10, 99), st.text(alphabet=" .,;!\"'()\n\t-", max_size=5))
def test_punctuation_and_order_do_not_matter(digit: str, code: int, noise: str) -> None:
    gap = noise or " "
    said = parse(digit)
    assert parse(f"{noise}{digit}{gap}{code}{noise}") == Reply(word=said.word, code=str(code))
    assert parse(f"{code}{gap}{digit}{noise}") == Reply(word=said.word, code=str(code))


@given(st.text(alphabet=string.ascii_letters + " ", max_size=30))
def test_letters_alone_never_take_an_alarm_by_chance(text: str) -> None:
    known = {"going", "cannot", "cant", "safe", "arrived", "code", "reply"}
    if parse(text).word not in (Word.UNCLEAR, Word.OPT_OUT, Word.OPT_IN, Word.RESERVED):
        assert set(text.casefold().split()) <= known


def candidate(number: int, code: str, *, is_open: bool = True, told: bool = True) -> Candidate:
    return Candidate(alarm_id=number, code=code, is_open=is_open, told_at=START if told else None)


def test_a_bare_digit_means_the_one_open_alarm() -> None:
    only = candidate(1, "47")
    assert match(GOING, [only, candidate(2, "48", is_open=False), candidate(3, "49", told=False)], START) == only


@pytest.mark.parametrize(
    ("reply", "candidates", "expected"),
    [
        (GOING, [], Ask.NOTHING_OPEN),
        (GOING, [candidate(1, "47", is_open=False)], Ask.NOTHING_OPEN),
        (GOING, [candidate(1, "47", told=False)], Ask.NOTHING_OPEN),
        (GOING, [candidate(1, "47"), candidate(2, "48")], Ask.WHICH),
        (GOING_47, [candidate(1, "46")], Ask.WRONG_CODE),
    ],
)
def test_what_is_not_plain_is_asked(reply: Reply, candidates: list[Candidate], expected: Ask) -> None:
    assert match(reply, candidates, START) is expected


def test_a_code_decides_between_two_and_also_names_what_is_closed() -> None:
    two = [candidate(2, "48"), candidate(1, "47", is_open=False)]
    assert match(GOING_47, two, START) == two[1]


def test_a_bare_digit_sent_before_the_text_cannot_mean_it() -> None:
    only = candidate(1, "47")
    assert match(GOING, [only], START - timedelta(minutes=1)) == only  # clocks differ a little
    assert match(GOING, [only], START - timedelta(hours=10)) is Ask.WHICH
    assert match(GOING_47, [only], START - timedelta(hours=10)) == only
