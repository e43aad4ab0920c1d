"""The kinds of device that are heard through a serial port, alone on it or many through one receiver."""

from collections.abc import Callable
from dataclasses import replace

from devices.decoders import c1001, cms50d, esp3, ld2410, mr60
from devices.kinds import DeviceKind, DeviceSetup, Path, SerialLine, Tested, Use
from devices.model import Decoder, Quantity, TriggerKind

_DONGLE = SerialLine(baud=57_600)
_ASK_EVERY_S = 5.0


def _profile(name: str) -> Callable[[DeviceSetup], Decoder]:
    """The EnOcean decoder of a kind that knows its profile."""

    def make(setup: DeviceSetup) -> Decoder:
        return esp3.make(replace(setup, options={**setup.options, "profile": name}))

    return make


ROWS = (
    DeviceKind(
        name="ld2410",
        title="HLK-LD2410 presence radar",
        path=Path.SERIAL,
        sources=("serial",),
        yields=ld2410.YIELDS,
        make_decoder=ld2410.make,
        interval_s=0.1,
        battery=None,
        silence_means="it has no power, or its cable is out",
        tested=Tested.CAPTURE,
        serial=SerialLine(baud=256_000),
        split=ld2410.split,
    ),
    DeviceKind(
        name="mr60",
        title="Seeed MR60 radar, FDA2 or BHA2",
        path=Path.SERIAL,
        sources=("serial",),
        yields=mr60.YIELDS,
        make_decoder=mr60.make,
        interval_s=1.0,
        battery=None,
        silence_means="it has no power, or its cable is out",
        tested=Tested.DESCRIPTION,
        serial=SerialLine(baud=115_200),
        split=mr60.split,
    ),
    DeviceKind(
        name="mr60_fall",
        title="Seeed MR60FDA2 fall radar",
        path=Path.SERIAL,
        sources=("serial",),
        yields=mr60.FALL_YIELDS,
        make_decoder=mr60.make,
        interval_s=1.0,
        battery=None,
        silence_means="it has no power, or its cable is out",
        tested=Tested.DESCRIPTION,
        serial=SerialLine(baud=115_200),
        split=mr60.split,
    ),
    DeviceKind(
        name="mr60_vitals",
        title="Seeed MR60BHA2 radar for breath and heart rate",
        path=Path.SERIAL,
        sources=("serial",),
        yields=mr60.VITALS_YIELDS,
        make_decoder=mr60.make,
        interval_s=1.0,
        battery=None,
        silence_means="it has no power, or its cable is out",
        tested=Tested.DESCRIPTION,
        serial=SerialLine(baud=115_200),
        split=mr60.split,
    ),
    DeviceKind(
        name="c1001",
        title="DFRobot C1001 sleep radar: in bed, heart rate",
        path=Path.SERIAL,
        sources=("serial",),
        yields=c1001.YIELDS,
        make_decoder=c1001.make,
        interval_s=_ASK_EVERY_S,
        battery=None,
        silence_means="it has no power, or its cable is out",
        tested=Tested.DESCRIPTION,
        serial=SerialLine(baud=115_200, questions=c1001.QUESTIONS, ask_every_s=_ASK_EVERY_S),
        split=c1001.split,
    ),
    DeviceKind(
        name="cms50d",
        title="Contec CMS50D+ oximeter on its cable",
        path=Path.SERIAL,
        sources=("serial",),
        yields=cms50d.YIELDS,
        make_decoder=cms50d.make,
        interval_s=1 / 60,
        battery="rechargeable",
        silence_means="it is switched off: it does that by itself when no finger is in it; or its cable is out",
        tested=Tested.DESCRIPTION,
        use=Use.AT_WILL,
        serial=SerialLine(baud=19_200, parity="O"),
        split=cms50d.split,
    ),
    DeviceKind(
        name="esp3",
        title="any EnOcean sender, by its option `profile`",
        path=Path.SERIAL,
        sources=("serial",),
        yields=esp3.YIELDS,
        make_decoder=esp3.make,
        interval_s=None,
        battery=None,
        silence_means="nothing happened, or the sender is dark or out of range",
        tested=Tested.PUBLIC_VECTOR,
        serial=_DONGLE,
        split=esp3.split,
        sender_of=esp3.sender_of,
        options=frozenset({"profile"}),
    ),
    DeviceKind(
        name="enocean_rocker",
        title="EnOcean rocker, powered by the push itself",
        path=Path.SERIAL,
        sources=("serial",),
        yields=frozenset({TriggerKind.PRESS}),
        make_decoder=_profile("F6-02-01"),
        interval_s=None,
        battery=None,
        silence_means="nobody pressed it; it has no way to say that it still works",
        tested=Tested.PUBLIC_VECTOR,
        use=Use.BUTTON,
        serial=_DONGLE,
        split=esp3.split,
        sender_of=esp3.sender_of,
    ),
    DeviceKind(
        name="enocean_contact",
        title="EnOcean door or window contact",
        path=Path.SERIAL,
        sources=("serial",),
        yields=frozenset({Quantity.OPEN}),
        make_decoder=_profile("D5-00-01"),
        interval_s=1800.0,
        battery="solar",
        silence_means="it had too little light for its solar cell, or it is out of range",
        tested=Tested.PUBLIC_VECTOR,
        serial=_DONGLE,
        split=esp3.split,
        sender_of=esp3.sender_of,
    ),
    DeviceKind(
        name="enocean_temperature",
        title="EnOcean room thermometer, 0 to 40 degrees",
        path=Path.SERIAL,
        sources=("serial",),
        yields=frozenset({Quantity.TEMPERATURE_C}),
        make_decoder=_profile("A5-02-05"),
        interval_s=1680.0,
        battery="solar",
        silence_means="it had too little light for its solar cell, or it is out of range",
        tested=Tested.PUBLIC_VECTOR,
        serial=_DONGLE,
        split=esp3.split,
        sender_of=esp3.sender_of,
    ),
)
