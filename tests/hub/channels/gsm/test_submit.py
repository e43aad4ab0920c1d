from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.submit import Part, parts, relative_validity
from hub.simulated.modem_pdu import submitted

FIVE_MINUTES = timedelta(minutes=5)
TO = "+447700900123"
ALARM = "Margaret may have fallen (hall, 09:00). Reply 1 going, 2 cannot, 3 safe, code 42. Ref KXB42"

# Octet for octet what python-gsmmodem-new 0.13 makes of the same texts, but for the number that the modem itself gives.
KNOWN = [
    (
        TO,
        ALARM,
        [
            (
                94,
                "0031000C914477000910320000005BCDB0FC1C9697E9A076380F4287ED659039CC6697DD20143ACC66B340B09C0E064BB9"
                "40D2329C9D07C540E777DA7D668164A071D8ED7ED359A019681E369759A0F19B5C06D1642E90B46C062DB1429A0C",
            )
        ],
    ),
    (
        TO,
        "€ [1] {x} ~ ^ | \\ ok",
        [(40, "0031000C914477000910320000001D9B3268C38B6D7CA00D0ABF4981363DD08602DA00419B17E8BD06")],
    ),
    (TO, "Zoë ł ☃", [(28, "0031000C914477000910320008000E005A006F00EB0020014200202603")]),
    (
        TO,
        "y" * 161,
        [
            (
                154,
                "0071000C91447700091032000000A0050003070201F2F97C3E9FCFE7F3" + "F97C3E9FCFE7F3" * 18,
            ),
            (28, "0071000C914477000910320000000F050003070202F2F97C3E9FCFE701"),
        ],
    ),
    (
        "+44770090012",
        "ł" * 71,
        [
            (154, "0071000B914477000910F20008008C050003070201" + "0142" * 67),
            (28, "0071000B914477000910F20008000E050003070202" + "0142" * 4),
        ],
    ),
]


@pytest.mark.parametrize(("to", "text", "expected"), KNOWN)
def test_a_text_is_written_as_another_library_writes_it(to: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert parts(to, text, 7, FIVE_MINUTES) == [Part(length=length, pdu=pdu) for length, pdu in expected]


@given(text=st.text(max_size=400), number=st.integers(0, 255))
def test_the_parts_together_are_the_text(text: str, number: int) -> None:
    found = [submitted(part.pdu) for part in parts(TO, text, number, FIVE_MINUTES)]
    written = text.encode("utf-16-be", "replace").decode("utf-16-be")
    assert "".join(part.text for part in found) == written
    assert all((part.to, part.wants_report) == (TO, True) for part in found)
    places = [part.joins for part in found]
    expected = [None] if len(found) == 1 else [(number, len(found), index + 1) for index in range(len(found))]
    assert places == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("x" * 152 + "€" * 76, 2),
        ("€" * 153, 3),  # a character of two septets is not torn apart: 76 fit a part
        ("ł" * 70, 1),
        ("ł" * 134, 2),
        ("😀" * 35, 1),
        ("😀" * 67, 3),  # nor is a pair of surrogates: 33 fit
    ],
)
def test_how_many_parts_a_text_needs(text: str, count: int) -> None:
    found = parts(TO, text, 1, FIVE_MINUTES)
    assert len(found) == count
    assert all(part.length <= 160 for part in found)


@pytest.mark.parametrize("to", ["priya", "", "+", "+44 7700 900123", "+" + "1" * 21, "+\uff14\uff14"])
def test_what_is_no_number_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        parts(to, "hello", 1, FIVE_MINUTES)


def test_a_text_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="a text of 262 parts is too long"):
        parts(TO, "x" * 40_000, 1, FIVE_MINUTES)


def test_a_number_without_its_country_is_sent_as_it_is() -> None:
    assert submitted(parts("07700900123", "hello", 1, FIVE_MINUTES)[0].pdu).to == "07700900123"


def minutes_of(octet: int) -> int:
    """What TS 23.040, 9.2.3.12.1 says that an octet means."""
    if octet <= 143:
        return 5 * (octet + 1)
    return 12 * 60 + 30 * (octet - 143) if octet <= 167 else 24 * 60 * (octet - 166)


@given(minutes=st.integers(0, 60 * 24 * 60))
def test_the_network_never_tries_for_longer_than_asked_but_for_the_least(minutes: int) -> None:
    assert minutes_of(relative_validity(timedelta(minutes=minutes))) <= max(5, minutes)
