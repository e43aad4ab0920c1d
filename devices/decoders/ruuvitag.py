"""RuuviTag (company 0x0499): temperature, humidity, air pressure, and a count of movements.

Of the library `ruuvitag-ble` only the two formats that tags send are used (3, and 5 since 2018); its parser would take
longer frames of other products for theirs and end in an error that is not its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruuvitag_ble.df3_decoder import DataFormat3Decoder
from ruuvitag_ble.df5_decoder import DataFormat5Decoder

from devices.kinds import DeviceSetup
from devices.model import DecodeError, Frame, Observation, Quantity, Reading
from devices.thinning import Thinner

SOURCE = "advert:company:0499"
EVERY_S = 60.0
"""A tag advertises every 1.3 s; movement is passed on at once, the rest this often."""

YIELDS = frozenset(
    {
        Quantity.TEMPERATURE_C,
        Quantity.HUMIDITY_PERCENT,
        Quantity.PRESSURE_HPA,
        Quantity.BATTERY_V,
        Quantity.MOVEMENT_COUNT,
    }
)

_FORMATS: Mapping[int, tuple[int, type[DataFormat3Decoder | DataFormat5Decoder]]] = {
    3: (14, DataFormat3Decoder),
    5: (24, DataFormat5Decoder),
}
"""The length and the reader of each format."""
_NO_COUNT = 0xFF
_MV_PER_V = 1000


def _values(payload: bytes) -> Iterator[tuple[Quantity, float | None]]:
    """What a frame says; None where the tag itself has no number."""
    size, make_reader = _FORMATS.get(payload[0] if payload else 0, (0, DataFormat5Decoder))
    if not size or len(payload) != size:
        raise DecodeError(f"not a tag's frame of format 3 or 5: {payload.hex() or 'no bytes'}")
    tag = make_reader(payload)
    yield Quantity.TEMPERATURE_C, tag.temperature_celsius
    yield Quantity.HUMIDITY_PERCENT, tag.humidity_percentage
    yield Quantity.PRESSURE_HPA, tag.pressure_hpa
    if tag.battery_voltage_mv is not None:
        yield Quantity.BATTERY_V, tag.battery_voltage_mv / _MV_PER_V
    if isinstance(tag, DataFormat5Decoder) and tag.movement_counter != _NO_COUNT:
        yield Quantity.MOVEMENT_COUNT, float(tag.movement_counter)


@dataclass(slots=True)
class RuuviTag:
    """One tag's decoder."""

    device: str
    _thinner: Thinner = field(
        default_factory=lambda: Thinner(EVERY_S, prompt=frozenset({Quantity.MOVEMENT_COUNT})), init=False
    )

    def __call__(self, frame: Frame) -> list[Observation]:
        """The readings that tell something new."""
        readings = (
            Reading(device=self.device, quantity=quantity, value=value, at=frame.at)
            for quantity, value in _values(frame.payload)
            if value is not None
        )
        return [reading for reading in readings if self._thinner.passes(reading)]


def make(setup: DeviceSetup) -> RuuviTag:
    """The decoder for a declared tag."""
    return RuuviTag(setup.name)
