"""Makes the manufacturer data (0x0499) of a RuuviTag, in format 5."""

import struct
from dataclasses import dataclass

_FORMAT = struct.Struct(">BhHHhhhHBH6s")
_NO_TEMPERATURE, _NO_NUMBER = -0x8000, 0xFFFF
_AT_REST_MG = (0, 0, 1000)
_POWER_4_DBM = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What a tag measures; None where a sensor of it is broken."""

    celsius: float | None = 21.0
    humidity_percent: float | None = 45.0
    pressure_hpa: float | None = 1013.25


def manufacturer_data(
    mac: str, weather: Weather, *, movements: int = 0, battery_v: float = 3.0, number: int = 0
) -> bytes:
    """A frame. The count of movements starts again after 254."""
    return _FORMAT.pack(
        5,
        _NO_TEMPERATURE if weather.celsius is None else round(weather.celsius * 200),
        _NO_NUMBER if weather.humidity_percent is None else round(weather.humidity_percent * 400),
        _NO_NUMBER if weather.pressure_hpa is None else round(weather.pressure_hpa * 100) - 50_000,
        *_AT_REST_MG,
        round(battery_v * 1000 - 1600) << 5 | _POWER_4_DBM,
        movements % 255,
        number & 0xFFFF,
        bytes.fromhex(mac.replace(":", "")),
    )
