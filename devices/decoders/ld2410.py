"""The HLK-LD2410 presence radar: somebody there, moving or still, how far, how strongly reflected."""

import struct
from dataclasses import dataclass, field

from devices.framing import Fit, Splitter
from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading
from devices.thinning import Thinner

HEADER = bytes.fromhex("f4f3f2f1")
FOOTER = bytes.fromhex("f8f7f6f5")
REPORT = struct.Struct("<B B B HB HB H")
"""Report type, head, target state, then moving cm and energy, still cm and energy, and detection cm."""
HEAD = 0xAA
TAIL = bytes.fromhex("5500")
BASIC, ENGINEERING = 0x02, 0x01
MOVING, STILL = 0x01, 0x02

_OVERHEAD = len(HEADER) + 2 + len(FOOTER)
_LONGEST = 80
EVERY_S = 10.0
"""The radar reports ten times a second; states are passed on when they change, the rest this often."""

YIELDS = frozenset(
    {
        Quantity.OCCUPIED,
        Quantity.MOTION,
        Quantity.MOVING_DISTANCE_CM,
        Quantity.MOVING_ENERGY_PERCENT,
        Quantity.STILL_DISTANCE_CM,
        Quantity.STILL_ENERGY_PERCENT,
        Quantity.DISTANCE_CM,
    }
)


def _measure(data: bytes) -> int | Fit:
    """How long the frame is that `data` starts with: its length field must be borne out by the footer."""
    if len(data) < 6:
        return Fit.UNFINISHED
    end = _OVERHEAD + int.from_bytes(data[4:6], "little")
    if end > _LONGEST:
        return Fit.NO_FRAME
    if len(data) < end:
        return Fit.UNFINISHED
    return end if data[end - len(FOOTER) : end] == FOOTER else Fit.NO_FRAME


split = Splitter(sync=HEADER, longest=_LONGEST, measure=_measure)


def parse(payload: bytes) -> dict[Quantity, float]:
    """What a report says. Those of engineering mode carry every gate's energy besides, which is left alone."""
    body = _body(payload)
    kind, head, state, moving_cm, moving_energy, still_cm, still_energy, detection_cm = REPORT.unpack_from(body)
    if kind not in (BASIC, ENGINEERING) or head != HEAD or not body.endswith(TAIL):
        raise DecodeError(f"not a target report: {payload.hex()}")
    return {
        Quantity.OCCUPIED: float(bool(state & (MOVING | STILL))),
        Quantity.MOTION: float(bool(state & MOVING)),
        Quantity.MOVING_DISTANCE_CM: float(moving_cm),
        Quantity.MOVING_ENERGY_PERCENT: float(moving_energy),
        Quantity.STILL_DISTANCE_CM: float(still_cm),
        Quantity.STILL_ENERGY_PERCENT: float(still_energy),
        Quantity.DISTANCE_CM: float(detection_cm),
    }


def _body(payload: bytes) -> bytes:
    """What lies between length and footer."""
    if not payload.startswith(HEADER) or _measure(payload) != len(payload):
        raise DecodeError(f"not one whole frame: {payload.hex()}")
    body = payload[len(HEADER) + 2 : -len(FOOTER)]
    if len(body) < REPORT.size + len(TAIL):
        raise DecodeError(f"a report has at least {REPORT.size + len(TAIL)} bytes, got {body.hex()}")
    return body


@dataclass(slots=True)
class Ld2410:
    """One radar's decoder."""

    device: str
    _thinner: Thinner = field(default_factory=lambda: Thinner(EVERY_S), init=False)

    def __call__(self, frame: Frame) -> list[Observation]:
        """The readings of a report that tell something new."""
        readings = (
            Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
            for quantity, value in parse(frame.payload).items()
        )
        return [reading for reading in readings if self._thinner.passes(reading)]


def make(setup: DeviceSetup) -> Ld2410:
    """The decoder for a declared radar."""
    return Ld2410(setup.name)
