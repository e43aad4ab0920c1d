from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.dialogue import Dialogue, Question


def answered(data: bytes, prefix: str = "", *, prompts: bool = False) -> tuple[Question, list[tuple[str, str]]]:
    dialogue = Dialogue()
    dialogue.question = Question(prefix=prefix, prompts=prompts)
    return dialogue.question, dialogue.feed(data)


def test_an_answer_is_its_lines_and_its_result() -> None:
    question, unasked = answered(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", "+CSQ:")
    assert (question.lines, question.result, question.refused, unasked) == (["+CSQ: 20,99"], "OK", False, [])


def test_a_refusal_is_a_result() -> None:
    for said in ("ERROR", "+CMS ERROR: 38", "+CME ERROR: 10", "NO CARRIER"):
        question, _ = answered(f"\r\n{said}\r\n".encode())
        assert (question.result, question.refused) == (said, True)


def test_a_listing_is_taken_with_its_messages() -> None:
    said = b"\r\n+CMGL: 1,1,,24\r\n0791AB\r\n+CMGL: 2,1,,24\r\n0791CD\r\n\r\nOK\r\n"
    question, _ = answered(said, "+CMGL:")
    assert question.lines == ["+CMGL: 1,1,,24", "0791AB", "+CMGL: 2,1,,24", "0791CD"]


def test_what_comes_unasked_is_told_apart_from_the_answer() -> None:
    said = b'\r\nRING\r\n\r\n+CSQ: 20,99\r\n\r\n^RSSI:20\r\n\r\n+CMTI: "SM",1\r\n\r\n+CDS: 25\r\nDEADBEEF\r\n\r\nOK\r\n'
    question, unasked = answered(said, "+CSQ:")
    assert question.lines == ["+CSQ: 20,99"]
    assert unasked == [("RING", ""), ("^RSSI:20", ""), ('+CMTI: "SM",1', ""), ("+CDS: 25", "DEADBEEF")]


def test_nothing_asked_is_all_unasked() -> None:
    assert Dialogue().feed(b"\r\n+CMGS: 12\r\n\r\nOK\r\n") == [("+CMGS: 12", ""), ("OK", "")]


def test_what_comes_after_the_end_belongs_to_nothing() -> None:
    question, unasked = answered(b"OK\r\nOK\r\n")
    assert (question.result, unasked) == ("OK", [("OK", "")])


def test_the_prompt_is_an_answer_only_where_one_is_waited_for() -> None:
    assert answered(b"\r\n> ", prompts=True)[0].result == "> "
    assert answered(b"\r\n> ")[0].result is None
    assert answered(b"\r\n> hello", prompts=True)[0].result is None


def test_a_refused_text_is_not_waited_for() -> None:
    question, _ = answered(b"\r\n+CMS ERROR: 310\r\n", "+CMGS:", prompts=True)
    assert question.refused


def test_what_was_half_said_is_forgotten() -> None:
    dialogue = Dialogue()
    dialogue.feed(b"\r\n+CDS: 25\r\n+CM")
    dialogue.forget()
    assert dialogue.feed(b"OK\r\n") == [("OK", "")]


@given(cuts=st.lists(st.integers(0, 60), max_size=8))
def test_it_does_not_matter_how_the_bytes_arrive(cuts: list[int]) -> None:
    said = b'\r\n+CSQ: 20,99\r\n\r\n+CMTI: "SM",1\r\n\r\n+CDS: 25\r\nDEADBEEF\r\n\r\nOK\r\n'
    whole = answered(said, "+CSQ:")
    dialogue = Dialogue()
    dialogue.question = Question(prefix="+CSQ:")
    places = sorted({0, *(cut % len(said) for cut in cuts), len(said)})
    unasked = [one for start, end in pairwise(places) for one in dialogue.feed(said[start:end])]
    assert (dialogue.question, unasked) == whole
