"""Heart rate straps and watches: the Heart Rate Measurement characteristic (0x2A37)."""

from devices.fields import Fields
from devices.model import Frame, Observation, Quantity, Reading

_WIDE_RATE = 0x01
_CONTACT = 0x02
_CONTACT_KNOWN = 0x04
_ENERGY = 0x08
_BEATS = 0x10
_BEAT_UNITS_PER_S = 1024

YIELDS = frozenset(
    {Quantity.HEART_RATE_BPM, Quantity.BEAT_INTERVAL_S, Quantity.SKIN_CONTACT, Quantity.ENERGY_EXPENDED_KJ}
)


def decode(device: str, frame: Frame) -> list[Observation]:
    """The rate, whether the sensor touches skin, energy since reset, and the time between beats (oldest first)."""
    fields = Fields(frame.payload, "a heart rate measurement")
    flags = fields.whole(1)
    rate = fields.whole(2 if flags & _WIDE_RATE else 1)
    values = [(Quantity.HEART_RATE_BPM, float(rate))]
    if flags & _ENERGY:
        values.append((Quantity.ENERGY_EXPENDED_KJ, float(fields.whole(2))))
    if flags & _BEATS:
        values += [(Quantity.BEAT_INTERVAL_S, beat) for beat in _beats(fields)]
    quality = _quality(flags, rate)
    readings: list[Observation] = [
        Reading(device=device, quantity=quantity, value=value, at=frame.at, quality=quality)
        for quantity, value in values
    ]
    if flags & _CONTACT_KNOWN:
        touching = float(bool(flags & _CONTACT))
        readings.append(Reading(device=device, quantity=Quantity.SKIN_CONTACT, value=touching, at=frame.at))
    return readings


def _beats(fields: Fields) -> list[float]:
    """One byte too many means a torn notification, so the last interval is asked for and refused."""
    return [fields.whole(2) / _BEAT_UNITS_PER_S for _ in range((fields.left + 1) // 2)]


def _quality(flags: int, rate: int) -> float:
    """Off the skin nothing is believed; nor is a rate of 0, which is how straps say that they have none yet."""
    off_skin = flags & _CONTACT_KNOWN and not flags & _CONTACT
    return 0.0 if off_skin or rate == 0 else 1.0
