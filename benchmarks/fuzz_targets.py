"""What is fuzzed: each decoder, by some of its valid frames, and by what makes a valid frame around any bytes."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from devices.decoders import c1001, esp3, metamotion, mr60, polar
from devices.simulated import (
    frames_bthome,
    frames_c1001,
    frames_cms50d,
    frames_esp3,
    frames_gatt,
    frames_ld2410,
    frames_metamotion,
    frames_mr60,
    frames_polar,
    frames_ruuvitag,
    frames_switchbot,
    frames_xiaomi,
)

MAC = "A4:C1:38:00:00:02"
KEY = bytes(range(16))

Wrap = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One decoder: its file, the kind of device and the source that it is fed as, its frames.

    `wraps` make whole frames with right check bytes around any bytes, so that what lies behind them is reached.
    """

    decoder: str
    kind: str
    source: str
    frames: Sequence[bytes]
    wraps: Sequence[Wrap] = ()
    key: bytes | None = None
    options: Mapping[str, str] = field(default_factory=dict)


def _mr60(kind: int) -> Wrap:
    return lambda body: frames_mr60.framed(kind, body[:64])


def _c1001(words: tuple[int, int]) -> Wrap:
    return lambda body: c1001.framed(words, body[:64])


def _esp3_telegram(rorg: int) -> Wrap:
    return lambda body: frames_esp3.telegram(rorg, body[:16], "0029A1B2")


def _polar_packet(frame_type: int) -> Wrap:
    head = struct.pack("<BQB", polar.ACCELERATION, 10**9, frame_type)
    return lambda body: head + body


def _xiaomi_object(number: int) -> Wrap:
    head = bytes.fromhex("40508b0901") + number.to_bytes(2, "little")
    return lambda body: head + bytes([min(len(body), 20)]) + body[:20]


def _metamotion(register: int, size: int) -> Wrap:
    return lambda body: bytes([metamotion.ACCELEROMETER, register]) + body.ljust(size, b"\0")[:size]


def _json_field(name: str) -> Wrap:
    return lambda body: json.dumps({name: body.decode("latin-1")}).encode()


_SWITCHBOT = (
    frames_switchbot.contact(MAC, is_open=True),
    frames_switchbot.motion(MAC, moving=True),
    frames_switchbot.leak(MAC, wet=True),
)
_STEPS = [(number, -number, 1000 + number * number) for number in range(30)]
_DOOR, _SEALED_DOOR = (frames_xiaomi.Sender(kind="xiaomi_door", mac=MAC, key=key) for key in (None, KEY))

