import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.gsm.alphabet import decode, encode, pack, unpack

EVERY = "".join(decode(bytes([code])) for code in range(128) if code != 0x1B) + "\f^{}\\[~]|€"
TEXTS = st.text(alphabet=EVERY, max_size=200)
SEPTETS = st.binary(max_size=200).map(lambda data: bytes(octet & 0x7F for octet in data))


def test_every_character_of_the_standard_is_there_once() -> None:
    assert len(set(EVERY)) == len(EVERY) == 127 + 10
    assert (EVERY[0], EVERY[0x0A], EVERY[-1]) == ("@", "\n", "€")


@given(text=TEXTS)
def test_what_is_written_is_read_again(text: str) -> None:
    codes = encode(text)
    assert codes is not None
    assert decode(b"".join(codes)) == text


@pytest.mark.parametrize("character", ["ł", "`", "ê", "😀", "\x1b", "\t"])
def test_what_the_alphabet_lacks_is_said(character: str) -> None:
    assert encode(f"a{character}") is None


@pytest.mark.parametrize(
    ("septets", "text"),
    [(b"\x1b\x41", "A"), (b"\x1b\x1b", " "), (b"a\x1b", "a"), (b"\x1b\x1b\x65", " e")],
)
def test_an_extension_that_is_not_known_is_read_as_the_standard_says(septets: bytes, text: str) -> None:
    assert decode(septets) == text


@given(septets=SEPTETS, fill_bits=st.integers(0, 6))
def test_what_is_packed_is_unpacked_again(septets: bytes, fill_bits: int) -> None:
    octets = pack(septets, fill_bits)
    assert len(octets) == (fill_bits + 7 * len(septets) + 7) // 8
    assert unpack(octets, len(septets), fill_bits) == septets


def test_too_few_octets_are_refused() -> None:
    with pytest.raises(ValueError, match="2 octets do not hold 3 septets"):
        unpack(b"\xff\xff", 3)
