from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.alphabet import pack
from hub.channels.gsm.received import Delivered, PduError, Place, Report, read
from hub.simulated.modem_pdu import delivered, report

SENDER = "+447700900123"
AT = datetime(2026, 6, 1, 8, 30, 15, tzinfo=timezone(timedelta(hours=1)))
IN_UTC = datetime(2026, 6, 1, 7, 30, 15, tzinfo=UTC)
CENTRE = "079144775810065004"
"""The message centre, and a message that no other follows."""


def text(sender: str, coding: str, data: str, stamp: str = "62601080035140", head: str = CENTRE) -> str:
    return f"{head}{sender}00{coding}{stamp}{data}"


# The first is an example that manuals of modems give; python-gsmmodem-new 0.13 reads them all the same.
KNOWN = [
    (
        "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
        Delivered(sender="+31641600986", text="How are you?", at=datetime(2002, 8, 26, 19, 37, 41, tzinfo=UTC)),
    ),
    (
        "0791447758100650040C914477000910320000626010800351400B31104D06DAA0DEEB4D0A",
        Delivered(sender=SENDER, text="1 42 {ok}", at=IN_UTC),
    ),
    (
        "0791447758100650440C914477000910320000626010800351400F050003090202F47ABD5EAFD7EB01",
        Delivered(sender=SENDER, text="z" * 8, at=IN_UTC, place=Place(text=9, parts=2, part=2)),
    ),
    (
        "0791447758100650040C9144770009103200086260108003514906014200202603",
        Delivered(sender=SENDER, text="ł ☃", at=datetime(2026, 6, 1, 12, 0, 15, tzinfo=UTC)),
    ),
    (
        "0791447758100650060C0C91447700091032626010800351406260108003514000",
        Report(number=12, to=SENDER, status=0),
    ),
    (
        "0791447758100650060D0C91447700091032626010800351406260108003514046",
        Report(number=13, to=SENDER, status=70),
    ),
]


@pytest.mark.parametrize(("pdu", "expected"), KNOWN)
def test_a_message_is_read_as_another_library_reads_it(pdu: str, expected: Delivered | Report) -> None:
    assert read(pdu) == expected


@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_comes_in_is_read_in_its_parts(words: str) -> None:
    found = [read(pdu) for pdu in delivered(SENDER, words, AT, 200)]
    assert "".join(one.text for one in found if isinstance(one, Delivered)) == words
    assert all(isinstance(one, Delivered) and (one.sender, one.at) == (SENDER, IN_UTC) for one in found)


def read_text(pdu: str) -> Delivered:
    message = read(pdu)
    assert isinstance(message, Delivered)
    return message


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("0B817007900021F3", "07700900123"),
        ("0C91447700091032", SENDER),
        ("0381A1F2", "1*2"),
        ("06D0" + pack(b"MTS").hex(), "MTS"),
    ],
)
def test_a_sender_is_a_number_or_a_name(sender: str, expected: str) -> None:
    assert read_text(text(sender, "00", "0131")).sender == expected


@pytest.mark.parametrize(
    ("coding", "data", "expected"),
    [
        ("00", "0131", "1"),
        ("11", "0131", "1"),  # class 1: the same alphabet
        ("F1", "0131", "1"),
        ("C8", "0131", "1"),
        ("0C", "0131", "1"),  # reserved: read as the usual alphabet
        ("04", "0131", "1"),
        ("F5", "02E931", "é1"),
        ("08", "020142", "ł"),
        ("E0", "020142", "ł"),
        ("48", "020142", "ł"),  # marked to be deleted once read
    ],
)
def test_a_text_is_read_as_its_coding_says(coding: str, data: str, expected: str) -> None:
    assert read_text(text("0C91447700091032", coding, data)).text == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("050003070201", Place(text=7, parts=2, part=1)),
        ("06080401070201", Place(text=0x107, parts=2, part=1)),
        ("0A0102AABB0003070201", Place(text=7, parts=2, part=1)),  # after a header that means nothing to us
        ("040102AABB", None),
        ("0500020702FF", None),
    ],
)
def test_a_header_says_which_part_of_which_text_it_is(header: str, expected: Place | None) -> None:
    data = f"{len(header) // 2 + 2:02X}{header}0142"
    assert read_text(text("0C91447700091032", "08", data, head="079144775810065044")).place == expected


@pytest.mark.parametrize("stamp", ["00000000000000", "62311080035140", "626010800351F0"])
def test_a_network_without_a_clock_gives_no_time(stamp: str) -> None:
    assert read_text(text("0C91447700091032", "00", "0131", stamp=stamp)).at is None


@pytest.mark.parametrize(
    "pdu",
    [
        "",
        "00",
        "no hexadecimal digits",
        "0791447758100650",
        CENTRE,
        "079144775810065003",  # a kind that is none
        "0031000C9144770009103200000001",  # a text of our own
        text("0C91447700091032", "20", "0131"),  # compressed
        text("0C91447700091032", "08", "100142"),  # cut off
        text("0C91447700091032", "00", "A031"),
        text("0C91FF7700091032", "00", "0131"),
        text("FF91", "00", "0131"),
    ],
)
def test_what_cannot_be_read_is_refused_without_telling_what_it_was(pdu: str) -> None:
    with pytest.raises(PduError, match=r"\d+ digits that are no message: \w+$"):
        read(pdu)


@given(octets=st.binary(max_size=180))
def test_garbage_is_read_or_refused(octets: bytes) -> None:
    try:
        read(octets.hex())
    except PduError:
        return


@given(
    which=st.integers(0, len(KNOWN) - 1),
    place=st.integers(0, 60),
    octet=st.integers(0, 255),
)
def test_a_spoilt_message_is_read_or_refused(which: int, place: int, octet: int) -> None:
    octets = bytearray.fromhex(KNOWN[which][0])
    octets[place % len(octets)] = octet
    try:
        read(octets.hex())
    except PduError:
        return


@given(number=st.integers(0, 255), status=st.integers(0, 255))
def test_a_report_is_read_as_it_was_written(number: int, status: int) -> None:
    assert read(report(number, SENDER, AT, status)) == Report(number=number, to=SENDER, status=status)
