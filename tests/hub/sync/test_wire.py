"""What goes over the wire comes out as it went in, and what is spoilt is refused."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sync import wire
from hub.sync.outbox import columns
from hub.sync.wire import Batch, Lane, WireError

ROW = st.tuples(
    st.integers(0, 2**40),
    st.integers(0, 2**31 - 1),
    st.integers(0, 2**15 - 1),
    st.integers(0, 2**51),
    st.floats(allow_nan=False),
    st.one_of(st.none(), st.floats(0.0, 1.0, width=32)),
)


@given(st.lists(ROW, max_size=30))
def test_readings_come_out_as_they_went_in(rows: list[tuple[int, int, int, int, float, float | None]]) -> None:
    sent = columns(rows)
    read = wire.unpack_readings(wire.pack_readings(sent))
    for name in ("id", "device", "quantity", "at", "value", "quality"):
        assert np.array_equal(getattr(sent, name), getattr(read, name))
    assert len(read) == len(rows)


def test_rows_come_out_as_they_went_in() -> None:
    rows: list[tuple[str, dict[str, object]]] = [
        ("alarm", {"id": 3, "room": "Küche", "facts": {"a": 1.5}}),
        ("label", {"id": 1, "because": None}),
    ]
    batch = wire.unpack(wire.pack(Batch(after=4, upto=9, body=wire.pack_rows(rows))))
    assert (batch.after, batch.upto) == (4, 9)
    assert wire.unpack_rows(batch.body) == rows


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_bytes_are_read_or_refused(spoilt: bytes, cut: int) -> None:
    good = wire.pack(Batch(after=0, upto=1, body=wire.pack_rows([("quantity", {"id": 1})])))
    for payload in (spoilt, good[:cut], good[:17] + spoilt, wire.pack(Batch(after=0, upto=1, body=spoilt))):
        try:
            body = wire.unpack(payload).body
        except WireError:
            continue
        for read in (wire.unpack_rows, wire.unpack_readings):
            with contextlib.suppress(WireError):
                assert read(body) is not None


def test_what_is_too_large_once_unpacked_is_refused() -> None:
    bomb = wire.pack(Batch(after=0, upto=1, body=bytes(wire.LARGEST_BODY + 1)))
    assert len(bomb) < 40_000
    with pytest.raises(WireError, match="too large"):
        wire.unpack(bomb)


def test_another_version_and_a_batch_that_goes_backwards_are_refused() -> None:
    good = wire.pack(Batch(after=1, upto=2, body=b"[]"))
    with pytest.raises(WireError, match="version 9"):
        wire.unpack(b"\x09" + good[1:])
    with pytest.raises(WireError, match="before it begins"):
        wire.unpack(wire.pack(Batch(after=2, upto=1, body=b"[]")))


@pytest.mark.parametrize("topic", ["alongside/1", "elsewhere/1/hh/up/alarms", "alongside/2/hh/up/alarms", ""])
def test_a_topic_of_others_is_refused(topic: str) -> None:
    with pytest.raises(WireError):
        wire.sender(topic)


def test_every_topic_of_a_hub_names_it() -> None:
    topics = [wire.up("hh", Lane.ALARMS), wire.beat("hh"), wire.gone("hh"), wire.answers("hh"), wire.commands("hh")]
    assert {wire.sender(topic)[0] for topic in topics} == {"hh"}
