import pytest

from devices.decoders.ld2410 import FOOTER, HEADER, Ld2410, parse, split
from devices.model import DecodeError, Quantity
from devices.simulated.frames_ld2410 import Target, framed, report
from tests.devices.builders import frame, values

EMPTY = "f4f3f2f10d0002aa00c40100dd0124d3015500f8f7f6f5"
BOTH = "f4f3f2f10d0002aa032f00641e006421005500f8f7f6f5"
ALL = (
    Quantity.OCCUPIED,
    Quantity.MOTION,
    Quantity.MOVING_DISTANCE_CM,
    Quantity.MOVING_ENERGY_PERCENT,
    Quantity.STILL_DISTANCE_CM,
    Quantity.STILL_ENERGY_PERCENT,
    Quantity.DISTANCE_CM,
)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [(EMPTY, (0, 0, 452, 0, 477, 36, 467)), (BOTH, (1, 1, 47, 100, 30, 100, 33))],
)
def test_a_report_is_read(payload: str, expected: tuple[float, ...]) -> None:
    assert values(Ld2410("radar")(frame(payload))) == dict(zip(ALL, expected, strict=True))


@pytest.mark.parametrize(("state", "occupied", "moving"), [(0, 0, 0), (1, 1, 1), (2, 1, 0), (3, 1, 1), (4, 0, 0)])
def test_only_a_target_means_somebody(state: int, occupied: float, moving: float) -> None:
    said = parse(bytes.fromhex(BOTH[:16] + f"{state:02x}" + BOTH[18:]))
    assert (said[Quantity.OCCUPIED], said[Quantity.MOTION]) == (occupied, moving)


def test_engineering_mode_says_the_same_and_more() -> None:
    body = bytes.fromhex(BOTH)[6:-6]
    longer = framed(b"\x01" + body[1:] + bytes(20) + b"\x55\x00")
    assert parse(longer) == parse(bytes.fromhex(BOTH))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not one whole frame"),
        (HEADER, "not one whole frame"),
        (bytes.fromhex(BOTH)[:-1], "not one whole frame"),
        (bytes.fromhex(BOTH) + b"\0", "not one whole frame"),
        (bytes.fromhex(BOTH)[1:], "not one whole frame"),
        (framed(bytes(71)), "not one whole frame"),
        (framed(bytes.fromhex("02aa00")), "at least 13 bytes"),
        (framed(bytes(13)), "not a target report"),
        (framed(b"\x02\xab" + bytes(9) + b"\x55\x00"), "not a target report"),
        (framed(b"\x02\xaa" + bytes(11)), "not a target report"),
    ],
)
def test_anything_else_is_refused(payload: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse(payload)


@pytest.mark.parametrize(
    ("moving", "still"),
    [
        (None, None),
        (Target(distance_cm=120, energy_percent=80), None),
        (None, Target(distance_cm=300, energy_percent=55)),
        (Target(distance_cm=120, energy_percent=80), Target(distance_cm=118, energy_percent=60)),
    ],
)
def test_what_the_simulated_radar_sends_is_read_back(moving: Target | None, still: Target | None) -> None:
    said = parse(report(moving=moving, still=still))
    assert said[Quantity.OCCUPIED] == bool(moving or still)
    assert said[Quantity.MOTION] == bool(moving)
    assert said[Quantity.MOVING_DISTANCE_CM] == (moving.distance_cm if moving else 0)
    assert said[Quantity.STILL_ENERGY_PERCENT] == (still.energy_percent if still else 0)
    assert said[Quantity.DISTANCE_CM] == min((t.distance_cm for t in (moving, still) if t), default=0)


def test_ten_reports_a_second_do_not_become_seventy_readings() -> None:
    decode = Ld2410("radar")
    kept = sum(len(decode(frame(EMPTY, after_s=n / 10))) for n in range(600))
    assert kept == 6 * len(ALL)


def test_somebody_coming_in_is_told_at_once() -> None:
    decode = Ld2410("radar")
    decode(frame(EMPTY))
    assert values(decode(frame(BOTH, after_s=1.1))) == {Quantity.OCCUPIED: 1.0, Quantity.MOTION: 1.0}


def test_frames_are_found_in_a_noisy_stream() -> None:
    empty, both = bytes.fromhex(EMPTY), bytes.fromhex(BOTH)
    torn, acknowledgement = both[:15], bytes.fromhex("fdfcfbfa0400ff0100000403 0201")
    buffer = bytearray(b"\xf4\x00" + empty + torn + both + acknowledgement + FOOTER + empty + both[:9])
    assert split(buffer) == [empty, both, empty]
    assert buffer == both[:9]
