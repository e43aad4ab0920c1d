"""Makes BTHome service data (0xFCD2), as a Shelly button or a home-made sensor would send it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

_SERVICE = bytes.fromhex("d2fc")
_VERSION_2 = 0x40
_ENCRYPTED, _SPEAKS_ON_EVENTS = 0x01, 0x04
_PACKET_ID = 0x00
_CHECK_SIZE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One kind of object: its number, how many bytes, what one count of it is worth."""

    number: int
    size: int = 1
    step: float = 1.0
    signed: bool = False


FIELDS: Mapping[str, Field] = {
    "battery": Field(number=0x01),
    "temperature": Field(number=0x02, size=2, step=0.01, signed=True),
    "humidity": Field(number=0x03, size=2, step=0.01),
    "pressure": Field(number=0x04, size=3, step=0.01),
    "illuminance": Field(number=0x05, size=3, step=0.01),
    "power": Field(number=0x0B, size=3, step=0.01),
    "opening": Field(number=0x11),
    "carbon_monoxide": Field(number=0x17),
    "door": Field(number=0x1A),
    "gas": Field(number=0x1C),
    "moisture": Field(number=0x20),
    "motion": Field(number=0x21),
    "occupancy": Field(number=0x23),
    "smoke": Field(number=0x29),
    "tamper": Field(number=0x2B),
    "vibration": Field(number=0x2C),
    "window": Field(number=0x2D),
    "button": Field(number=0x3A),
    "rotation": Field(number=0x3F, size=2, step=0.1, signed=True),
}
PRESSES: Mapping[str, int] = {
    "none": 0x00,
    "press": 0x01,
    "double_press": 0x02,
    "triple_press": 0x03,
    "long_press": 0x04,
    "hold_press": 0x80,
}
"""What the value of `button` may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What a frame is encrypted with. The counter must grow with every frame."""

    key: bytes
    mac: str
    counter: int


def service_data(values: Mapping[str, float], packet: int | None = None, seal: Seal | None = None) -> bytes:
    """The frame with these values, in the order of their numbers as the format wants it; encrypted with a seal."""
    objects = b"" if packet is None else bytes([_PACKET_ID, packet & 0xFF])
    objects += b"".join(sorted(_object(FIELDS[name], value) for name, value in values.items()))
    information = _VERSION_2 | (_SPEAKS_ON_EVENTS if "button" in values else 0)
    if seal is None:
        return bytes([information]) + objects
    return _sealed(bytes([information | _ENCRYPTED]), objects, seal)


def _object(kind: Field, value: float) -> bytes:
    count = round(value / kind.step)
    return bytes([kind.number]) + count.to_bytes(kind.size, "little", signed=kind.signed)


def _sealed(information: bytes, objects: bytes, seal: Seal) -> bytes:
    counter = seal.counter.to_bytes(4, "little")
    nonce = bytes.fromhex(seal.mac.replace(":", "")) + _SERVICE + information + counter
    secret = AESCCM(seal.key, tag_length=_CHECK_SIZE).encrypt(nonce, objects, None)
    return information + secret[:-_CHECK_SIZE] + counter + secret[-_CHECK_SIZE:]
