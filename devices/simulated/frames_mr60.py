"""Makes the frames of Seeed's MR60 radars."""

from devices.decoders.mr60 import BREATH, FALL, HEADER, HEART, PRESENCE, RATE, START, check


def framed(kind: int, data: bytes, number: int = 0) -> bytes:
    """A frame with right check bytes."""
    header = HEADER.pack(START, number, len(data), kind)
    return header + bytes([check(header)]) + data + bytes([check(data)])


def fall(*, fallen: bool) -> bytes:
    """Whether somebody lies on the floor."""
    return framed(FALL, bytes([fallen]))


def presence(*, there: bool) -> bytes:
    """Whether anybody is there."""
    return framed(PRESENCE, bytes([there]))


def breath(rate_per_min: float) -> bytes:
    """A rate of breathing, 0 for none."""
    return framed(BREATH, RATE.pack(rate_per_min))


def heart_rate(rate_bpm: float) -> bytes:
    """A heart rate, 0 for none."""
    return framed(HEART, RATE.pack(rate_bpm))
