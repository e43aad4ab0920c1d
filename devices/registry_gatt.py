"""The Bluetooth characteristics that can be read, and the kinds of device that the hub connects to for them."""

from collections.abc import Callable, Mapping
from functools import partial

from devices.decoders import battery, blood_pressure, heart_rate, oximeter, scale, thermometer
from devices.kinds import DeviceKind, DeviceSetup, Path, Tested, Use
from devices.model import DecodeError, Decoder, Frame, Observation

Characteristic = Callable[[str, Frame], list[Observation]]

CHARACTERISTICS: Mapping[str, Characteristic] = {
    "gatt:2a19": battery.decode,
    "gatt:2a1c": thermometer.decode,
    "gatt:2a35": blood_pressure.decode,
    "gatt:2a37": heart_rate.decode,
    "gatt:2a5e": oximeter.decode_spot_check,
    "gatt:2a5f": oximeter.decode_continuous,
    "gatt:2a9d": scale.decode,
}
"""How the value of each characteristic is read, by its `Frame.source`."""


def read_characteristic(device: str, frame: Frame) -> list[Observation]:
    """What any known characteristic says. Raises `DecodeError` on others."""
    decode = CHARACTERISTICS.get(frame.source)
    if decode is None:
        raise DecodeError(f"nothing is known of {frame.source}")
    return decode(device, frame)


def make(setup: DeviceSetup) -> Decoder:
    """The decoder for a device that the hub connects to."""
    return partial(read_characteristic, setup.name)


ROWS = (
    DeviceKind(
        name="heart_rate",
        title="heart rate strap or watch",
        path=Path.GATT,
        sources=("gatt:2a37", "gatt:2a19"),
        yields=heart_rate.YIELDS | battery.YIELDS,
        make_decoder=make,
        interval_s=1.0,
        battery="CR2025 or rechargeable",
        silence_means="it is not worn, out of range, or flat",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.WORN,
    ),
    DeviceKind(
        name="pulse_oximeter",
        title="pulse oximeter",
        path=Path.GATT,
        sources=("gatt:2a5f", "gatt:2a5e", "gatt:2a19"),
        yields=oximeter.YIELDS | battery.YIELDS,
        make_decoder=make,
        interval_s=1.0,
        battery="two AAA or rechargeable",
        silence_means="it is not on a finger: most switch themselves off within a minute",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.AT_WILL,
    ),
    DeviceKind(
        name="blood_pressure",
        title="blood pressure cuff",
        path=Path.GATT,
        sources=("gatt:2a35", "gatt:2a19"),
        yields=blood_pressure.YIELDS | battery.YIELDS,
        make_decoder=make,
        interval_s=None,
        battery="four AA",
        silence_means="nobody measured; it is heard only then",
        tested=Tested.DESCRIPTION,
        use=Use.AT_WILL,
    ),
    DeviceKind(
        name="thermometer",
        title="clinical thermometer",
        path=Path.GATT,
        sources=("gatt:2a1c", "gatt:2a19"),
        yields=thermometer.YIELDS | battery.YIELDS,
        make_decoder=make,
        interval_s=None,
        battery="two AAA",
        silence_means="nobody measured; it is heard only then",
        tested=Tested.DESCRIPTION,
        use=Use.AT_WILL,
    ),
    DeviceKind(
        name="scale",
        title="bathroom scale",
        path=Path.GATT,
        sources=("gatt:2a9d", "gatt:2a19"),
        yields=scale.YIELDS | battery.YIELDS,
        make_decoder=make,
        interval_s=None,
        battery="four AAA",
        silence_means="nobody stood on it; it is heard only then",
        tested=Tested.DESCRIPTION,
        use=Use.AT_WILL,
    ),
)
