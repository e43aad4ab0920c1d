"""Makes MiBeacon service data (0xFE95), as Xiaomi's and Linptech's sensors send it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from devices.decoders.xiaomi import PRODUCTS

OBJECTS: Mapping[str, int] = {
    "smoke": 0x1015,
    "pressure": 0x483C,
    "occupancy": 0x484E,
    "opening": 0x1019,
    "flood": 0x4806,
    "battery": 0x4803,
    "battery_low": 0x4A01,
    "press": 0x4A0C,
    "double_press": 0x4A0D,
    "long_press": 0x4A0E,
}
"""The number of each thing that can be told; each is told in one byte."""
OPENED, CLOSED, LEFT_OPEN = 0, 1, 2
"""What the value of `opening` may be."""

_VERSION_5, _BOUND, _OBJECT, _MAC, _ENCRYPTED = 0x5000, 0x0900, 0x40, 0x10, 0x08
_ASSOCIATED = b"\x11"
_CHECK_SIZE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: its kind, its address, and the key that it encrypts with, where it does."""

    kind: str
    mac: str
    key: bytes | None = None


def service_data(sender: Sender, number: int, told: Mapping[str, int]) -> bytes:
    """The frame with this running number (of four bytes) that tells these things; with none, that it is there."""
    control = _VERSION_5 | _BOUND | _MAC | (_OBJECT if told else 0) | (_ENCRYPTED if told and sender.key else 0)
    product, mac = PRODUCTS[sender.kind].to_bytes(2, "little"), bytes.fromhex(sender.mac.replace(":", ""))[::-1]
    header = control.to_bytes(2, "little") + product + bytes([number & 0xFF]) + mac
    objects = b"".join(OBJECTS[name].to_bytes(2, "little") + bytes([1, value]) for name, value in told.items())
    if not told or sender.key is None:
        return header + objects
    counter = (number >> 8).to_bytes(3, "little")
    nonce = mac + header[2:5] + counter
    secret = AESCCM(sender.key, tag_length=_CHECK_SIZE).encrypt(nonce, objects, _ASSOCIATED)
    return header + secret[:-_CHECK_SIZE] + counter + secret[-_CHECK_SIZE:]
