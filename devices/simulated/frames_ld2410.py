"""Makes the reports of an HLK-LD2410 radar."""

from dataclasses import dataclass

from devices.decoders.ld2410 import BASIC, FOOTER, HEAD, HEADER, MOVING, REPORT, STILL, TAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How far away somebody is, and how strongly reflected."""

    distance_cm: int
    energy_percent: int


NOBODY = Target(distance_cm=0, energy_percent=0)


def report(moving: Target | None = None, still: Target | None = None, detection_cm: int | None = None) -> bytes:
    """A report of basic mode. Where nobody is seen, the radar goes on to send the last or a zero distance."""
    state = (MOVING if moving else 0) | (STILL if still else 0)
    nearest = min((target.distance_cm for target in (moving, still) if target), default=0)
    a, b = moving or NOBODY, still or NOBODY
    body = REPORT.pack(
        BASIC,
        HEAD,
        state,
        a.distance_cm,
        a.energy_percent,
        b.distance_cm,
        b.energy_percent,
        nearest if detection_cm is None else detection_cm,
    )
    return framed(body + TAIL)


def framed(body: bytes) -> bytes:
    """A body between header, length and footer."""
    return HEADER + len(body).to_bytes(2, "little") + body + FOOTER
