"""Makes the frames of a Seeed MR60FDA2 radar."""

from devices.decoders.mr60 import FALL, HEADER, PRESENCE, START, check


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