HAND_WRITTEN = (
    Target(decoder="battery", kind="heart_rate", source="gatt:2a19", frames=(frames_gatt.battery(80),)),
    Target(
        decoder="thermometer",
        kind="thermometer",
        source="gatt:2a1c",
        frames=(frames_gatt.temperature(36.6), frames_gatt.temperature(None)),
    ),
    Target(
        decoder="blood_pressure",
        kind="blood_pressure",
        source="gatt:2a35",
        frames=(frames_gatt.blood_pressure((121, 80, 92), pulse_bpm=72, status=0x25), bytes.fromhex("00ff07ff07ff07")),
    ),
    Target(
        decoder="heart_rate",
        kind="heart_rate",
        source="gatt:2a37",
        frames=(
            frames_gatt.heart_rate(72, energy_kj=10, beats_s=(0.8, 0.7)),
            frames_gatt.heart_rate(300, contact=False),
        ),
    ),
    Target(
        decoder="oximeter",
        kind="pulse_oximeter",
        source="gatt:2a5f",
        frames=(
            frames_gatt.continuous((97.0, 60.0)),
            frames_gatt.continuous((97.0, 60.0), fast=(96.0, 61.0), slow=(98.0, 59.0)),
        ),
    ),
    Target(
        decoder="oximeter",
        kind="pulse_oximeter",
        source="gatt:2a5e",
        frames=(
            frames_gatt.spot_check((94.0, 147.0), status=frames_gatt.OFF_FINGER),
            bytes.fromhex("0facf3bef5e8070b1d170839204022000066e3"),
        ),
    ),
    Target(decoder="scale", kind="scale", source="gatt:2a9d", frames=(frames_gatt.weight(72.36),)),
    Target(
        decoder="switchbot",
        kind="switchbot",
        source="advert:fd3d",
        frames=tuple(parts.service for parts in _SWITCHBOT),
    ),
    Target(
        decoder="switchbot",
        kind="switchbot_contact",
        source="advert:company:0969",
        frames=tuple(parts.company for parts in _SWITCHBOT),
    ),
    Target(
        decoder="switchbot",
        kind="switchbot_leak",
        source="advert:company:0969",
        frames=tuple(parts.company for parts in _SWITCHBOT),
    ),
    Target(
        decoder="ld2410",
        kind="ld2410",
        source="serial",
        frames=(
            frames_ld2410.report(),
            frames_ld2410.report(moving=frames_ld2410.Target(distance_cm=120, energy_percent=80)),
        ),
        wraps=(lambda body: frames_ld2410.framed(body[:60]),),
    ),
    Target(
        decoder="mr60",
        kind="mr60",
        source="serial",
        frames=(
            frames_mr60.fall(fallen=True),
            frames_mr60.presence(there=True),
            frames_mr60.breath(14.5),
            frames_mr60.heart_rate(64.0),
        ),
        wraps=tuple(map(_mr60, (mr60.FALL, mr60.PRESENCE, mr60.BREATH, mr60.HEART, 0x0A04))),
    ),
    Target(
        decoder="c1001",
        kind="c1001",
        source="serial",
        frames=(frames_c1001.in_bed(occupied=True), frames_c1001.heart_rate(64)),
        wraps=tuple(map(_c1001, (c1001.IN_BED, c1001.HEART_RATE, (0x83, 0x81)))),
    ),
    Target(
        decoder="cms50d",
        kind="cms50d",
        source="serial",
        frames=(frames_cms50d.report(97, 64), frames_cms50d.no_finger(), frames_cms50d.dropping(88, 130)),
        wraps=(lambda body: bytes([body[0] | 0x80, *(byte & 0x7F for byte in body[1:5])]) if body else b"",),
    ),
    Target(
        decoder="esp3",
        kind="esp3",
        source="serial",
        frames=(
            frames_esp3.rocker_press("0029A1B2"),
            frames_esp3.contact("0029A1B2", is_open=True),
            frames_esp3.temperature("0029A1B2", 21.0),
        ),
        wraps=(
            lambda body: frames_esp3.packet(body[:40]),
            *map(_esp3_telegram, (esp3.ROCKER, esp3.CONTACT, esp3.FOUR_BYTES)),
        ),
    ),
    Target(
        decoder="polar",
        kind="polar",
        source=polar.DATA_SOURCE,
        frames=(frames_polar.packet(_STEPS, 10**9), frames_polar.compressed(_STEPS, 2 * 10**9)),
        wraps=tuple(map(_polar_packet, (0, 1, polar.COMPRESSED | 1))),
    ),
    Target(
        decoder="polar",
        kind="polar",
        source=polar.CONTROL_SOURCE,
        frames=(frames_polar.answer(factor=0.000244), frames_polar.answer(status=8)),
        wraps=(lambda body: frames_polar.answer() + body,),
    ),
    Target(
        decoder="metamotion",
        kind="metamotion",
        source=metamotion.SOURCE,
        frames=(frames_metamotion.packet([(0.0, 0.0, 1.0)] * 3), frames_metamotion.packet([(1.0, -2.0, 0.5)])),
        wraps=(_metamotion(metamotion.PACKED, 18), _metamotion(metamotion.SINGLE, 6)),
    ),
    Target(
        decoder="zigbee2mqtt",
        kind="zigbee2mqtt",
        source="mqtt",
        frames=(
            b'{"occupancy": true, "battery": 80, "linkquality": 60}',
            b'{"contact": false}',
            b'{"action": "1_single"}',
        ),
        wraps=tuple(map(_json_field, ("action", "temperature", "occupancy"))),
    ),
    Target(
        decoder="home_assistant",
        kind="home_assistant",
        source="mqtt",
        frames=(b"21.5", b"-3", b"70.25"),
        wraps=(lambda body: str(len(body)).encode(),),
        options={"device_class": "temperature", "unit": "°F"},
    ),
)
LIBRARIES = (
    Target(
        decoder="bthome",
        kind="bthome",
        source="advert:fcd2",
        frames=(
            frames_bthome.service_data({"battery": 80, "button": 1}, packet=7),
            frames_bthome.service_data({"temperature": 21.5, "humidity": 40, "motion": 1}),
        ),
        wraps=(lambda body: b"\x40" + body,),
    ),
    Target(
        decoder="bthome",
        kind="bthome",
        source="advert:fcd2",
        frames=(frames_bthome.service_data({"button": 1}, 7, frames_bthome.Seal(key=KEY, mac=MAC, counter=200)),),
        key=KEY,
    ),
    Target(
        decoder="xiaomi",
        kind="xiaomi",
        source="advert:fe95",
        frames=(
            frames_xiaomi.service_data(_DOOR, 5, {"opening": 0, "battery": 80}),
            frames_xiaomi.service_data(_DOOR, 6, {}),
        ),
        wraps=tuple(map(_xiaomi_object, frames_xiaomi.OBJECTS.values())),
    ),
    Target(
        decoder="xiaomi",
        kind="xiaomi",
        source="advert:fe95",
        frames=(frames_xiaomi.service_data(_SEALED_DOOR, 500, {"opening": 0}),),
        key=KEY,
    ),
    Target(
        decoder="ruuvitag",
        kind="ruuvitag",
        source="advert:company:0499",
        frames=(
            frames_ruuvitag.manufacturer_data(MAC, frames_ruuvitag.Weather()),
            bytes.fromhex("03291a1ece1efc18f94202ca0b53"),
        ),
    ),
)
TARGETS = (*HAND_WRITTEN, *LIBRARIES)
