import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.escalation.gsm7 import length, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Margaret may have fallen.", "Margaret may have fallen."),
        ("Élodie à Genève", "Élodie à Genève"),
        ("Zoë Łukasz", "Zoe ?ukasz"),
        (
            "\N{LEFT SINGLE QUOTATION MARK}hello\N{RIGHT SINGLE QUOTATION MARK} \N{EN DASH} bye\N{HORIZONTAL ELLIPSIS}",
            "'hello' - bye...",
        ),
        ("\N{THUMBS UP SIGN}", "?"),
        ("€5 [now]", "€5 [now]"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_brackets_and_the_euro_sign_take_two_places() -> None:
    assert length("€5 [now]") == 11


@given(st.text())
def test_whatever_is_made_plain_stays_so(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert len(once) <= length(once) <= 2 * len(once)
