"""Frames of declared devices are read; everybody else's are counted, in bounded memory."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from devices import kinds
from devices.kinds import DeviceKind, DeviceSetup, Path
from devices.model import DecodeError, Decoder, Frame, Observation, Quantity, Reading
from hub.router import MOST_UNKNOWN_SENDERS, OTHERS, FrameCount, Router, UnknownKindError, table
from hub.vigil import Vigil
from tests.fakes import START, FakeClock

DOOR = "54:48:E6:8F:80:A5"


def frame(payload: bytes = b"\x01", *, address: str = DOOR, source: str = "advert:fcd2") -> Frame:
    return Frame(address=address, source=source, payload=payload, at=START)


def one_byte_door(setup: DeviceSetup) -> Decoder:
    def decode(frame: Frame) -> list[Observation]:
        if len(frame.payload) != 1:
            raise DecodeError(f"expected 1 byte, got {frame.payload.hex()}")
        open_ = float(frame.payload[0])
        return [Reading(device=setup.name, quantity=Quantity.OPEN, value=open_, at=frame.at)]

    return decode


def kind(make_decoder: Callable[[DeviceSetup], Decoder], *sources: str) -> DeviceKind:
    return DeviceKind(
        name="door",
        title="Door contact",
        path=Path.ADVERT,
        sources=sources or ("advert:fcd2",),
        yields=frozenset({Quantity.OPEN}),
        make_decoder=make_decoder,
        interval_s=None,
        battery=None,
        silence_means="it may be shut",
        tested=kinds.Tested.DESCRIPTION,
    )


KINDS = {"door": kind(one_byte_door)}
SETUP = DeviceSetup(name="front_door", kind="door", address=DOOR)


def router(*setups: DeviceSetup, known: dict[str, DeviceKind] | None = None) -> tuple[Router, list[str]]:
    failures: list[str] = []
    routes = table(setups or (SETUP,), known or KINDS)
    return Router(routes, lambda device, _: failures.append(device), Vigil(FakeClock())), failures


def counted(router: Router) -> dict[str, FrameCount]:
    return {count.address: count for count in router.take_counts()}


def test_a_declared_device_is_read_and_counted() -> None:
    under_test, _ = router()
    assert under_test.read(frame()) == [Reading(device="front_door", quantity=Quantity.OPEN, value=1.0, at=START)]
    count = counted(under_test)[DOOR]
    assert (count.device, count.good, count.malformed, count.unknown) == ("front_door", 1, 0, 0)


def test_a_malformed_frame_is_counted_with_its_error_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    under_test, failures = router()
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            assert under_test.read(frame(b"\x01\x02")) == []
    count = counted(under_test)[DOOR]
    assert (count.good, count.malformed) == (0, 1000)
    assert count.last_error == "expected 1 byte, got 0102"
    assert len(caplog.records) == 1
    assert not failures


def test_a_decoder_that_breaks_is_told_and_stops_nobody() -> None:
    def breaks(_: DeviceSetup) -> Decoder:
        def decode(_: Frame) -> list[Observation]:
            raise ZeroDivisionError

        return decode

    under_test, failures = router(
        DeviceSetup(name="broken", kind="broken", address=DOOR), SETUP, known={**KINDS, "broken": kind(breaks)}
    )
    assert [observation.device for observation in under_test.read(frame())] == ["front_door"]
    assert failures == ["broken"]


def test_an_unknown_sender_is_counted_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    under_test, _ = router()
    for _ in range(1000):
        assert under_test.read(frame(address="AA:AA:AA:AA:AA:AA")) == []
    count = counted(under_test)["AA:AA:AA:AA:AA:AA"]
    assert (count.device, count.unknown) == (None, 1000)
    assert not caplog.records


def test_how_strongly_a_sender_was_heard_last_is_kept() -> None:
    under_test, _ = router()
    under_test.read(replace(frame(), signal_dbm=-64))
    under_test.read(frame())
    count = counted(under_test)[DOOR]
    assert (count.signal_dbm, count.source) == (-64, "advert:fcd2")


def test_another_field_of_a_known_device_is_nobodys_frame() -> None:
    under_test, _ = router()
    assert under_test.read(frame(source="advert:company:0499")) == []
    assert under_test.take_counts() == []


def test_a_street_full_of_strangers_fits_in_bounded_memory() -> None:
    under_test, _ = router()
    for number in range(MOST_UNKNOWN_SENDERS + 500):
        under_test.read(frame(address=f"stranger {number}"))
    under_test.read(frame(address="stranger 1"))
    counts = counted(under_test)
    assert len(counts) == MOST_UNKNOWN_SENDERS + 1
    assert counts[OTHERS].unknown == 500
    assert counts["stranger 1"].unknown == 2


def test_counts_are_taken_once() -> None:
    under_test, _ = router()
    under_test.read(frame())
    assert under_test.take_counts()
    assert under_test.take_counts() == []


def test_a_device_may_speak_in_several_fields() -> None:
    under_test, _ = router(known={"door": kind(one_byte_door, "gatt:2a37", "gatt:2a19")})
    assert under_test.read(frame(source="gatt:2a37"))
    assert under_test.read(frame(source="gatt:2a19"))
    assert counted(under_test)[DOOR].good == 2


def test_a_kind_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(UnknownKindError, match="device porch: there is no kind 'teapot'"):
        table([DeviceSetup(name="porch", kind="teapot", address=DOOR)], KINDS)
