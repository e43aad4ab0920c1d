"""The kinds of device that are worn and stream acceleration."""

from collections.abc import Callable

from devices.decoders import battery, heart_rate, metamotion, polar
from devices.kinds import DeviceKind, DeviceSetup, Path, Tested, Use
from devices.model import Decoder, Frame, Observation
from devices.registry_gatt import CHARACTERISTICS, read_characteristic


def _beside(make_stream: Callable[[DeviceSetup], Decoder]) -> Callable[[DeviceSetup], Decoder]:
    """Decoders that read the device's own stream, and the usual characteristics beside it."""

    def make(setup: DeviceSetup) -> Decoder:
        stream = make_stream(setup)

        def decode(frame: Frame) -> list[Observation]:
            usual = frame.source in CHARACTERISTICS
            return read_characteristic(setup.name, frame) if usual else stream(frame)

        return decode

    return make


ROWS = (
    DeviceKind(
        name="polar",
        title="Polar H10, OH1 or Verity Sense: acceleration and heart rate",
        path=Path.GATT,
        sources=(polar.DATA_SOURCE, polar.CONTROL_SOURCE, "gatt:2a37", "gatt:2a19"),
        yields=polar.YIELDS | heart_rate.YIELDS | battery.YIELDS,
        make_decoder=_beside(polar.make),
        interval_s=1.0,
        battery="CR2025 (H10) or rechargeable",
        silence_means="it is not worn, out of range, or flat",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.WORN,
        on_connect=polar.writes,
        rates_hz=polar.RATES_HZ,
    ),
    DeviceKind(
        name="metamotion",
        title="MbientLab MetaMotion (BMI160): acceleration",
        path=Path.GATT,
        sources=(metamotion.SOURCE, "gatt:2a19"),
        yields=metamotion.YIELDS | battery.YIELDS,
        make_decoder=_beside(metamotion.make),
        interval_s=0.1,
        battery="rechargeable",
        silence_means="it is out of range, flat, or lies in its charger",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.WORN,
        on_connect=metamotion.writes,
        rates_hz=metamotion.RATES_HZ,
    ),
)
