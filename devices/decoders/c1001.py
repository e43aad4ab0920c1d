"""The DFRobot C1001 sleep radar: somebody in bed, and their heart rate.

A frame is 53 59, a control word, a command word, the length (16 bits, big-endian), the data, the sum of all that in 8
bits, 54 43. The radar answers questions; `QUESTIONS` are those that a port puts to it. It can tell of falls as well,
but which frame says so has not been verified on a device, so falls are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.framing import Fit, Splitter
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading
from devices.thinning import Thinner

HEAD, TAIL = bytes.fromhex("5359"), bytes.fromhex("5443")
IN_BED, HEART_RATE = (0x84, 0x81), (0x85, 0x82)
"""Control and command word of what is understood."""
ASKING = b"\x0f"
"""The data of a question."""
EVERY_S = 10.0

_DATA_AT = 6
_LONGEST = 256
_STATES: Mapping[int, float] = {0: 0.0, 1: 1.0}
"""In bed or not; the third answer, 2, is that it does not know."""

YIELDS = frozenset({Quantity.OCCUPIED, Quantity.HEART_RATE_BPM})


def framed(words: tuple[int, int], data: bytes) -> bytes:
    """A frame with its sum.

    >>> framed(HEART_RATE, ASKING).hex()
    '5359858200010fc35443'
    """
    body = HEAD + bytes(words) + len(data).to_bytes(2, "big") + data
    return body + bytes([sum(body) & 0xFF]) + TAIL


QUESTIONS = (framed(IN_BED, ASKING), framed(HEART_RATE, ASKING))


def _measure(data: bytes) -> int | Fit:
    """How long the frame is that `data` starts with: sum and tail must be right."""
    if len(data) < _DATA_AT:
        return Fit.UNFINISHED
    sum_at = _DATA_AT + int.from_bytes(data[4:6], "big")
    end = sum_at + 1 + len(TAIL)
    if end > _LONGEST:
        return Fit.NO_FRAME
    if len(data) < end:
        return Fit.UNFINISHED
    return end if data[sum_at] == sum(data[:sum_at]) & 0xFF and data[sum_at + 1 : end] == TAIL else Fit.NO_FRAME


split = Splitter(sync=HEAD, longest=_LONGEST, measure=_measure)


def parse(payload: bytes) -> tuple[tuple[int, int], bytes]:
    """The control and command word of a frame, and its data."""
    if not payload.startswith(HEAD) or _measure(payload) != len(payload):
        raise DecodeError(f"not one whole frame: {payload.hex()}")
    return (payload[2], payload[3]), payload[_DATA_AT : -1 - len(TAIL)]


@dataclass(slots=True)
class C1001:
    """One radar's decoder."""

    device: str
    _thinner: Thinner = field(default_factory=lambda: Thinner(EVERY_S), init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """Whether somebody is in bed, or their heart rate; nothing where the radar does not know."""
        words, data = parse(frame.payload)
        if words not in (IN_BED, HEART_RATE):
            return []
        if len(data) != 1:
            raise DecodeError(f"expected one byte, got {data.hex() or 'none'}")
        quantity = Quantity.OCCUPIED if words == IN_BED else Quantity.HEART_RATE_BPM
        value = _STATES.get(data[0]) if words == IN_BED else _rate(data[0])
        if value is None:
            return []
        reading = Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
        return [reading] if self._thinner.passes(reading) else []


def _rate(count: int) -> float | None:
    """Nobody has a rate of 0; 255 stands for none."""
    return float(count) if 0 < count < 0xFF else None


def make(setup: DeviceSetup) -> C1001:
    """The decoder for a declared radar."""
    return C1001(setup.name)
